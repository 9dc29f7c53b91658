from odoo.exceptions import UserError
from odoo.fields import Command, Date
from odoo.tests import freeze_time, tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestStatementCycles(SettlementCase):
    """Which periods a contract is settled by; advances and their settlement."""

    def _cycle(self, contract, start, end):
        """Return the statements that a run over these days makes."""
        wanted = self.statements._get_cycle_periods(contract, Date.to_date(start), Date.to_date(end))
        return self.statements._make_periods(wanted)[0]

    def test_trips_are_settled_by_the_day_of_their_storage(self):
        contract = self._active(self._detail(pricing_mode="per_trip", price_unit=1500.0), settlement_cycle="trip")
        for day in ("2026-09-10 02:00:00", "2026-09-10 06:00:00", "2026-09-20 02:00:00"):
            self._batch(contract, 1000, day=day)

        statements = self._cycle(contract, "2026-09-01", "2026-09-30").sorted("period_start")

        self.assertEqual(
            [(str(each.period_start), str(each.period_end), each.amount_total) for each in statements],
            [("2026-09-10", "2026-09-10", 3000.0), ("2026-09-20", "2026-09-20", 1500.0)])
        self.assertFalse(self._cycle(contract, "2026-09-01", "2026-09-30"))

    @freeze_time("2026-01-05 03:00:00")
    def test_the_advance_follows_the_volume_of_the_year_before_else_the_plan(self):
        before = self._active(date_start="2025-01-01", date_end="2025-12-31", settlement_cycle="prepaid")
        self._batch(before, 12000, day="2025-06-10 02:00:00")
        contract = self._active(self._detail(), self._detail(waste_name="废酸", price_unit=100.0), settlement_cycle="prepaid")

        advance = self._cycle(contract, "2026-01-01", "2026-01-31")

        self.assertRecordValues(advance, [{"kind": "advance", "direction": "receivable", "amount_total": 34600.0}])
        self.assertEqual(str(advance.period_end), "2026-12-31")
        self.assertEqual(advance.line_ids.mapped("amount"), [33600.0, 1000.0])
        self.assertIn("Advance on the volume of the year before: 12 t × 2,800 = 33,600.00", advance.line_ids[0].explanation)
        self.assertIn("Advance on the planned quantity: 10 t × 100", advance.line_ids[1].explanation)

    @freeze_time("2026-01-05 03:00:00")
    def test_an_agreed_deposit_is_the_advance(self):
        contract = self._active(settlement_cycle="prepaid", deposit_amount=5000.0)

        advance = self._cycle(contract, "2026-01-01", "2026-01-31")

        self.assertEqual(advance.line_ids.mapped("amount"), [5000.0])

    def _prepaid_year(self, kg, **values):
        """Return a prepaid contract whose advance of 28,000 was released, with ``kg`` stored, and the year's settlement."""
        contract = self._active(settlement_cycle="prepaid", **values)
        with freeze_time("2026-01-05 03:00:00"):
            self._cycle(contract, "2026-01-01", "2026-01-31").action_approve()
        self._batch(contract, kg)
        with freeze_time("2027-01-05 03:00:00"):
            return contract, self._cycle(contract, "2026-12-01", "2026-12-31")

    def test_the_year_is_settled_against_the_advance(self):
        _contract, settlement = self._prepaid_year(11000)

        self.assertRecordValues(settlement, [{"kind": "true_up", "amount_total": 2800.0, "computed_amount": 2800.0}])
        self.assertEqual(settlement.line_ids.mapped("amount"), [30800.0, -28000.0])

    def test_the_application_of_the_years_settlement_is_for_what_the_advance_left(self):
        _contract, settlement = self._prepaid_year(11000)
        settlement.action_approve()
        settlement.action_confirm()
        application = self.env["waste.invoice.application"].create({"statement_id": settlement.id, "fapiao_kind": "ordinary"})

        self.assertRecordValues(application.line_ids, [{"amount": 2800.0, "tax_rate_percent": 6.0}])
        self.assertIn("Less the advance", application.line_ids.name)
        application.action_submit()
        application.action_approve()
        application.write({"fapiao_no": "24441234", "fapiao_date": "2027-01-10"})
        application.action_issue()
        self.assertRecordValues(settlement, [{"state": "invoiced", "invoiced_amount": 2800.0}])

    def test_a_years_settlement_below_zero_is_not_applied_for(self):
        _contract, settlement = self._prepaid_year(9000)
        settlement.action_approve()
        settlement.action_confirm()
        with self.assertRaisesRegex(UserError, "comes to -2800.00 at 6 %: that is paid back by a red-letter invoice"):
            settlement.action_apply_invoice()
        self.assertFalse(settlement.invoice_application_ids)

    def test_too_much_paid_is_refunded_by_a_credit_note(self):
        _contract, settlement = self._prepaid_year(9000)
        self.assertEqual(settlement.amount_total, -2800.0)
        settlement.action_approve()
        settlement.action_confirm()
        self.assertEqual(settlement.state, "confirmed")

        settlement.action_make_invoices()

        self.assertRecordValues(settlement.invoice_ids, [{"move_type": "out_refund", "amount_total": 2800.0, "state": "posted"}])
        self.assertRecordValues(settlement, [{"state": "invoiced", "invoiced_amount": -2800.0, "open_amount": -2800.0}])

    def test_too_much_paid_is_carried_over_once(self):
        contract, settlement = self._prepaid_year(9000, deposit_rule="carry_over")
        self.assertEqual(settlement.line_ids.mapped("amount"), [25200.0, -28000.0, 2800.0])
        self.assertEqual(settlement.amount_total, 0.0)
        settlement.action_approve()
        following = self._active(
            settlement_cycle="prepaid", date_start="2027-01-01", date_end="2027-12-31", deposit_amount=20000.0)
        another = self._active(
            settlement_cycle="prepaid", date_start="2027-01-01", date_end="2027-12-31", deposit_amount=20000.0)

        with freeze_time("2027-01-06 03:00:00"):
            advance = self._cycle(following, "2027-01-01", "2027-01-31")
            second = self._cycle(another, "2027-01-01", "2027-01-31")

        self.assertEqual(advance.line_ids.mapped("amount"), [20000.0, -2800.0])
        self.assertEqual(advance.line_ids[-1].source_id, settlement)
        self.assertEqual(second.amount_total, 20000.0)
        self.statements._refresh(following + another)
        self.assertEqual((advance.amount_total, second.amount_total), (17200.0, 20000.0))

    def test_an_advance_and_the_settlement_of_its_days_stand_side_by_side(self):
        contract, settlement = self._prepaid_year(9000)
        advance = contract.statement_ids - settlement
        self.assertEqual((advance.period_start, advance.period_end), (settlement.period_start, settlement.period_end))
        self.assertFalse(self._cycle(contract, "2026-12-01", "2026-12-31"), "neither is made twice")

    def test_a_period_is_split_where_an_agreement_changes_the_price(self):
        """2,800 until 14 September, 3,000 from the 15th on: two lines, each with its own sentence and batches."""
        contract = self._active()
        first = self._batch(contract, 1000)
        second = self._batch(contract, 500, day="2026-09-14 16:00:00")  # midnight of the 15th in Dongguan
        agreement = self.env["waste.contract.agreement"].create({
            "order_id": contract.id, "date_effective": "2026-09-15", "reason": "市场价上涨",
            "line_ids": [Command.create({"line_id": contract.order_line.id, "price_unit": 3000.0})]})
        for state in ("approving", "customer_review", "signing", "in_force"):
            agreement.state = state

        statement = self._make(contract)

        self.assertRecordValues(statement.line_ids.sorted("date_from"), [
            {"date_from": Date.to_date("2026-09-01"), "date_to": Date.to_date("2026-09-14"), "price_unit": 2800.0, "amount": 2800.0},
            {"date_from": Date.to_date("2026-09-15"), "date_to": Date.to_date("2026-09-30"), "price_unit": 3000.0, "amount": 1500.0},
        ])
        self.assertEqual([line.batch_ids for line in statement.line_ids.sorted("date_from")], [first, second])
        self.assertIn("0.5 t × 3,000 = 1,500.00", statement.line_ids.sorted("date_from")[1].explanation)
        before = statement.line_ids
        self.statements._refresh(contract)
        self.assertEqual(statement.line_ids, before, "a recalculation without news writes nothing")
