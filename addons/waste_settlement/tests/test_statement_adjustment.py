from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestStatementAdjustment(SettlementCase):
    """What is wrong after the release: differences are decided on, corrections are statements of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._active()
        cls._batch(cls.contract, 1000)
        cls.statement = cls._make(cls.contract)

    def _invoiced(self):
        self.statement.action_approve()
        self.statement.action_confirm()
        self.statement.action_make_invoices()
        return self.statement

    def test_i33_too_much_asked_is_a_red_letter_invoice_of_the_original(self):
        statement = self._invoiced()

        adjustment = statement._make_adjustment(-280.0, "多计 100 公斤", statement.line_ids)
        adjustment.action_approve()
        adjustment.action_confirm()
        adjustment.action_make_invoices()

        self.assertRecordValues(adjustment, [{
            "kind": "adjustment", "origin_id": statement.id, "amount_total": -280.0, "invoiced_amount": -280.0,
            "state": "invoiced", "has_difference": False}])
        self.assertRecordValues(adjustment.invoice_ids, [{
            "move_type": "out_refund", "amount_total": 280.0, "reversed_entry_id": statement.invoice_ids.id}])
        self.assertEqual((statement.amount_total, statement.adjusted_amount), (2800.0, -280.0))
        self.assertEqual(adjustment.line_ids.explanation, "多计 100 公斤")

    def test_too_little_asked_is_a_further_invoice(self):
        adjustment = self._invoiced()._make_adjustment(140.0, "补计运输费")
        adjustment.action_approve()
        adjustment.action_confirm()
        adjustment.action_make_invoices()

        self.assertRecordValues(adjustment.invoice_ids, [{"move_type": "out_invoice", "amount_total": 140.0}])

    def test_i33_no_more_is_taken_back_than_was_asked(self):
        statement = self._invoiced()
        statement._make_adjustment(-2000.0, "一")
        with self.assertRaisesRegex(UserError, "less than nothing would be left"):
            statement._make_adjustment(-800.01, "二")
        self.assertEqual(statement.adjusted_amount, -2000.0)

    def test_an_adjustment_needs_an_amount_a_reason_and_a_released_original(self):
        with self.assertRaisesRegex(UserError, "only released statements are adjusted"):
            self.statement._make_adjustment(1.0, "早")
        self.statement.action_approve()
        for amount, reason in ((0.0, "x"), (0.001, "x"), (5.0, "  ")):
            with self.assertRaisesRegex(UserError, "needs an amount other than 0.00 and a reason"):
                self.statement._make_adjustment(amount, reason)
        self.assertFalse(self.statement.adjustment_ids)

    def test_a_recalculation_leaves_adjustments_alone(self):
        self.statement.action_approve()
        adjustment = self.statement._make_adjustment(-280.0, "多计")
        self._batch(self.contract, 500)

        self.statements._refresh(self.contract)

        self.assertEqual((adjustment.amount_total, self.statement.computed_amount), (-280.0, 4200.0))

    def test_i31_a_difference_is_accepted_with_reason_and_name_until_it_changes(self):
        external = self._external(self.contract, 2850.0, period="2026-10")
        self.assertTrue(external.has_open_difference)
        with self.assertRaisesRegex(UserError, "say why"):
            external._settle_difference("theirs", " ")

        external.with_user(self.finance)._settle_difference("theirs", "磅单四舍五入")

        self.assertRecordValues(external, [{
            "has_difference": True, "has_open_difference": False, "difference_decided_by_id": self.finance.id,
            "difference_reason": "磅单四舍五入", "amount_total": 2850.0}])
        self._batch(self.contract, 100, day="2026-10-10 02:00:00")
        self.statements._refresh(self.contract)
        self.assertTrue(external.has_open_difference, "a later batch makes it another difference")

    def test_i31_insisting_disputes_what_wim_keeps(self):
        external = self._external(self.contract, 2850.0, period="2026-10")
        external._settle_difference("ours", "少一张磅单")
        self.assertEqual((external.state, external.objection_ids.note), ("disputed", "少一张磅单"))

    def test_i31_insisting_takes_our_own_back_to_draft(self):
        self.statement.action_approve()
        self._batch(self.contract, 500)
        self.statements._refresh(self.contract)
        self.statement._settle_difference("ours", "补一批")
        self.assertEqual((self.statement.state, self.statement.amount_total), ("draft", 4200.0))

    def test_i31_a_late_batch_is_settled_by_an_adjustment(self):
        statement = self._invoiced()
        self._batch(self.contract, 500)
        self.statements._refresh(self.contract)

        adjustment = statement._settle_difference("adjust", "迟到的批次")

        self.assertEqual(adjustment.amount_total, 1400.0)
        self.assertFalse(statement.has_open_difference)

    def test_an_invoiced_statement_is_not_deleted(self):
        statement = self._invoiced()
        with self.assertRaisesRegex(UserError, "part of the books"):
            statement.unlink()
        self.assertTrue(statement.exists())

    def test_another_currency_than_the_contract_s_is_refused(self):
        dollar = self.env.ref("base.USD")
        with self.assertRaisesRegex(ValidationError, "two currencies are never added up"), self.cr.savepoint():
            self.statements.create({
                "contract_id": self.contract.id, "period_start": "2026-10-01", "period_end": "2026-10-31",
                "currency_id": dollar.id})

    def test_days_outside_the_contract_are_refused_unless_something_was_stored_then(self):
        for start, end in (("2025-11-01", "2025-11-30"), ("2027-02-01", "2027-02-28")):
            with self.assertRaisesRegex(ValidationError, "runs from 2026-01-01 to 2026-12-31"), self.cr.savepoint():
                self.statements.create({"contract_id": self.contract.id, "period_start": start, "period_end": end})
        self._batch(self.contract, 300, day="2027-01-02 02:00:00")
        self.assertEqual(self._make(self.contract, "2027-01").amount_total, 840.0)

    def test_only_finance_adjusts_and_decides(self):
        self.statement.action_approve()
        for model, values in (
                ("waste.statement.adjust", {"amount": 1.0, "reason": "x"}),
                ("waste.statement.difference", {"decision": "theirs", "reason": "x"})):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.salesperson).create({"statement_id": self.statement.id, **values})
