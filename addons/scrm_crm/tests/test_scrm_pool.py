from datetime import timedelta

import psycopg2

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PoolCase


@tagged("post_install", "-at_install")
class TestScrmPool(PoolCase):

    # --- nobody follows up ---

    def test_s0_1_b_lead_without_follow_up_is_reminded_of_after_15_days_and_in_the_pool_after_30(self):
        self._age_lead(self.lead, 15)

        self._watch()

        self.assertEqual(self._reminded(self.lead), self.zhang | self.manager)
        self.assertEqual(set(self.lead._get_reminders().mapped("state")), {"overdue"})
        self.assertEqual(self.lead.user_id, self.zhang)

        self._age_lead(self.lead, 30)
        self._watch()

        self.assertTrue(self.lead.exists().active)
        self.assertEqual(self.lead.pool_id, self.pool)
        self.assertFalse(self.lead.user_id)
        self.assertEqual(self.lead.former_user_id, self.zhang)
        self.assertFalse(self.lead.activity_ids)
        self.assertEqual(
            self.lead.pool_move_ids.mapped(lambda move: (move.kind, move.from_user_id, move.pool_id)),
            [("returned", self.zhang, self.pool)])
        self.assertIn("张伟 didn't follow it up for 30 days.", "".join(self.lead.message_ids.mapped("body")))

    def test_s0_g2_b_one_reminder_each_however_often_the_job_runs(self):
        self._age_lead(self.lead, 16)

        self._watch()
        self._watch()

        self.assertEqual(len(self.lead.activity_ids), 2)

    def test_the_fifteenth_day_is_not_over_yet(self):
        self._age_lead(self.lead, 14)

        self._watch()

        self.assertFalse(self.lead.activity_ids)

    def test_a_note_of_the_salesperson_is_a_follow_up_and_ends_the_reminders(self):
        self._age_lead(self.lead, 20)
        self._watch()

        self.lead.with_user(self.zhang).message_post(body="拜访了后厨", message_type="comment")

        self.assertFalse(self.lead.activity_ids)
        self._age_lead(self.lead, 40)
        self._watch()
        self.assertEqual(self.lead.user_id, self.zhang)

    def test_a_new_owner_begins_the_days_anew_and_is_reminded_himself(self):
        self._age_lead(self.lead, 20)
        self._watch()

        self.lead.with_user(self.manager).user_id = self.li
        self.assertFalse(self.lead.activity_ids)

        self._age_lead(self.lead, 20)
        self._watch()
        self.assertEqual(self._reminded(self.lead), self.li | self.manager)

    def test_a_done_activity_is_a_follow_up(self):
        visit = self.lead.activity_schedule("mail.mail_activity_data_call", user_id=self.zhang.id)

        visit.with_user(self.zhang).action_feedback(feedback="老板下周看合同")

        self.assertTrue(self.lead.followed_at)

    def test_ticking_off_the_reminder_is_no_follow_up(self):
        self._age_lead(self.lead, 20)
        self._watch()

        self.lead.activity_ids.filtered(lambda activity: activity.user_id == self.zhang).with_user(self.zhang).action_feedback()

        self.assertFalse(self.lead.followed_at)
        self.assertTrue(self.lead.reminded_at)

    def test_what_the_customer_or_the_system_writes_is_no_follow_up(self):
        guest = self.env["res.partner"].create({"name": "王老板"})

        self.lead.message_post(body="在吗？", author_id=guest.id, message_type="comment")
        self.lead.with_user(self.env.ref("base.user_root")).message_post(body="Imported", message_type="comment")
        self.lead.with_user(self.zhang).message_post(body="Moved", message_type="notification")

        self.assertFalse(self.lead.followed_at)

    def test_won_lost_and_contracted_leads_stay(self):
        won, lost, contracted = (self._lead(name, 60) for name in ("已赢", "已输", "签约中"))
        won.action_set_won()
        lost.action_set_lost()
        self._age_lead(won | lost, 60)
        self.env["sale.order"].create({
            "partner_id": self.hongda.id, "business_id": self.hazardous.id, "opportunity_id": contracted.id})
        contracted.order_ids.flush_recordset()
        self.env.cr.execute("UPDATE sale_order SET contract_state = 'signing' WHERE opportunity_id = %s", [contracted.id])
        self.env.invalidate_all()

        self._watch()

        for lead in won | lost | contracted:
            self.assertEqual(lead.user_id, self.zhang, lead.name)
            self.assertFalse(lead.pool_id, lead.name)

    def test_the_first_pool_that_takes_a_lead_rules_it(self):
        slow = self.env["scrm.pool"].create({
            "name": "危废公海", "sequence": 1, "business_id": self.hazardous.id, "warn_days": 60, "return_days": 90})
        hazardous = self._lead("宏达", 40, business_id=self.hazardous.id)
        kitchen = self._lead("酒楼", 40, business_id=self.kitchen.id)

        self._watch()

        self.assertFalse(hazardous.pool_id)
        self.assertFalse(hazardous.activity_ids)
        self.assertEqual(kitchen.pool_id, self.pool)
        self.assertEqual(slow._match(hazardous), slow)
        self.assertEqual(slow._match(kitchen), self.pool)

    def test_planned_activities_of_the_former_owner_are_named_in_the_history(self):
        self.lead.activity_schedule("mail.mail_activity_data_call", user_id=self.zhang.id, summary="回访后厨")
        self._age_lead(self.lead, 30)

        self._watch()

        self.assertIn("回访后厨", "".join(self.lead.message_ids.mapped("body")))

    def test_rules_that_make_no_sense_are_refused(self):
        for vals in ({"warn_days": 0}, {"warn_days": 30, "return_days": 30}, {"claims_per_day": -1}):
            with self.subTest(vals=vals), mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.CheckViolation):
                self.pool.write(vals)
                self.env.flush_all()

    # --- claiming ---

    def test_who_claims_a_lead_has_it(self):
        lead = self._pooled("恒达")

        lead.with_user(self.li).action_claim()

        self.assertEqual(lead.user_id, self.li)
        self.assertFalse(lead.pool_id)
        lead.invalidate_recordset(["pool_move_ids"])
        self.assertEqual(lead.pool_move_ids[0].mapped(lambda move: (move.kind, move.to_user_id)), [("claimed", self.li)])

    def test_the_second_who_claims_a_lead_is_told_who_has_it(self):
        lead = self._pooled("恒达")
        lead.with_user(self.li).action_claim()
        lead.invalidate_recordset()

        with self.assertRaisesRegex(UserError, "恒达 is no longer in the public pool; 李娜 has it"):
            lead.with_user(self.manager).action_claim()

    def test_the_sixth_claim_of_a_day_is_refused_and_none_is_taken(self):
        leads = self.env["crm.lead"].concat(*(self._pooled(f"客户{number}") for number in range(6)))
        leads[:4].with_user(self.li).action_claim()

        with self.assertRaisesRegex(UserError, "5 leads a day .* have claimed 4 today"):
            leads[4:].with_user(self.li).action_claim()

        self.assertFalse(leads[4:].user_id)
        leads[4].with_user(self.li).action_claim()
        self.assertEqual(leads[4].user_id, self.li)

    def test_the_former_owner_waits_seven_days(self):
        lead = self._pooled("恒达")

        with self.assertRaisesRegex(UserError, "You had 恒达 before; you may claim it again from"):
            lead.with_user(self.zhang).action_claim()

        lead.pooled_at = fields.Datetime.now() - timedelta(days=7)
        lead.with_user(self.zhang).action_claim()
        self.assertEqual(lead.user_id, self.zhang)

    def test_a_pool_of_a_team_is_for_its_people(self):
        self.pool.team_ids = self.team
        lead = self._pooled("恒达")

        with self.assertRaisesRegex(UserError, "for 市场一部"):
            lead.with_user(self.wang).action_claim()

        self.assertEqual(lead.pool_id, self.pool)

    # --- put back, assigned ---

    def test_put_back_with_a_reason(self):
        wizard = self.env["scrm.pool.put_back"].with_user(self.zhang).create(
            {"lead_ids": [Command.set(self.lead.ids)], "reason": "只要最低价"})

        wizard.action_put_back()

        self.assertEqual(self.lead.pool_id, self.pool)
        self.assertEqual(self.lead.pool_move_ids.mapped(lambda move: (move.kind, move.from_user_id, move.reason)),
                         [("put_back", self.zhang, "只要最低价")])

    def test_without_a_pool_nothing_is_put_back(self):
        self.pool.active = False
        wizard = self.env["scrm.pool.put_back"].with_user(self.zhang).create(
            {"lead_ids": [Command.set(self.lead.ids)], "reason": "只要最低价"})

        with self.assertRaisesRegex(UserError, "No public pool takes 美味酒楼"):
            wizard.action_put_back()

        self.assertEqual(self.lead.user_id, self.zhang)

    def test_superior_deals_leads_out_evenly(self):
        leads = self.env["crm.lead"].concat(*(self._pooled(f"客户{number}") for number in range(6)))
        wizard = self.env["scrm.pool.assign"].with_user(self.manager).create(
            {"lead_ids": [Command.set(leads.ids)], "user_ids": [Command.set((self.zhang | self.li).ids)]})
        self.assertEqual(wizard.sentence, "6 leads, 3 for each")

        wizard.action_assign()

        self.assertEqual([len(leads.filtered(lambda lead, user=user: lead.user_id == user)) for user in (self.zhang, self.li)], [3, 3])
        self.assertEqual(set(leads.pool_move_ids.filtered("to_user_id").mapped("kind")), {"assigned"})
        self.assertFalse(leads.pool_id)
