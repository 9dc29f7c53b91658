from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import SettlementCase


@freeze_time("2026-10-20 02:00:00")
@tagged("post_install", "-at_install")
class TestMoneyFlows(SettlementCase):
    """Who is told that something waits or is decided; the flows that come with the room; invoices by application only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._active()
        cls.flows = cls.env["tier.definition"].with_context(active_test=False).search([
            ("model", "in", ("waste.collection", "waste.invoice.application", "waste.statement.offset"))])

    def _collect(self, **values):
        collection = self.env["waste.collection"].with_user(self.salesperson).create({
            "contract_id": self.contract.id, "amount": 1000.0, **values})
        collection.action_submit()
        return collection.with_user(self.env.user)

    def _told(self, document):
        """Return {user: subject} of the notices about a document."""
        messages = self.env["mail.message"].search([
            ("model", "=", document._name), ("res_id", "=", document.id), ("message_type", "=", "user_notification")], order="id")
        return {partner.user_ids[:1]: message.subject for message in messages for partner in message.notified_partner_ids}

    # NOTICES -------------------------------------------------------------------

    def test_finance_is_told_that_a_collection_waits_and_sales_how_it_ended(self):
        stranger = self._new_user("finance", login="h5_notice_stranger", company=self._new_company("餐厨公司"))
        collection = self._collect()
        told = self._told(collection)
        self.assertIn("waits for your decision", told[self.finance])
        self.assertNotIn(stranger, told)

        collection.with_user(self.finance).action_approve()

        self.assertEqual(self._told(collection)[self.salesperson], f"{collection.name}: Approved")

    def test_who_is_returned_something_reads_why(self):
        collection = self._collect()
        collection.with_user(self.finance).action_reject(reason="银行未到账")
        self.assertEqual(self._told(collection)[self.salesperson], f"{collection.name}: Returned")
        notice = self.env["mail.message"].search([("subject", "=", f"{collection.name}: Returned")])
        self.assertIn("银行未到账", notice.body)

    # FLOWS ---------------------------------------------------------------------

    def test_the_flows_that_come_with_the_room_are_off_until_their_groups_are_filled(self):
        shipped = self.flows.filtered(lambda flow: (flow.get_external_id()[flow.id] or "").startswith("waste_settlement."))
        self.assertEqual(len(shipped), 7)
        self.assertFalse(any(shipped.mapped("active")))

    def test_a_refund_goes_to_the_general_manager_as_well(self):
        self.env.ref("waste_settlement.flow_collection_finance").active = True
        self.env.ref("waste_settlement.flow_collection_refund").active = True
        director = self._new_user("sales_manager", login="h5_director")
        director.group_ids += self.env.ref("waste_contract.group_director_approver")

        usual, refund = self._collect(), self._collect(kind="refund")
        (usual + refund).with_user(self.finance).action_approve()

        self.assertEqual((usual.state, refund.state), ("approved", "pending"))
        refund.with_user(director).action_approve()
        self.assertEqual(refund.state, "approved")

    def test_an_application_passes_sales_and_finance(self):
        for name in ("flow_invoice_application_sales", "flow_invoice_application_finance"):
            self.env.ref(f"waste_settlement.{name}").active = True
        statement = self._external(self.contract, 500.0, state="confirmed")
        application = self.env["waste.invoice.application"].with_user(self.salesperson).create({
            "statement_id": statement.id, "fapiao_kind": "ordinary"})
        application.action_submit()
        with self.assertRaisesRegex(UserError, "is still to be decided by"):
            application.with_user(self.finance).action_approve()

        application.with_user(self.manager).action_approve()
        application.with_user(self.finance).action_approve()

        self.assertEqual(application.state, "to_issue")

    # ONLY BY APPLICATION -------------------------------------------------------

    def _confirmed(self, **values):
        contract = self._active(**values)
        self._batch(contract, 1000)
        statement = self._make(contract)
        statement.action_approve()
        statement.action_confirm()
        return statement

    def test_where_applications_are_the_rule_nobody_invoices_without_one(self):
        self.hazardous.invoicing_rule = "application"
        statement = self._confirmed()
        with self.assertRaisesRegex(UserError, "invoices only by application: apply for the invoice of statement"):
            statement.with_user(self.finance).action_make_invoices()
        self.assertEqual((statement.state, len(statement.invoice_ids)), ("confirmed", 0))

        application = self.env["waste.invoice.application"].create({"statement_id": statement.id, "fapiao_kind": "ordinary"})
        application.action_submit()
        application.action_approve()
        application.write({"fapiao_no": "24441234", "fapiao_date": "2026-10-20"})
        application.action_issue()
        self.assertEqual(statement.state, "invoiced")

    def test_a_company_may_do_it_otherwise_and_bills_are_nobodys_wish(self):
        self.hazardous.write({"invoicing_rule": "application", "policy_ids": [
            (0, 0, {"company_id": self.company.id, "invoicing_rule": "direct"})]})
        self._confirmed().with_user(self.finance).action_make_invoices()
        self.hazardous.policy_ids.invoicing_rule = "application"
        contract = self._active(self._detail(waste_name="含铜污泥", pricing_mode="negative", price_unit=-300.0))
        payable = self._external(contract, 300.0, direction="payable", state="confirmed")
        payable.with_user(self.finance).action_make_invoices()
        self.assertEqual(payable.state, "invoiced")

    def test_what_wim_invoices_is_booked_all_the_same(self):
        self.hazardous.invoicing_rule = "application"
        statement = self._external(self.contract, 500.0, state="confirmed")
        self._invoice(statement, 500.0)
        self.assertEqual(statement.state, "invoiced")
