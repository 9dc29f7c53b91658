from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Date
from odoo.tests import Form, freeze_time, tagged

from .common import SettlementCase


@freeze_time("2026-03-20 02:00:00")
@tagged("post_install", "-at_install")
class TestCollection(SettlementCase):
    """Money that was received: registered by sales, approved by finance, booked once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._active(cls._detail(price_unit=3000.0))
        cls.collections = cls.env["waste.collection"]

    @classmethod
    def _collect(cls, amount=10000.0, user=None, **values):
        return cls.collections.with_user(user or cls.salesperson).create({
            "contract_id": cls.contract.id, "amount": amount, "date": "2026-03-20", **values}).with_user(cls.env.user)

    def _approved(self, amount=10000.0, **values):
        collection = self._collect(amount, **values)
        collection.action_submit()
        collection.with_user(self.finance).action_approve()
        return collection

    # APPROVAL ------------------------------------------------------------------

    def test_s3_pay_appr_it_counts_once_finance_has_approved(self):
        collection = self._collect()
        collection.with_user(self.salesperson).action_submit()
        self.assertEqual((collection.state, self.contract.collected_amount), ("pending", 0.0))

        collection.with_user(self.finance).action_approve()

        self.assertEqual((collection.state, self.contract.collected_amount), ("approved", 10000.0))
        self.assertRecordValues(collection.payment_id, [{
            "payment_type": "inbound", "amount": 10000.0, "partner_id": self.producer.id, "company_id": self.company.id,
            "date": Date.to_date("2026-03-20"), "state": "in_process"}])

    def test_s3_pay_appr_returned_money_is_not_counted(self):
        collection = self._collect()
        collection.action_submit()
        collection.with_user(self.finance).action_reject(reason="银行未到账")
        self.assertEqual((collection.state, collection.reason, self.contract.collected_amount), ("rejected", "银行未到账", 0.0))
        self.assertFalse(collection.payment_id)

    def test_sales_can_not_approve(self):
        collection = self._collect().with_user(self.salesperson)
        collection.action_submit()
        with self.assertRaises(AccessError):
            collection.action_approve()
        with self.assertRaises(AccessError):
            collection.write({"state": "approved"})
        self.assertEqual((collection.state, self.contract.collected_amount), ("pending", 0.0))

    def test_s3_pay_det_the_steps_of_a_flow_decide(self):
        self.env["tier.definition"].create({
            "name": "财务复核", "model_id": self.env["ir.model"]._get_id("waste.collection"), "review_type": "individual",
            "reviewer_id": self.finance.id, "definition_domain": "[]", "company_id": self.company.id})
        collection = self._collect()
        collection.with_user(self.salesperson).action_submit()
        with self.assertRaisesRegex(UserError, "step “财务复核” is still to be decided by"):
            collection.with_user(self.users["admin"]).action_approve()
        with self.assertRaisesRegex(UserError, "is still to be decided"), self.cr.savepoint():
            collection.with_user(self.users["admin"]).write({"state": "approved"})

        collection.with_user(self.finance).action_approve()

        self.assertEqual((collection.state, collection.approval_state, self.contract.collected_amount), ("approved", "approved", 10000.0))
        self.assertIn("财务复核", collection.approval_steps)

    def test_a_step_that_returns_it_returns_it_with_the_reason(self):
        self.env["tier.definition"].create({
            "name": "财务复核", "model_id": self.env["ir.model"]._get_id("waste.collection"), "review_type": "individual",
            "reviewer_id": self.finance.id, "definition_domain": "[]", "company_id": self.company.id})
        collection = self._collect()
        collection.with_user(self.salesperson).action_submit()
        collection.with_user(self.finance).action_reject(reason="银行未到账")
        self.assertEqual((collection.state, collection.reason), ("rejected", "银行未到账"))

    def test_s3_pay_list_and_s3_pay_basic_show_what_was_entered(self):
        plan = self.env["waste.payment.plan"].create({"contract_id": self.contract.id, "amount": 10000.0, "date_due": "2026-04-30"})
        collection = self._collect(plan_id=plan.id, way="transfer", approver_id=self.finance.id)
        collection.action_submit()
        shown = ["name", "contract_id", "plan_id", "amount", "date", "way", "state"]
        views = {view: self.collections.with_user(self.finance).get_view(
            self.env.ref(f"waste_settlement.waste_collection_view_{view}").id, view)["arch"] for view in ("list", "form")}
        for name in shown:
            self.assertIn(f'name="{name}"', views["list"])
            self.assertIn(f'name="{name}"', views["form"])
        self.assertIn('name="approval_label"', views["list"])
        self.assertIn('name="approver_id"', views["form"])

        values = collection.with_user(self.finance).read([*shown, "approver_id"])[0]

        self.assertEqual(
            (values["contract_id"][0], values["plan_id"][0], values["amount"], str(values["date"]), values["way"], values["state"],
             values["approver_id"][0]),
            (self.contract.id, plan.id, 10000.0, "2026-03-20", "transfer", "pending", self.finance.id))

    def test_s3_con_pay_a_not_under_a_draft(self):
        for state in ("draft", "approving"):
            with self.subTest(state), self.assertRaisesRegex(ValidationError, "registered once it is approved"), self.cr.savepoint():
                self._collect(contract_id=self._contract(contract_state=state).id)
        self.assertEqual(self._collect(contract_id=self._contract(contract_state="customer_review").id).amount, 10000.0)

    def test_s3_cust_pay_another_customers_contract_is_refused(self):
        other = self.env["res.partner"].create({"name": "恒达塑胶", "is_company": True})
        with self.assertRaisesRegex(ValidationError, "is with 宏达电路板厂, not with 恒达塑胶"):
            self._collect(partner_id=other.id)
        with self.assertRaisesRegex(UserError, "belongs to a contract"):
            self.collections.create({"partner_id": other.id, "amount": 1.0})

    def test_s3_pay_new_the_form_offers_the_contracts_instalments(self):
        self.env["waste.payment.plan"].create([
            {"contract_id": self.contract.id, "amount": 10000.0, "date_due": day} for day in ("2026-04-30", "2026-05-31", "2026-06-30")])
        form = Form(self.collections.with_user(self.salesperson).with_context(default_contract_id=self.contract.id))
        form.amount = 10000.0
        form.plan_id = self.contract.payment_plan_ids[0]
        collection = form.save()
        self.assertRecordValues(collection, [{
            "partner_id": self.producer.id, "contract_id": self.contract.id, "amount": 10000.0, "way": "transfer",
            "date": Date.to_date("2026-03-20"), "state": "draft"}])

    def test_s3_pay_flt_by_way_and_month(self):
        for amount, day in ((4000.0, "2026-03-01"), (5000.0, "2026-03-31"), (6000.0, "2026-03-15"), (7000.0, "2026-03-20")):
            self._collect(amount, date=day)
        self._collect(9000.0, date="2026-04-01")
        self._collect(9000.0, way="cash")
        found = self.collections.search([
            ("contract_id", "=", self.contract.id), ("way", "=", "transfer"), ("date", ">=", "2026-03-01"), ("date", "<=", "2026-03-31")])
        self.assertEqual((len(found), sum(found.mapped("amount"))), (4, 22000.0))

    def test_s3_pay_log_changes_are_in_the_log(self):
        collection = self._collect().with_context(tracking_disable=False, mail_notrack=False)
        self.env.flush_all()
        self.cr.precommit.run()
        collection.amount = 12000.0
        self.env.flush_all()
        self.cr.precommit.run()
        values = collection.message_ids.sudo().tracking_value_ids.filtered(lambda value: value.field_id.name == "amount")
        self.assertEqual((values.old_value_float, values.new_value_float), (10000.0, 12000.0))

    def test_s3_pay_log_a_deleted_one_is_noted_at_its_contract(self):
        collection = self._collect(user=self.salesperson)
        number = collection.name

        collection.with_user(self.salesperson).unlink()

        note = self.contract.message_ids[0]
        self.assertIn(f"Collection {number} over 10000.00 was deleted.", note.body)
        self.assertEqual(note.author_id, self.salesperson.partner_id)

    def test_what_was_submitted_is_sealed(self):
        collection = self._collect()
        collection.action_submit()
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            collection.amount = 1.0
        with self.assertRaisesRegex(UserError, "reverse it instead"):
            collection.unlink()
        self.assertEqual(collection.amount, 10000.0)

    # BOOKS ---------------------------------------------------------------------

    def test_it_pays_the_oldest_statements_and_then_advance_invoices(self):
        older = self._external(self.contract, 1000.0, period="2026-01")
        newer = self._external(self.contract, 500.0, period="2026-02")
        moves = self._invoice(older, 1000.0, key="K-1") + self._invoice(newer, 500.0, key="K-2")
        self.producer.fapiao_title = "宏达"
        application = self.env["waste.invoice.application"].create({
            "contract_id": self.contract.id, "fapiao_kind": "ordinary", "fapiao_no": "1", "fapiao_date": "2026-03-01",
            "line_ids": [Command.create({"name": "预开", "amount": 2000.0, "tax_rate_percent": 6.0})]})
        application.action_submit()
        application.action_approve()
        application.action_issue()

        self._approved(1800.0)

        self.assertEqual(moves.mapped("amount_residual"), [0.0, 0.0])
        self.assertEqual((older.state, newer.state), ("settled", "settled"))
        self.assertEqual(application.invoice_ids.amount_residual, 1700.0)
        self.assertEqual(self.contract.collected_amount, 1800.0)

    def test_by_hand_it_pays_nothing_yet(self):
        statement = self._external(self.contract, 1000.0)
        collection = self._approved(1000.0, is_oldest_first=False)
        self.assertEqual((statement.received_amount, self.contract.collected_amount), (0.0, 1000.0))
        self.assertFalse(collection.payment_id.waste_allocation_ids)

    def test_a_deposit_waits_and_a_refund_goes_back(self):
        statement = self._external(self.contract, 1000.0)
        self._approved(2000.0, kind="deposit")
        self.assertEqual(statement.received_amount, 0.0)

        refund = self._approved(500.0, kind="refund")

        self.assertEqual((refund.payment_id.payment_type, refund.counted_amount), ("outbound", -500.0))
        self.assertEqual(self.contract.collected_amount, 1500.0)

    def test_the_money_is_in_the_books_of_the_receiving_company(self):
        issuer = self._new_company("危废公司")
        contract = self._active(invoicing_company_id=issuer.id)
        collection = self._approved(100.0, contract_id=contract.id)
        self.assertEqual(collection.payment_id.company_id, issuer)
        self.assertEqual(contract.collected_amount, 100.0)

    def test_reversal_takes_it_back(self):
        plan = self.env["waste.payment.plan"].create({"contract_id": self.contract.id, "amount": 10000.0, "date_due": "2026-04-30"})
        statement = self._external(self.contract, 1000.0)
        collection = self._approved(plan_id=plan.id, bank_ref="BK-1")
        self.assertEqual((statement.received_amount, plan.state), (1000.0, "paid"))

        collection.with_user(self.finance).action_reverse()

        self.assertEqual((collection.state, collection.payment_id.state, self.contract.collected_amount), ("reversed", "canceled", 0.0))
        self.assertEqual((statement.received_amount, plan.state), (0.0, "open"))
        self.assertEqual(self._approved(bank_ref="BK-1").state, "approved")

    def test_i34_a_bank_reference_is_registered_once_from_whichever_account(self):
        self._collect(bank_ref="BK-1")
        with self.assertRaisesRegex(ValidationError, "BK-1 is registered already, with collection"):
            self._collect(bank_ref="BK-1")
        statement = self._external(self.contract, 100.0)
        self._pay(statement, 100.0, bank_ref="BK-2")
        with self.assertRaisesRegex(ValidationError, "BK-2 is registered already"):
            self._collect(bank_ref="BK-2")

    def test_i35_payables_are_not_collections(self):
        contract = self._active(self._detail(waste_name="含铜污泥", pricing_mode="negative", price_unit=-300.0))
        payable = self._external(contract, 300.0, direction="payable")
        self._invoice(payable, 300.0)
        payment = self._pay(payable, 300.0)
        self.assertFalse(payment.waste_collection_ids)
        self.assertEqual((contract.collected_amount, contract.invoiced_amount), (0.0, 0.0))

    # PAYMENTS THAT COME OTHERWISE ----------------------------------------------

    def test_a_payment_of_two_contracts_is_two_collections(self):
        other = self._active()
        first, second = self._external(self.contract, 1000.0), self._external(other, 500.0)
        payment = self.statements._register_external_payments("wim", [{
            "key": "SK-1", "partner": self.producer, "amount": 1500.0, "date": Date.to_date("2026-03-20"), "bank_ref": "BK-1",
            "allocations": [(first, 1000.0), (second, 500.0)]}])[0]

        self.assertEqual(sorted(payment.waste_collection_ids.mapped("amount")), [500.0, 1000.0])
        self.assertEqual((self.contract.collected_amount, other.collected_amount), (1000.0, 500.0))

    def test_a_corrected_payment_corrects_its_collections(self):
        other = self._active()
        first, second = self._external(self.contract, 1000.0), self._external(other, 500.0)
        self._pay(first, 500.0)

        self._pay(second, 500.0, bank_ref="BK-SK-1")

        self.assertEqual((self.contract.collected_amount, other.collected_amount), (0.0, 500.0))

    def test_odoos_own_payment_of_an_invoice_counts_once(self):
        statement = self._external(self.contract, 1000.0)
        move = self._invoice(statement, 1000.0)
        self.env["account.payment.register"].with_user(self.finance).with_context(
            active_model="account.move", active_ids=move.ids).create({"amount": 300.0})._create_payments()
        self.assertEqual((self.contract.collected_amount, statement.received_amount), (300.0, 300.0))

        move.line_ids.remove_move_reconcile()

        self.assertEqual((self.contract.collected_amount, statement.received_amount), (0.0, 0.0))
