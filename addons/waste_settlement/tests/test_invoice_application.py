from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Date
from odoo.tests import Form, freeze_time, tagged

from .common import SettlementCase


@freeze_time("2026-10-08 02:00:00")
@tagged("post_install", "-at_install")
class TestInvoiceApplication(SettlementCase):
    """From the wish for an invoice to the posted one, never above what is owed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.producer.write({"fapiao_title": "宏达电路板厂", "fapiao_kind": "ordinary", "email": "money@hongda.example"})
        # Planned 10 t at 3,000: the contract is over 30,000.
        cls.contract = cls._active(cls._detail(price_unit=3000.0))
        cls.applications = cls.env["waste.invoice.application"]

    @classmethod
    def _apply(cls, contract=None, amount=10000.0, user=None, **values):
        """Return an application of a contract in advance."""
        contract = contract or cls.contract
        lines = [Command.create({"name": "预开处置费", "amount": amount, "tax_rate_percent": 6.0})] if amount else []
        return cls.applications.with_user(user or cls.salesperson).create({
            "contract_id": contract.id, **({"line_ids": lines} if lines else {}), **values}).with_user(cls.env.user)

    def _issue(self, application, number="24441234", day="2026-10-08"):
        application = application.with_user(self.finance)
        application.write({"fapiao_no": number, "fapiao_date": day})
        application.action_issue()
        return application.sudo().invoice_ids.filtered(lambda move: move.move_type == "out_invoice")

    def _confirmed(self, kg=1000):
        self._batch(self.contract, kg)
        statement = self._make(self.contract)
        statement.action_approve()
        statement.action_confirm()
        return statement

    # IN ADVANCE ----------------------------------------------------------------

    def test_s0_2_p_an_advance_invoice_of_a_contract(self):
        issuer = self._new_company("危废公司")
        contract = self._active(self._detail(price_unit=3000.0), invoicing_company_id=issuer.id)
        application = self._apply(contract)
        self.assertEqual((application.state, application.invoicing_company_id), ("draft", issuer))

        application.with_user(self.salesperson).action_submit()
        application.with_user(self.finance).action_approve()
        self.assertEqual(application.state, "to_issue")
        move = self._issue(application)

        self.assertRecordValues(move, [{
            "state": "posted", "move_type": "out_invoice", "amount_total": 10000.0, "fapiao_no": "24441234",
            "company_id": issuer.id, "partner_id": self.producer.id, "waste_contract_id": contract.id,
            "invoice_date": Date.to_date("2026-10-08")}])
        self.assertEqual(application.state, "issued")
        self.assertEqual((contract.invoiced_amount, contract.uninvoiced_amount), (10000.0, 20000.0))

    def test_the_form_proposes_what_is_left(self):
        form = Form(self.applications.with_user(self.salesperson).with_context(default_contract_id=self.contract.id))
        application = form.save()

        self.assertEqual((application.partner_id, application.amount_total), (self.producer, 30000.0))
        self.assertEqual((application.fapiao_title, application.fapiao_kind), ("宏达电路板厂", "ordinary"))

    def test_s0_3_1_2_i_the_company_of_the_business_invoices(self):
        kitchen_company = self._new_company("餐厨公司")
        kitchen_company.vat = "91441900MA52KITCH0"
        self.kitchen.invoicing_company_id = kitchen_company
        contract = self._active(
            self._detail(waste_code_id=False), business_id=self.kitchen.id, government_id=self.government.id)
        hazardous = self._apply()
        kitchen = self._apply(contract, 100.0)
        (hazardous + kitchen).action_submit()
        (hazardous + kitchen).action_approve()

        companies = [self._issue(hazardous, "1").company_id, self._issue(kitchen, "2").company_id]

        self.assertEqual(companies, [self.company, kitchen_company])
        self.assertEqual(companies[1].vat, "91441900MA52KITCH0")

    def test_supplies_at_different_rates_are_taxed_apart(self):
        application = self._apply(line_ids=[
            Command.create({"name": "处置费", "amount": 1060.0, "tax_rate_percent": 6.0}),
            Command.create({"name": "运输费", "amount": 109.0, "tax_rate_percent": 9.0}),
            Command.create({"name": "再生产品", "amount": 113.0, "tax_rate_percent": 13.0})])
        application.action_submit()
        application.action_approve()

        move = self._issue(application)

        self.assertEqual(application.amount_tax, 82.0)
        self.assertEqual(move.invoice_line_ids.mapped("tax_ids.amount"), [6.0, 9.0, 13.0])
        self.assertEqual((move.amount_untaxed, move.amount_tax, move.amount_total), (1200.0, 82.0, 1282.0))

    def test_wastes_of_a_statement_at_different_rates_are_taxed_apart(self):
        contract = self._active(
            self._detail(price_unit=3000.0), self._detail(waste_name="再生产品", price_unit=1130.0, tax_rate_percent=13.0))
        self._batch(contract, 1000)
        self._batch(contract, 1000, line=1)
        statement = self._make(contract)
        statement.action_approve()
        statement.action_confirm()
        application = self._apply(contract, amount=None, statement_id=statement.id)
        self.assertEqual(
            [(line.amount, line.tax_rate_percent) for line in application.line_ids], [(3000.0, 6.0), (1130.0, 13.0)])

    # OF A STATEMENT ------------------------------------------------------------

    def test_a_confirmed_statement_is_invoiced_with_its_lines(self):
        statement = self._confirmed()
        application = self._apply(amount=None, statement_id=statement.id)
        self.assertIn("1 t × 3,000", application.line_ids.name)

        application.action_submit()
        application.action_approve()
        move = self._issue(application)

        self.assertEqual((move.waste_statement_id, move.amount_total), (statement, 3000.0))
        self.assertEqual((statement.state, statement.invoiced_amount), ("invoiced", 3000.0))

    def test_a_statement_is_applied_for_once_it_is_confirmed(self):
        self._batch(self.contract, 1000)
        statement = self._make(self.contract)
        statement.action_approve()
        application = self._apply(amount=None, statement_id=statement.id)
        with self.assertRaisesRegex(UserError, "when the producer has confirmed"):
            application.action_submit()
        self.assertEqual(application.state, "draft")

    def test_i33_applications_and_invoices_never_exceed_the_statement(self):
        statement = self._confirmed()
        first = self._apply(amount=2000.0, statement_id=statement.id)
        second = self._apply(amount=1000.01, statement_id=statement.id)
        first.action_submit()

        with self.assertRaisesRegex(UserError, "has 2000.00 invoiced or applied for already: 1000.01 more is too much"):
            second.action_submit()
        first.action_approve()
        self._issue(first)
        with self.assertRaisesRegex(UserError, "1000.01 more is too much"):
            second.action_submit()
        second.line_ids.amount = 1000.0
        second.action_submit()
        self.assertEqual(second.state, "pending")

    def test_i33_a_red_letter_invoice_makes_room_again(self):
        statement = self._confirmed()
        application = self._apply(amount=3000.0, statement_id=statement.id)
        application.action_submit()
        application.action_approve()
        move = self._issue(application)

        move._reverse_moves([{"invoice_date": "2026-10-08"}], cancel=True)

        self.assertEqual((application.state, application.invoiced_amount), ("red", 0.0))
        self.assertEqual((statement.state, self.contract.invoiced_amount), ("confirmed", 0.0))
        again = self._apply(amount=3000.0, statement_id=statement.id)
        again.action_submit()
        self.assertEqual(again.state, "pending")

    def test_i33_advance_and_statement_together_stay_within_the_contract(self):
        self._apply(amount=28000.0).action_submit()
        statement = self._confirmed()
        application = self._apply(amount=None, statement_id=statement.id)
        with self.assertRaisesRegex(UserError, "over 30000.00 has 28000.00 invoiced or applied for already"):
            application.action_submit()

    def test_i33_the_buyer_is_the_contract_party_unless_authorised(self):
        other = self.env["res.partner"].create({"name": "宏达集团财务公司", "is_company": True, "fapiao_kind": "ordinary"})
        application = self._apply(partner_id=other.id)
        with self.assertRaisesRegex(UserError, "is not the party of contract"):
            application.action_submit()

        application.buyer_authorisation = "委托开票函 2026-09-30"
        application.action_submit()
        self.assertEqual((application.state, application.fapiao_title), ("pending", "宏达集团财务公司"))

    def test_a_payable_statement_is_not_ours_to_invoice(self):
        contract = self._active(self._detail(waste_name="含铜污泥", pricing_mode="negative", price_unit=-300.0))
        payable = self._external(contract, 300.0, direction="payable")
        with self.assertRaisesRegex(ValidationError, "what we owe"):
            self._apply(contract, statement_id=payable.id)

    # FROM WIM ------------------------------------------------------------------

    def test_the_number_comes_from_wim(self):
        statement = self._external(self.contract, 1000.0, state="confirmed")
        application = self._apply(amount=1000.0, statement_id=statement.id)
        application.action_submit()
        application.action_approve()

        move = self._invoice(statement, 1000.0)

        self.assertEqual((application.invoice_ids, application.state), (move, "issued"))
        self.assertEqual((application.fapiao_no, application.fapiao_date), ("2644KPTZ-1", Date.to_date("2026-10-07")))

    def test_a_number_that_wim_sends_later_issues_it_then(self):
        statement = self._external(self.contract, 1000.0, state="confirmed")
        application = self._apply(amount=1000.0, statement_id=statement.id)
        application.action_submit()
        application.action_approve()
        self._invoice(statement, 1000.0, fapiao_no=False)
        self.assertEqual(application.state, "to_issue")

        self._invoice(statement, 1000.0, fapiao_no="24449999")

        self.assertEqual((application.state, application.fapiao_no), ("issued", "24449999"))

    # LIFE ----------------------------------------------------------------------

    def test_the_fapiao_data_are_the_customers_and_frozen_by_the_approval(self):
        self.producer.write({"fapiao_tax_no": "914419000000000", "fapiao_bank": "东莞银行", "fapiao_bank_account": "6222 0000 1234"})
        application = self._apply()
        application.action_submit()
        application.fapiao_bank = "东莞农商行"
        application.action_approve()

        self.producer.fapiao_title = "宏达新名"
        self.assertEqual(
            (application.fapiao_title, application.fapiao_tax_no, application.fapiao_bank),
            ("宏达电路板厂", "914419000000000", "东莞农商行"))
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            application.fapiao_title = "别人"

    def test_fapiao_data_are_checked(self):
        for values, sentence in (
                ({"fapiao_tax_no": "123"}, "no valid taxpayer number"),
                ({"fapiao_tax_no": "914419000000000000"}, "no valid taxpayer number"),
                ({"fapiao_bank_account": "六二二二"}, "no bank account number"),
                ({"fapiao_email": "hongda"}, "no e-mail address"),
                ({"fapiao_mobile": "138"}, "no mobile number")):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, sentence), self.cr.savepoint():
                self.producer.write(values)
        # The credit code is the taxpayer number of who names no other.
        self.producer.write({"fapiao_kind": "special", "uscc": False})
        with self.assertRaisesRegex(UserError, "has no taxpayer number, which a special VAT fapiao needs"):
            self._apply().action_submit()

    def test_returned_with_a_reason_and_submitted_again(self):
        application = self._apply()
        application.action_submit()
        application.with_user(self.finance).action_reject(reason="抬头不对")
        self.assertEqual((application.state, application.reason), ("rejected", "抬头不对"))
        application.line_ids.amount = 9000.0
        application.with_user(self.salesperson).action_submit()
        self.assertEqual((application.state, application.reason), ("pending", False))

    def test_only_finance_approves_and_issues(self):
        application = self._apply().with_user(self.salesperson)
        application.action_submit()
        with self.assertRaises(AccessError):
            application.action_approve()
        with self.assertRaises(AccessError):
            application.write({"state": "to_issue"})
        with self.assertRaises(AccessError):
            application.action_reject(reason="x")
        self.assertEqual(application.state, "pending")

    def test_what_was_submitted_is_sealed(self):
        application = self._apply()
        application.action_submit()
        with self.assertRaisesRegex(UserError, "its lines can no longer be changed"):
            application.line_ids.amount = 1.0
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            application.contract_id = self._active()
        with self.assertRaisesRegex(UserError, "Cancel it instead"):
            application.unlink()
        self.assertEqual(application.amount_total, 10000.0)

    def test_no_invoice_without_the_number(self):
        application = self._apply()
        application.action_submit()
        application.action_approve()
        with self.assertRaisesRegex(UserError, "Enter the number and the date"):
            application.action_issue()
        with self.assertRaisesRegex(UserError, "is issued with the number"):
            application.state = "issued"
        self.assertFalse(application.invoice_ids)

    def test_the_customer_is_told_with_the_pdf(self):
        self.producer.fapiao_email = "fapiao@hongda.example"
        application = self._apply(fapiao_pdf="JVBERi0xLjcK")
        application.action_submit()
        application.action_approve()
        self._issue(application)

        message = application.message_ids.filtered(lambda message: message.partner_ids)
        self.assertEqual(message.partner_ids, self.producer)
        self.assertIn("24441234", message.body)
        self.assertEqual(message.attachment_ids.name, "24441234.pdf")

    def test_an_invoice_taken_back_is_to_be_issued_again(self):
        application = self._apply()
        application.action_submit()
        application.action_approve()
        move = self._issue(application)
        move.button_draft()
        self.assertEqual((application.state, self.contract.invoiced_amount), ("to_issue", 0.0))

    def test_the_clerk_of_the_issuing_company_issues_what_he_may_not_read_of_the_contract(self):
        issuer = self._new_company("危废公司")
        contract = self._active(self._detail(price_unit=3000.0), invoicing_company_id=issuer.id)
        clerk = self._new_user("finance", login="h5_issuer", company=issuer)
        stranger = self._new_user("finance", login="h5_stranger", company=self._new_company("餐厨公司"))
        application = self._apply(contract)
        application.action_submit()
        seen = application.with_user(clerk).with_context(allowed_company_ids=issuer.ids)

        seen.action_approve()
        seen.write({"fapiao_no": "24441234", "fapiao_date": "2026-10-08"})
        seen.action_issue()

        self.assertEqual(seen.state, "issued")
        with self.assertRaises(AccessError):
            contract.with_user(clerk).with_context(allowed_company_ids=issuer.ids).read(["name"])
        with self.assertRaises(AccessError):
            application.with_user(stranger).with_context(allowed_company_ids=stranger.company_ids.ids).read(["name"])
