from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command, Date
from odoo.tests import freeze_time, tagged

from .common import SettlementCase


@freeze_time("2026-10-20 02:00:00")
@tagged("post_install", "-at_install")
class TestStatementGovernment(SettlementCase):
    """KITCHEN_FREE: the producer's statement is 0.00 with its tonnes; the government office gets a statement of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kitchen.pricing_mode_ids = False
        cls.contract = cls._active(
            cls._detail(waste_code_id=False, waste_name="餐厨垃圾", pricing_mode="kitchen_free", price_unit=200.0),
            business_id=cls.kitchen.id, government_id=cls.government.id)
        cls.batch = cls._batch(cls.contract, 3000)
        cls.free, cls.asked = cls._make(cls.contract)

    def _confirmed(self):
        self.asked.action_approve()
        self.asked.action_confirm()
        return self.asked

    def _invoiced(self):
        self._confirmed().with_user(self.finance).action_make_invoices()
        return self.asked.sudo().invoice_ids

    def test_each_party_gets_its_own_statement_of_the_same_tonnes(self):
        self.assertRecordValues(self.free + self.asked, [
            {"direction": "receivable", "partner_id": self.producer.id, "amount_total": 0.0, "quantity_kg": 3000.0},
            {"direction": "government", "partner_id": self.government.id, "amount_total": 600.0, "quantity_kg": 3000.0}])
        self.assertEqual((self.free + self.asked).line_ids.batch_ids, self.batch)
        self.assertIn("The government pays 3 t × 200 = 600.00", self.asked.line_ids.explanation)
        self.assertEqual((self.asked.receivable_amount, self.asked.payable_amount), (600.0, 0.0))

    def test_a_kilogram_that_stands_on_two_statements_counts_once(self):
        self._batch(self.contract, 1000)
        self.statements._refresh(self.contract)
        self.assertEqual((self.free + self.asked).mapped("quantity_kg"), [4000.0, 4000.0])

        counted = self.statements._read_group([("contract_id", "=", self.contract.id)], ["direction"], ["weighed_kg:sum"])

        self.assertEqual(dict(counted), {"receivable": 4000.0, "government": 0.0})

    def test_the_same_run_again_makes_nothing_and_a_later_batch_is_on_both(self):
        self.assertFalse(self._make(self.contract))
        self._batch(self.contract, 1000)
        self.statements._refresh(self.contract)
        self.assertEqual((self.free.amount_total, self.asked.amount_total), (0.0, 800.0))
        self.assertEqual(len(self.contract.statement_ids), 2)

    def test_what_the_producer_pays_beside_is_on_its_own_statement(self):
        contract = self._active(
            self._detail(waste_code_id=False, waste_name="餐厨垃圾", pricing_mode="kitchen_free", price_unit=200.0),
            self._detail(waste_code_id=False, waste_name="废油脂", pricing_mode="unit_t", price_unit=100.0),
            business_id=self.kitchen.id, government_id=self.government.id)
        self._batch(contract, 1000)
        self._batch(contract, 2000, line=1)
        statements = self._make(contract)
        self.assertEqual(
            {each.direction: each.amount_total for each in statements}, {"receivable": 200.0, "government": 200.0})

    def test_a_kitchen_that_pays_itself_has_no_statement_for_the_government(self):
        contract = self._active(
            self._detail(waste_code_id=False, pricing_mode="unit_t", price_unit=100.0),
            business_id=self.kitchen.id, government_id=self.government.id)
        self._batch(contract, 1000)
        self.assertEqual(self._make(contract).mapped("direction"), ["receivable"])

    def test_the_office_is_invoiced_and_its_payment_is_its_own(self):
        plan = self.env["waste.payment.plan"].create({"contract_id": self.contract.id, "amount": 600.0, "date_due": "2026-10-30"})
        move = self._invoiced()
        self.assertRecordValues(move, [{"move_type": "out_invoice", "partner_id": self.government.id, "amount_total": 600.0}])

        self._pay(self.asked, 600.0)

        collection = self.contract.collection_ids
        self.assertRecordValues(collection, [{"partner_id": self.government.id, "amount": 600.0, "plan_id": False}])
        self.assertEqual((self.asked.state, self.free.received_amount, plan.state), ("settled", 0.0, "open"))

    def test_money_of_the_office_by_hand_pays_its_statement_only(self):
        self._invoiced()
        other = self._active(
            self._detail(waste_code_id=False, pricing_mode="unit_t", price_unit=100.0),
            business_id=self.kitchen.id, government_id=self.government.id)
        for contract, party in ((self.contract, self.government), (other, self.government)):
            collection = self.env["waste.collection"].create({
                "contract_id": contract.id, "partner_id": party.id, "amount": 100.0, "date": "2026-10-20"})
            collection.action_submit()
            collection.action_approve()
        self.assertEqual(self.asked.received_amount, 100.0)
        stranger = self.env["res.partner"].create({"name": "另一家", "is_company": True})
        with self.assertRaisesRegex(ValidationError, "choose one of this customer's contracts"):
            self.env["waste.collection"].create({"contract_id": self.contract.id, "partner_id": stranger.id, "amount": 1.0})

    def test_its_application_names_the_office_as_the_buyer(self):
        statement = self._confirmed()
        application = self.env["waste.invoice.application"].create({"statement_id": statement.id, "fapiao_kind": "ordinary"})
        application.action_submit()
        self.assertRecordValues(application, [
            {"state": "pending", "partner_id": self.government.id, "fapiao_title": self.government.name, "amount_total": 600.0}])

    def test_overdue_it_is_the_office_that_is_reminded(self):
        self.env["waste.dunning.level"].search([]).active = False
        self.env.flush_all()
        self.env["waste.dunning.level"].create({"name": "一级", "days": 3, "body": "{customer} {amount}"})
        move = self._invoiced()
        move.invoice_date_due = Date.to_date("2026-10-01")

        self.env["waste.dunning"]._cron_dun()

        told = self.env["waste.dunning"].search([("partner_id", "in", (self.government + self.producer).ids)])
        self.assertRecordValues(told, [{"partner_id": self.government.id, "amount": 600.0}])

    def test_neither_party_reads_the_others(self):
        (self.free + self.asked).action_approve()
        office = self._portal_user(self.government, login="h5_office")
        producer = self._portal_user(self.producer)
        for user, own, other in ((office, self.asked, self.free), (producer, self.free, self.asked)):
            seen = self.statements.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
            self.assertEqual(seen.search([]), own)
            with self.assertRaises(AccessError):
                seen.browse(other.id).read(["amount_total"])

    def test_i_35_nothing_of_it_is_set_off(self):
        self._invoiced()
        with self.assertRaisesRegex(ValidationError, "only such ones are set off"):
            self.env["waste.statement.offset"].create({
                "partner_id": self.government.id, "company_id": self.company.id,
                "line_ids": [Command.create({"statement_id": self.asked.id, "amount": 600.0})]})
