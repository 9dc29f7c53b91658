from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import SettlementCase


@freeze_time("2026-03-20 02:00:00")
@tagged("post_install", "-at_install")
class TestSaleOrderRecord(SettlementCase):
    """The record of sales: one row for each waste detail of a signed contract, with 19 columns."""

    def test_s2_1_3_rec_the_columns_of_a_contract(self):
        agent = self.env["res.partner"].create({
            "name": "绿信咨询", "ref": "DL0003", "is_company": True,
            "party_role_ids": [Command.link(self.env.ref("waste.party_role_agent").id)]})
        self.producer.ref = "KH000012"
        contract = self._active(
            self._detail(waste_name="含铜污泥", planned_quantity_t=20.0, price_unit=1425.0, list_price=1500.0),
            agent_id=agent.id, authorisation_no="260769010001")
        batch = self._batch(contract, 0)
        self.env["waste.package"].create([
            {"name": f"B{number:03d}", "batch_id": batch.id, "producer_id": self.producer.id, "company_id": self.company.id}
            for number in range(1, 7)])
        collection = self.env["waste.collection"].create({"contract_id": contract.id, "amount": 10000.0})
        collection.action_submit()
        collection.action_approve()

        row = contract.order_line.with_user(self.finance)
        view = self.env.ref("waste_settlement.sale_order_line_view_list_record")
        names = view._get_combined_arch().xpath("//field[not(@column_invisible)]/@name")

        self.assertEqual(len(names), 19)
        values = row.read(names)[0]
        self.assertEqual(
            {name: values[name] for name in (
                "customer_no", "authorisation_no", "label_range", "agent_no", "list_amount", "list_discount_percent", "price_total",
                "collected_amount", "planned_quantity_t", "waste_name")},
            {"customer_no": "KH000012", "authorisation_no": "260769010001", "label_range": "B001–B006", "agent_no": "DL0003",
             "list_amount": 30000.0, "list_discount_percent": 5.0, "price_total": 28500.0, "collected_amount": 10000.0,
             "planned_quantity_t": 20.0, "waste_name": "含铜污泥"})
        self.assertEqual((values["agent_id"][1], str(values["date_signed"])), ("绿信咨询", "2025-12-20"))

    def test_s2_1_3_rec_perm_a_row_opens_its_contract_and_nothing_is_typed_here(self):
        line = self._active().order_line
        arch = self.env.ref("waste_settlement.sale_order_line_view_list_record")._get_combined_arch()
        reader = self._new_user("user", login="h5_reader")

        self.assertEqual([arch.get(verb) for verb in ("create", "edit", "delete")], ["0", "0", "0"])
        self.assertEqual(arch.find(".//field[@name='salesman_phone']").get("widget"), "phone")
        action = getattr(line.with_user(self.finance), arch.get("action"))()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", line.order_id.id))
        for verb in ("create", "write", "unlink"):
            self.assertFalse(line.with_user(reader).has_access(verb))

    def test_s3_con_0_one_form_shows_details_plan_collections_and_invoices(self):
        arch = self.env["sale.order"].with_user(self.finance).get_view(self.env.ref("waste_contract.sale_order_view_form").id)["arch"]

        for name in ("order_line", "payment_plan_ids", "collection_ids", "invoice_application_ids", "statement_count"):
            self.assertIn(f'name="{name}"', arch)

    def test_two_details_share_what_was_collected(self):
        contract = self._active(self._detail(price_unit=3000.0), self._detail(waste_name="废酸", price_unit=1000.0))
        collection = self.env["waste.collection"].create({"contract_id": contract.id, "amount": 100.0})
        collection.action_submit()
        collection.action_approve()
        self.assertEqual(contract.order_line.mapped("collected_amount"), [75.0, 25.0])

    def test_outsiders_read_nothing_of_it(self):
        contract = self._active()
        portal = self._portal_user(self.producer)
        seen = contract.order_line.with_user(portal).with_context(allowed_company_ids=portal.company_ids.ids)
        for name in ("collected_amount", "agent_id", "list_amount"):
            with self.assertRaises(AccessError):
                seen.read([name])
