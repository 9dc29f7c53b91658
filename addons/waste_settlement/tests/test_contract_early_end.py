from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
@freeze_time("2026-09-20")
class TestContractEarlyEnd(SettlementCase):
    """Money when terms change or a contract ends early."""

    def test_a_termination_makes_the_final_statement(self):
        contract = self._active()
        self._batch(contract, 1000, day="2026-08-10 02:00:00")
        self.statements._make_statements(contract, date(2026, 8, 1), date(2026, 8, 31))
        self._batch(contract, 2000, day="2026-09-10 02:00:00")

        contract.with_user(self.manager).action_terminate("客户搬迁")

        final = contract.statement_ids.sorted("period_start")[-1]
        self.assertEqual(len(contract.statement_ids), 2)
        self.assertRecordValues(final, [{
            "period_start": date(2026, 9, 1), "period_end": date(2026, 9, 19), "computed_amount": 5600.0, "state": "draft"}])

    def test_a_contract_with_statements_is_not_voided(self):
        contract = self._active()
        self._batch(contract, 1000)
        statement = self.statements._make_statements(contract, date(2026, 9, 1), date(2026, 9, 30))

        with self.assertRaisesRegex(UserError, "terminate it instead"):
            contract.action_void("签错主体")
        self.assertEqual((contract.contract_state, statement.state), ("active", "draft"))

    def _agreement(self, contract, day="2026-09-15"):
        return self.env["waste.contract.agreement"].create({
            "order_id": contract.id, "date_effective": day, "reason": "涨价",
            "line_ids": [Command.create({"line_id": contract.order_line.id, "price_unit": 3000.0})]})

    def test_prices_do_not_change_under_a_statement_that_was_dealt_with(self):
        contract = self._active()
        self._batch(contract, 1000)
        statement = self.statements._make_statements(contract, date(2026, 9, 1), date(2026, 9, 30))
        statement.state = "approved"
        agreement = self._agreement(contract)

        with self.assertRaisesRegex(UserError, f"statement {statement.name} up to"):
            agreement.action_submit()
        self.assertEqual((agreement.state, contract.order_line.price_unit, statement.computed_amount), ("draft", 2800.0, 2800.0))

    def test_a_draft_follows_the_new_terms(self):
        contract = self._active()
        self._batch(contract, 1000, day="2026-09-16 02:00:00")
        statement = self.statements._make_statements(contract, date(2026, 9, 1), date(2026, 9, 30))
        agreement = self._agreement(contract, day="2026-09-01")

        for state in ("approving", "customer_review", "signing", "in_force"):
            agreement.state = state

        self.assertEqual(statement.computed_amount, 3000.0)
