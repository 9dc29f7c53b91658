from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import START, WasteTrackCommon


@tagged("post_install", "-at_install")
@freeze_time(START + timedelta(hours=5, minutes=10))
class TestWasteNotice(WasteTrackCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contacts = cls.env["res.partner"].create([
            {"name": "王经理", "parent_id": cls.producer.id, "phone": "13800000001", "receives_waste_notices": True, "lang": "zh_CN"},
            {"name": "刘会计", "parent_id": cls.producer.id, "phone": "13800000002"},
        ])
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.wang, cls.liu = contacts
        cls.salesperson = cls._make_staff("salesperson")
        cls.contract.user_id = cls.salesperson
        rules = cls.env["waste.notice.rule"]
        cls.rules = {rule.event: rule for rule in rules.with_context(active_test=False).search([])}
        cls.rules["pickup_confirmed"].with_context(lang="zh_CN").body = "您的接运单{{ pickup_no }}已确认，{{ time }}，车牌{{ plate }}"

    def setUp(self):
        super().setUp()
        self.notices = self.env["waste.notice"].search([])

    def _new(self):
        return self.env["waste.notice"].search([]) - self.notices

    def _send(self):
        with self.enter_registry_test_mode():
            self.env.ref("waste_track.ir_cron_notices").with_user(self.env.ref("base.user_root")).method_direct_trigger()
        return self._new()

    def test_s0_3_1_3_e_the_contact_is_told_of_the_confirmed_pickup(self):
        pickup = self._make_pickup(self.contract, "to_dispatch", name="JY-0312", at=START + timedelta(days=1, hours=-7))
        pickup._transition("dispatch")

        notices = self._send()

        self.assertEqual(
            {(notice.audience, notice.partner_id, notice.state) for notice in notices},
            {("producer", self.wang, "told"), ("salesperson", self.salesperson.partner_id, "told"),
             ("carrier", self.carrier, "unreachable")})
        told = notices.filtered(lambda notice: notice.partner_id == self.wang)
        self.assertEqual(told.body, "您的接运单JY-0312已确认，7月3日9:00，车牌粤S12345")
        sms = self.env["sms.sms"].search([("mail_message_id", "=", told.message_id.id)])
        self.assertEqual((sms.body, sms.partner_id, told.channel, told.delivery), (told.body, self.wang, "sms", "underway"))
        self.assertIn("waste notices", notices.filtered(lambda notice: notice.state == "unreachable").error.lower())

    def test_s0_3_1_3_f_loaded_tells_weight_and_drums_once(self):
        batch = self._make_batch(self.line, with_pickup=False)
        pickup = batch.pickup_id = self._make_pickup(self.contract, "dispatched", loaded_at=START)
        drums = self.env["waste.package"].create([
            {"name": f"D-{number}", "batch_id": batch.id, "contract_line_id": self.line.id, "producer_id": self.producer.id,
             "company_id": self.company.id} for number in range(6)
        ])
        self._tell(drums[:4], ["PACKED", "LOADED"], weight="500")
        self._tell(drums[4:], ["PACKED", "LOADED"], weight="600")
        pickup._transition("load")
        notices = self._send().filtered(lambda notice: notice.rule_id == self.rules["pickup_loaded"])

        self.assertIn("3.2 t, 6 packages", notices.filtered(lambda notice: notice.audience == "salesperson").body)
        pickup.write({"state": "loaded"})
        pickup._announce("pickup_loaded")
        self.assertEqual(
            self._send().filtered(lambda notice: notice.rule_id == self.rules["pickup_loaded"]), notices)
        self.assertEqual(self.env["sms.sms"].search_count([("mail_message_id", "in", notices.message_id.ids)]), 1)

    def test_s0_g7_c_contact_and_salesperson_are_told_what_was_received(self):
        batch = self._make_batch(self.line, 1, "WEIGHED", weight="3200")
        self._make_manifest(batch)
        self._make_inbound(batch, 3200, 1, START + timedelta(hours=5))
        self._tell(batch.package_ids, ["ACCEPTED", "WAREHOUSED"], weight="3200")
        notices = self._send().filtered(lambda notice: notice.rule_id == self.rules["batch_received"])

        self.assertLessEqual({self.wang, self.salesperson.partner_id}, set(notices.partner_id))
        for notice in notices:
            for fact in ("20264419000001", "含铜污泥", "3.2 t"):
                self.assertIn(fact, notice.body)
        inbox = notices.filtered(lambda notice: notice.audience == "salesperson")
        self.assertEqual(inbox.message_id.notified_partner_ids, self.salesperson.partner_id)

    def test_s0_3_2_2_a_office_and_carrier_are_told_without_prices(self):
        office = self.env["res.partner"].create({"name": "市生态环境分局", "is_company": True, "email": "office@example.com"})
        contract = self._make_contract(self.producer, government_id=office.id, user_id=self.salesperson.id)
        self.carrier.phone = "13900000003"
        self._make_batch(contract.order_line, 2, "WAREHOUSED")
        notices = self._send().filtered(lambda notice: notice.rule_id == self.rules["batch_received"])

        self.assertEqual(
            {(notice.partner_id, notice.channel) for notice in notices},
            {(self.wang, "sms"), (self.salesperson.partner_id, "inbox"), (self.carrier, "sms"), (office, "email")})
        self.assertFalse([notice for notice in notices if "1500" in notice.body or "1,500" in notice.body])

    def test_the_job_is_called_at_once(self):
        triggers = self.env["ir.cron.trigger"]
        domain = [("cron_id", "=", self.env.ref("waste_track.ir_cron_notices").id)]
        before = triggers.search(domain)
        self._make_pickup(self.contract, "dispatched")
        self.assertEqual((triggers.search(domain) - before).mapped("call_at"), [START + timedelta(hours=5, minutes=10)])

    def test_history_is_no_news_and_costs_no_query(self):
        pickup = self._make_pickup(self.contract, "to_dispatch", at=START - timedelta(days=90))
        pickup.write({"state": "dispatched"})
        pickup.flush_recordset()
        self.assertFalse(self._new())
        with self.assertQueryCount(0):
            pickup._announce("pickup_confirmed")

    def test_a_rule_switched_off_tells_nobody(self):
        self.rules["pickup_confirmed"].active = False
        self._make_pickup(self.contract, "dispatched")
        self.assertFalse(self._new())

    def test_a_company_without_ticked_contacts_is_told_itself(self):
        self.wang.receives_waste_notices = False
        self.producer.phone = "0769-00000001"
        self._make_pickup(self.contract, "dispatched")
        self.assertEqual(
            self._new().filtered(lambda notice: notice.audience == "producer").partner_id, self.producer)

    def test_producers_assigned_to_somebody_are_theirs_when_the_contract_names_nobody(self):
        self.contract.user_id = False
        others = [self._make_staff("salesperson") for _each in range(2)]
        self.env["waste.assignment"].create([
            {"producer_id": self.producer.id, "user_id": user.id, "business_id": business.id, "date_from": "2026-01-01"}
            for user, business in zip(others, (self.hazardous, self.kitchen))])
        self._make_pickup(self.contract, "dispatched")
        self.assertEqual(
            self._new().filtered(lambda notice: notice.audience == "salesperson").partner_id, others[0].partner_id)

    def test_one_that_fails_does_not_silence_the_others_and_is_sent_again(self):
        self._make_pickup(self.contract, "dispatched")
        notices = self._new()
        tell = type(notices)._tell

        def broken(notice):
            if notice.partner_id == self.wang:
                raise ValueError("no such number")
            return tell(notice)

        with patch.object(type(notices), "_tell", broken), mute_logger("odoo.addons.waste_track.models.waste_notice"):
            self._send()
        failed = notices.filtered(lambda notice: notice.partner_id == self.wang)
        self.assertEqual((failed.state, failed.error), ("failed", "no such number"))
        self.assertIn("told", notices.mapped("state"))

        failed.with_user(self._make_staff("dispatcher")).action_send_again()
        self._send()
        self.assertEqual(failed.state, "told")

    def test_who_may_send_again(self):
        self._make_pickup(self.contract, "dispatched")
        notices = self._new()
        for role in ("dispatcher", "customer_service", "admin"):
            self.assertTrue(notices.with_user(self._make_staff(role)).action_send_again())
        other = self._make_staff("dispatcher", self.env["res.company"].create({"name": "固废公司"}))
        for user in (self._make_staff("finance"), self.salesperson, self._make_portal_user(self.producer), other):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                notices.with_user(user).action_send_again()

    def test_a_text_names_only_known_facts(self):
        rule = self.rules["pickup_confirmed"].with_user(self._make_staff("admin"))
        for body in ("{{ floor_price }}", "{{ pickup_no", "{{ object.contract_id.amount_total }}"):
            with self.subTest(body=body), self.assertRaises(ValidationError):
                rule.body = body
        with Form(rule) as form:
            form.body = "{{ pickup_no }} {{ time }}"

    def test_the_same_party_is_told_once_whoever_writes_the_row(self):
        self._make_pickup(self.contract, "dispatched")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self._new()[:1].copy()
