from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Date
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestPayment(SettlementCase):
    """Money received is counted once, matched exactly, and never netted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.statement = cls._external(cls._active(), 1000.0)
        cls.other = cls._external(cls._active(), 500.0)

    def _receivable(self, payment):
        return payment.move_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")

    # FROM WIM ------------------------------------------------------------------

    def test_a_payment_after_the_invoice_settles_both(self):
        move = self._invoice(self.statement, 1000.0)

        payment = self._pay(self.statement, 1000.0)

        self.assertRecordValues(payment, [{
            "amount": 1000.0, "bank_ref": "BK-SK-1", "external_key": "SK-1", "partner_id": self.producer.id,
            "company_id": self.company.id, "payment_type": "inbound", "state": "paid"}])
        self.assertEqual(payment.journal_id.type, "bank")
        self.assertEqual((move.payment_state, move.amount_residual), ("paid", 0.0))
        self.assertEqual((self.statement.received_amount, self.statement.state, self.statement.open_amount), (1000.0, "settled", 0.0))

    def test_a_payment_before_the_invoice_is_matched_when_it_comes(self):
        payment = self._pay(self.statement, 400.0)
        self.assertEqual((self.statement.received_amount, self.statement.state), (400.0, "approved"))

        move = self._invoice(self.statement, 1000.0)

        self.assertEqual((move.amount_residual, move.payment_state), (600.0, "partial"))
        self.assertTrue(all(self._receivable(payment).mapped("reconciled")))
        self.assertEqual((self.statement.received_amount, self.statement.state), (400.0, "invoiced"))

    def test_each_share_pays_its_own_statement_exactly(self):
        """Matched as a whole, 600 would pay the older invoice; the allocation says 100 and 500."""
        first = self._invoice(self.statement, 1000.0, key="K-1")
        second = self._invoice(self.other, 500.0, key="K-2")

        payment = self.statements._register_external_payments("wim", [{
            "key": "SK-1", "partner": self.producer, "amount": 650.0, "date": Date.to_date("2026-10-20"), "bank_ref": "BK-1",
            "allocations": [(self.statement, 100.0), (self.other, 500.0)]}])[0]

        self.assertEqual((first.amount_residual, second.amount_residual), (900.0, 0.0))
        self.assertEqual((self.statement.received_amount, self.other.received_amount), (100.0, 500.0))
        self.assertEqual(payment.waste_unallocated_amount, 50.0)
        self.assertEqual(sorted(self._receivable(payment).mapped("credit")), [50.0, 100.0, 500.0])
        self.assertEqual(self.other.state, "settled")

    def test_many_payments_are_matched_in_one_go(self):
        """Odoo's matching costs 60 queries a call, so its calls must not grow with the payments."""
        self._invoice(self.statement, 1000.0, key="K-1")
        self._invoice(self.other, 500.0, key="K-2")
        payments = [
            {"key": f"SK-{number}", "partner": self.producer, "amount": 100.0, "date": Date.to_date("2026-10-20"),
             "bank_ref": f"BK-{number}", "allocations": [(statement, 100.0)]}
            for number, statement in enumerate([self.statement, self.other, self.statement, self.other])]

        with patch.object(
                type(self.env["account.move.line"]), "_reconcile_plan", autospec=True,
                side_effect=type(self.env["account.move.line"])._reconcile_plan) as matching:
            self.statements._register_external_payments("wim", payments)

        self.assertEqual(matching.call_count, 1)
        self.assertEqual((self.statement.received_amount, self.other.received_amount), (200.0, 200.0))
        self.assertEqual(self.other.invoice_ids.amount_residual, 300.0)

    def test_the_same_payment_again_changes_nothing(self):
        payment = self._pay(self.statement, 400.0)
        lines = payment.move_id.line_ids

        self.assertEqual(self._pay(self.statement, 400.0), payment)
        self.assertEqual(payment.move_id.line_ids, lines)
        self.assertEqual(self.statement.received_amount, 400.0)

    def test_two_rows_for_one_statement_are_one_share(self):
        payment = self.statements._register_external_payments("wim", [{
            "key": "SK-1", "partner": self.producer, "amount": 30.3, "date": Date.to_date("2026-10-20"), "bank_ref": "BK-1",
            "allocations": [(self.statement, 10.1), (self.statement, 20.2)]}])[0]
        self.assertEqual(payment.waste_allocation_ids.mapped("amount"), [30.3])

    def test_a_corrected_allocation_is_booked_anew(self):
        first = self._invoice(self.statement, 1000.0, key="K-1")
        second = self._invoice(self.other, 500.0, key="K-2")
        payment = self._pay(self.statement, 500.0)
        number = payment.name

        again = self.statements._register_external_payments("wim", [{
            "key": "SK-1", "partner": self.producer, "amount": 500.0, "date": Date.to_date("2026-10-20"),
            "bank_ref": "BK-SK-1", "allocations": [(self.other, 500.0)]}])[0]

        self.assertEqual((again, again.name), (payment, number))
        self.assertEqual((first.amount_residual, second.amount_residual), (1000.0, 0.0))
        self.assertEqual((self.statement.received_amount, self.statement.state), (0.0, "invoiced"))
        self.assertEqual((self.other.received_amount, self.other.state), (500.0, "settled"))

    def test_i34_a_bank_reference_is_booked_once(self):
        self._pay(self.statement, 400.0, bank_ref="BK-1")
        with self.assertRaisesRegex(ValidationError, "Bank reference BK-1 is booked already, with payment SK-1"), \
                self.cr.savepoint():
            self._pay(self.other, 400.0, key="SK-2", bank_ref="BK-1")
        self.assertEqual(self.other.received_amount, 0.0)

        other_account = self.env["account.journal"].create({
            "name": "另一账户", "type": "bank", "code": "BNKX", "company_id": self.company.id})
        with self.assertRaisesRegex(ValidationError, "a transfer is booked once"), self.cr.savepoint():
            self.env["account.payment"].create({
                "amount": 400.0, "partner_id": self.producer.id, "bank_ref": "BK-1", "journal_id": other_account.id})

    def test_i34_shares_never_exceed_the_payment(self):
        with self.assertRaisesRegex(UserError, "over 400.00 can not pay statements with 400.01 together"), self.cr.savepoint():
            self._pay(self.statement, 400.0, allocated=400.01)
        self.assertFalse(self.statement.allocation_ids)

    def test_i35_money_in_and_money_out_are_never_netted(self):
        contract = self._active(self._detail(waste_name="含铜污泥", pricing_mode="negative", price_unit=-300.0))
        payable = self._external(contract, 300.0, direction="payable")

        with self.assertRaisesRegex(UserError, "must name one company and one direction"), self.cr.savepoint():
            self.statements._register_external_payments("wim", [{
                "key": "SK-9", "partner": self.producer, "amount": 700.0, "date": Date.to_date("2026-10-20"), "bank_ref": "B9",
                "allocations": [(self.statement, 400.0), (payable, 300.0)]}])
        bill = self._invoice(payable, 300.0)
        paid = self._pay(payable, 300.0)

        self.assertEqual((bill.move_type, paid.payment_type, bill.payment_state), ("in_invoice", "outbound", "paid"))
        self.assertEqual((payable.received_amount, payable.state), (300.0, "settled"))

    def test_a_company_without_a_bank_journal_says_so(self):
        self.env["account.journal"].search([("company_id", "=", self.company.id), ("type", "=", "bank")]).type = "general"
        with self.assertRaisesRegex(UserError, "has no bank journal"):
            self._pay(self.statement, 10.0)

    # BY HAND -------------------------------------------------------------------

    def _register(self, move, amount):
        """Pay an invoice with Odoo's own dialogue, as the clerk does."""
        return self.env["account.payment.register"].with_user(self.finance).with_context(
            active_model="account.move", active_ids=move.ids).create({"amount": amount})._create_payments()

    def test_odoos_own_payment_on_the_invoice_counts(self):
        move = self._invoice(self.statement, 1000.0)

        self._register(move, 300.0)
        self.assertEqual((self.statement.received_amount, self.statement.state), (300.0, "invoiced"))
        self._register(move, 700.0)

        self.assertEqual((self.statement.received_amount, self.statement.state), (1000.0, "settled"))
        self.assertEqual(self.statement.payment_count, 2)
        self.assertFalse(self.statement.allocation_ids)

    def test_allocated_and_matched_money_is_not_counted_twice(self):
        move = self._invoice(self.statement, 1000.0)
        self._pay(self.statement, 400.0)

        self._register(move, 600.0)

        self.assertEqual((move.amount_residual, self.statement.received_amount, self.statement.state), (0.0, 1000.0, "settled"))

    def test_the_open_rest_of_a_payment_matched_by_hand_counts(self):
        move = self._invoice(self.statement, 1000.0)
        payment = self._pay(self.other, 1500.0, allocated=500.0)
        rest = self._receivable(payment).filtered(lambda line: not line.waste_allocation_id)

        move.js_assign_outstanding_line(rest.id)

        self.assertEqual((self.statement.received_amount, self.statement.state), (1000.0, "settled"))
        self.assertEqual(self.other.received_amount, 500.0)

    def test_a_credit_note_brings_no_money(self):
        move = self._invoice(self.statement, 1000.0)
        move._reverse_moves([{"invoice_date": "2026-10-10"}], cancel=True)
        self.assertEqual((move.payment_state, self.statement.received_amount), ("reversed", 0.0))
        self.assertEqual(self.statement.state, "approved")

    def test_a_payment_taken_back_reopens_the_statement(self):
        move = self._invoice(self.statement, 1000.0)
        payment = self._pay(self.statement, 1000.0)

        payment.action_draft()
        self.assertEqual((self.statement.received_amount, self.statement.state), (0.0, "invoiced"))
        payment.action_post()
        self.assertEqual((self.statement.state, move.amount_residual), ("settled", 0.0))
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual((self.statement.received_amount, self.statement.state), (0.0, "invoiced"))

    def test_an_unmatched_stock_payment_no_longer_counts(self):
        move = self._invoice(self.statement, 1000.0)
        self._register(move, 1000.0)
        self.assertEqual(self.statement.state, "settled")

        move.line_ids.remove_move_reconcile()

        self.assertEqual((self.statement.received_amount, self.statement.state), (0.0, "invoiced"))

    def test_a_clerk_allocates_a_payment_by_hand(self):
        move = self._invoice(self.statement, 1000.0)
        payment = self.env["account.payment"].with_user(self.finance).create({
            "partner_id": self.producer.id, "amount": 250.0, "date": "2026-10-20",
            "waste_allocation_ids": [Command.create({"statement_id": self.statement.id, "amount": 200.0})]})
        self.assertEqual(self.statement.received_amount, 0.0, "a draft is no money")

        payment.action_post()

        self.assertEqual((self.statement.received_amount, move.amount_residual), (200.0, 800.0))
        with self.assertRaisesRegex(UserError, "reset it to draft"), self.cr.savepoint():
            payment.waste_allocation_ids.amount = 250.0
        payment.action_draft()
        payment.write({"amount": 300.0, "waste_allocation_ids": [Command.update(payment.waste_allocation_ids.id, {"amount": 300.0})]})
        payment.action_post()
        self.assertEqual((self.statement.received_amount, move.amount_residual), (300.0, 700.0))

    def test_money_is_not_allocated_to_drafts_or_to_another_companys_statements(self):
        contract = self._active()
        self._batch(contract, 1000)
        draft = self._make(contract)
        company = self._new_company("东实一般固废公司")
        foreign = self._external(self._active(company_id=company.id, invoicing_company_id=company.id), 100.0)
        for statement, sentence in ((draft, "money is allocated to approved statements"), (foreign, "is invoiced by")):
            with self.assertRaisesRegex(ValidationError, sentence), self.cr.savepoint():
                self.env["account.payment"].create({
                    "partner_id": self.producer.id, "amount": 100.0,
                    "waste_allocation_ids": [Command.create({"statement_id": statement.id, "amount": 10.0})]})

    def test_a_statement_with_money_is_not_cancelled(self):
        self._pay(self.statement, 10.0)
        with self.assertRaisesRegex(UserError, "Take them off first"):
            self.statement.action_cancel()
        self.assertEqual(self.statement.state, "approved")
