from odoo.exceptions import UserError
from odoo.fields import Command, Date
from odoo.tests import freeze_time, tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestInvoice(SettlementCase):
    """Statements and the books: who invoices, how much, and what is matched with what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._active(
            cls._detail(), cls._detail(waste_name="废包装桶", pricing_mode="unit_package", price_unit=15.0))
        cls._batch(cls.contract, 1200.5)
        cls._batch(cls.contract, 60, packages=4, line=1)
        cls.statement = cls._make(cls.contract)

    def _confirmed(self, statement):
        statement.action_approve()
        statement.action_confirm()
        return statement

    # MADE HERE -----------------------------------------------------------------

    @freeze_time("2026-10-08 02:00:00")
    def test_a_confirmed_statement_is_invoiced_line_by_line(self):
        self._confirmed(self.statement)

        action = self.statement.with_user(self.finance).action_make_invoices()

        move = self.statement.invoice_ids
        self.assertEqual(action["res_id"], move.id)
        self.assertRecordValues(move, [{
            "move_type": "out_invoice", "state": "posted", "partner_id": self.producer.id, "company_id": self.company.id,
            "amount_total": 3421.40, "amount_tax": self.statement.amount_tax, "invoice_date": Date.to_date("2026-10-08"),
        }])
        self.assertEqual(move.invoice_line_ids.mapped("price_total"), [3361.40, 60.0])
        self.assertIn("1.2005 t × 2,800", move.invoice_line_ids[0].name)
        self.assertEqual(move.invoice_line_ids.tax_ids.mapped(lambda tax: (tax.amount, tax.price_include)), [(6.0, True)])
        self.assertEqual((self.statement.state, self.statement.invoiced_amount), ("invoiced", 3421.40))

    def test_tax_of_statement_and_invoice_agree_both_ways_of_rounding(self):
        contracts = self.env["sale.order"]
        for method in ("round_per_line", "round_globally"):
            contract = self._active(*(self._detail(waste_name=name, price_unit=1.0) for name in "甲乙丙"))
            for line in range(3):
                self._batch(contract, 10030, line=line)
            contracts += contract
            self.company.tax_calculation_rounding_method = method
            statement = self._confirmed(self._make(contract))

            statement.action_make_invoices()

            self.assertEqual(statement.invoice_ids.amount_total, 30.09, method)
            self.assertEqual(statement.invoice_ids.amount_tax, statement.amount_tax, method)
        self.assertEqual(
            self.statements.search([("contract_id", "in", contracts.ids)]).mapped("amount_tax"), [1.70, 1.71])  # the last one first

    def test_what_we_owe_becomes_a_vendor_bill(self):
        contract = self._active(self._detail(waste_name="含铜污泥", pricing_mode="negative", price_unit=-300.0))
        self._batch(contract, 2000)
        statement = self._confirmed(self._make(contract))

        statement.action_make_invoices()

        move = statement.invoice_ids
        self.assertRecordValues(move, [{
            "move_type": "in_invoice", "state": "posted", "amount_total": 600.0, "amount_tax": 33.96,
            "partner_id": self.producer.id}])
        self.assertEqual(move.invoice_line_ids.tax_ids.type_tax_use, "purchase")
        self.assertEqual(statement.state, "invoiced")

    def test_only_confirmed_statements_and_only_once(self):
        with self.assertRaisesRegex(UserError, "only confirmed statements are invoiced"):
            self.statement.action_make_invoices()
        self._confirmed(self.statement).action_make_invoices()
        with self.assertRaisesRegex(UserError, "only confirmed statements are invoiced"):
            self.statement.action_make_invoices()
        self.assertEqual(len(self.statement.invoice_ids), 1)

    def test_i33_not_invoiced_above_its_amount(self):
        self._confirmed(self.statement).action_make_invoices()
        move = self.statement.invoice_ids.copy({"waste_statement_id": self.statement.id, "invoice_date": "2026-10-09"})
        with self.assertRaisesRegex(UserError, "3421.40 would be invoiced with 6842.80"), self.cr.savepoint():
            move.action_post()
        self.assertEqual(self.statement.invoiced_amount, 3421.40)

    def test_the_invoicing_company_invoices_and_its_clerk_sees_no_contract(self):
        other = self._new_company("东实开票公司")
        contract = self._active(invoicing_company_id=other.id)
        self._batch(contract, 1000)
        statement = self._confirmed(self._make(contract))

        statement.with_user(self.finance).action_make_invoices()

        move = statement.invoice_ids
        self.assertEqual((move.company_id, move.state, move.amount_total), (other, "posted", 2800.0))
        self.assertEqual(move.journal_id.company_id, other)
        self.assertEqual(statement.with_user(self.finance).state, "invoiced")
        self.assertEqual(statement.with_user(self.finance).invoice_count, 1)
        self.assertFalse(move.with_user(self.finance).has_access("read"), "a clerk of the operating company alone")
        clerk = self._new_user("finance", login="h5_invoicing_clerk", company=other)
        move, statement, contract = (
            record.with_user(clerk).with_context(allowed_company_ids=other.ids) for record in (move, statement, contract))
        self.assertEqual(move.amount_total, 2800.0)
        self.assertEqual(
            move.web_read({"waste_statement_id": {"fields": {"display_name": {}}}})[0]["waste_statement_id"],
            {"id": statement.id, "display_name": statement.sudo().name})
        self.assertFalse(statement.has_access("read"))
        self.assertFalse(contract.has_access("read"))

    def test_a_credit_note_by_hand_frees_the_statement(self):
        self._confirmed(self.statement).action_make_invoices()
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=self.statement.invoice_ids.ids).create({
                "journal_id": self.statement.invoice_ids.journal_id.id})

        wizard.refund_moves()
        refund = self.statement.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        refund.action_post()

        self.assertEqual((self.statement.invoiced_amount, self.statement.state), (0.0, "confirmed"))
        self.statement.action_make_invoices()
        self.assertEqual(len(self.statement.invoice_ids), 3)

    # FROM WIM ------------------------------------------------------------------

    def test_an_invoice_of_wim_is_booked_once(self):
        statement = self._external(self._active(), 1060.0)
        move = self._invoice(statement, 1060.0)
        again = self._invoice(statement, 1060.0)

        self.assertEqual(move, again)
        self.assertRecordValues(move, [{
            "state": "posted", "amount_total": 1060.0, "amount_untaxed": 1000.0, "amount_tax": 60.0,
            "fapiao_no": "2644KPTZ-1", "fapiao_state": "issued", "external_key": "KPTZ-1", "external_system": "wim",
            "waste_statement_id": statement.id, "invoice_date": Date.to_date("2026-10-07"),
        }])
        self.assertEqual(statement.state, "invoiced")
        with self.assertRaisesRegex(UserError, "issue a red-letter invoice"):
            self._invoice(statement, 1000.0)

    def test_unknown_parents_are_answered_with_false(self):
        statement = self._external(self._active(), 1060.0)
        results = self.statements._register_external_invoices("wim", [
            {"key": "A", "state": "issued", "statement": self.statements, "amount": 5.0, "date": Date.to_date("2026-10-07")},
            {"key": "B", "state": "red"},
            {"key": "CR", "state": "issued", "statement": statement, "amount": -5.0, "red_of": "C",
             "date": Date.to_date("2026-10-07")},
        ])
        self.assertEqual(results, [False, False, False])
        self.assertFalse(statement.invoice_ids)

    def test_a_red_letter_invoice_is_a_matched_credit_note_in_any_order_of_one_batch(self):
        statement = self._external(self._active(), 1060.0)
        day = Date.to_date("2026-10-12")
        red, state, original = self.statements._register_external_invoices("wim", [
            {"key": "K-1R", "state": "issued", "statement": statement, "amount": -1060.0, "red_of": "K-1", "date": day},
            {"key": "K-1", "state": "red"},
            {"key": "K-1", "state": "issued", "statement": statement, "amount": 1060.0, "fapiao_no": "2644", "date": day},
        ])

        self.assertEqual(state, original)
        self.assertRecordValues(original + red, [
            {"move_type": "out_invoice", "fapiao_state": "red", "payment_state": "reversed", "amount_residual": 0.0},
            {"move_type": "out_refund", "fapiao_state": "issued", "payment_state": "paid", "amount_residual": 0.0},
        ])
        self.assertEqual(red.reversed_entry_id, original)
        self.assertEqual(red.amount_tax, 60.0)
        self.assertEqual((statement.invoiced_amount, statement.state), (0.0, "approved"))

    def test_money_of_a_red_lettered_invoice_goes_to_the_next_one(self):
        statement = self._external(self._active(), 1060.0)
        self._invoice(statement, 1060.0, key="K-1")
        self._pay(statement, 1060.0)
        self._invoice(statement, -1060.0, key="K-1R", red_of="K-1")
        self.assertEqual((statement.state, statement.received_amount), ("settled", 1060.0))

        again = self._invoice(statement, 1060.0, key="K-2")

        self.assertEqual((again.amount_residual, statement.received_amount, statement.state), (0.0, 1060.0, "settled"))

    def test_a_partial_red_letter_leaves_the_rest_invoiced(self):
        statement = self._external(self._active(), 1060.0)
        original = self._invoice(statement, 1060.0, key="K-1")

        self._invoice(statement, -60.0, key="K-1R", red_of="K-1")

        self.assertEqual((original.amount_residual, statement.invoiced_amount, statement.state), (1000.0, 1000.0, "invoiced"))

    def test_what_wim_issued_keeps_its_number(self):
        move = self._invoice(self._external(self._active(), 1060.0), 1060.0)
        with self.assertRaisesRegex(UserError, "is kept by WIM; change it there"):
            move.with_user(self.finance).fapiao_no = "1"

    def test_mixed_invoices_of_two_companies_in_one_call(self):
        other = self._new_company("东实一般固废公司")
        first = self._external(self._active(), 106.0)
        second = self._external(self._active(company_id=other.id, invoicing_company_id=other.id, partner_id=self.producer.id), 212.0)
        day = Date.to_date("2026-10-07")

        moves = self.statements._register_external_invoices("wim", [
            {"key": str(amount), "state": "issued", "statement": statement, "amount": amount, "date": day}
            for statement, amount in ((second, 200.0), (first, 106.0), (second, 12.0))])

        self.assertEqual([(move.company_id, move.amount_total) for move in moves], [
            (other, 200.0), (self.company, 106.0), (other, 12.0)])
        self.assertEqual(sorted(second.invoice_ids.mapped("amount_total")), [12.0, 200.0])

    def test_a_plain_invoice_is_left_alone(self):
        move = self.env["account.move"].create({
            "move_type": "out_invoice", "partner_id": self.producer.id, "invoice_date": "2026-10-01",
            "invoice_line_ids": [Command.create({"name": "x", "quantity": 1, "price_unit": 5.0, "tax_ids": False})]})
        move.action_post()
        move.button_draft()
        move.button_cancel()
        self.assertEqual(move.state, "cancel")
