from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import WasteCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-15 04:00:00")
class TestWasteAssignment(WasteCommon):
    def test_many_producers_salespeople_and_businesses(self):
        """Requirement S0-3.1.1-a, with its own names."""
        self._assign(self.hongda, self.zhang, self.hazardous)
        self._assign(self.hongda, self.li, self.kitchen)
        self._assign(self.hongda, self.li, self.industrial)
        self._assign(self.hengda, self.zhang, self.industrial)

        with self.assertRaises(ValidationError) as refusal:
            self._assign(self.hongda, self.zhang, self.hazardous, date_from="2026-04-01")

        self.assertIn("张伟 is already assigned to 宏达电路板厂", str(refusal.exception))
        self.assertEqual(self.zhang.assignment_ids.producer_id, self.hongda | self.hengda)
        self.assertEqual(self.hongda.assigned_user_ids, self.zhang | self.li)
        self.assertEqual(self.zhang.partner_id.served_producer_count, 2)

    def test_i_40_shares_above_100_percent_are_refused(self):
        self._assign(self.hongda, self.zhang, self.hazardous, share=60)
        self._assign(self.hongda, self.li, self.hazardous, share=40)

        with self.assertRaises(ValidationError) as refusal:
            self._assign(self.hongda, self.wang, self.hazardous, share=0.01, date_from="2026-07-01")

        self.assertEqual(
            str(refusal.exception),
            "The shares of 宏达电路板厂 for Hazardous waste would be 100.01 % on 2026-07-01; lower a share or close an "
            "assignment so that they are at most 100 %.")

    def test_a_share_raised_later_is_checked_too(self):
        self._assign(self.hongda, self.zhang, self.hazardous, share=60)
        li = self._assign(self.hongda, self.li, self.hazardous, share=40)

        with self.assertRaises(ValidationError):
            li.share_percent = 41

    def test_the_day_after_the_last_day_is_free(self):
        self._assign(self.hongda, self.zhang, self.hazardous, date_to="2026-03-31")

        with self.assertRaises(ValidationError):
            self._assign(self.hongda, self.li, self.hazardous, date_from="2026-03-31")
        li = self._assign(self.hongda, self.li, self.hazardous, date_from="2026-04-01")

        self.assertEqual(li.date_from, date(2026, 4, 1))

    def test_businesses_and_categories_are_counted_apart(self):
        copper = self.env.ref("waste.category_hw22")
        self._assign(self.hongda, self.zhang, self.hazardous)
        self._assign(self.hongda, self.li, self.hazardous, category_id=copper.id)

        with self.assertRaises(ValidationError):
            self._assign(self.hongda, self.wang, self.hazardous, category_id=copper.id, share=1)
        with self.assertRaises(ValidationError):
            self._assign(self.hongda, self.wang, self.kitchen, category_id=copper.id)

    def test_a_share_is_more_than_0_and_at_most_100(self):
        for share in (0, -1, 100.5):
            with self.subTest(share=share), self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), \
                    self.env.cr.savepoint():
                self._assign(self.hongda, self.zhang, self.hazardous, share=share)

    def test_i_40_after_a_handover_in_mid_month_performance_reads_the_table_by_date(self):
        """Requirement S0-3.1.1-b: after a handover on 1 April the March figures stay."""
        copper = self.env.ref("waste.category_hw22")
        self._assign(self.hongda, self.zhang, self.hazardous, share=60)
        self._assign(self.hongda, self.li, self.hazardous, share=40, date_to="2026-03-31")
        self._assign(self.hongda, self.wang, self.hazardous, share=40, date_from="2026-04-01")
        self._assign(self.hongda, self.li, self.hazardous, category_id=copper.id, date_from="2026-05-01")

        def share_on(day, category=None):
            return self.assignments._share_on(self.hongda, self.hazardous, day, category)

        self.assertEqual(share_on(date(2026, 3, 31)), {self.zhang: 60, self.li: 40})
        self.assertEqual(share_on(date(2026, 4, 1)), {self.zhang: 60, self.wang: 40})
        self.assertEqual(share_on(date(2025, 12, 31)), {})
        self.assertEqual(share_on(date(2026, 4, 30), copper), {self.zhang: 60, self.wang: 40})
        self.assertEqual(share_on(date(2026, 5, 1), copper), {self.li: 100})
        self.assertEqual(self.assignments._share_on(self.hongda, self.kitchen, date(2026, 4, 1)), {})

    def test_the_team_stays_when_the_salesperson_changes_team(self):
        first, second = self.env["crm.team"].create([{"name": "市场一部"}, {"name": "市场二部"}])
        member = self.env["crm.team.member"].create({"crm_team_id": first.id, "user_id": self.zhang.id})
        assignment = self._assign(self.hongda, self.zhang, self.hazardous)

        member.crm_team_id = second

        self.assertEqual(assignment.team_id, first)

    def test_what_was_typed_today_may_be_corrected(self):
        assignment = self._assign(self.hongda, self.zhang, self.hazardous)

        assignment.user_id = self.li

        self.assertFalse(assignment.is_locked)
        assignment.unlink()
        self.assertFalse(assignment.exists())

    def test_history_is_closed_never_rewritten(self):
        assignment = self._assign(self.hongda, self.zhang, self.hazardous)
        self._age(assignment)
        self.assertTrue(assignment.is_locked)

        for vals in ({"user_id": self.li.id}, {"share_percent": 50}, {"date_from": "2026-02-01"}, {"team_id": 1}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                assignment.write(vals)
        with self.assertRaises(UserError):
            assignment.unlink()
        assignment.write({"user_id": self.zhang.id, "date_from": "2026-01-01", "share_percent": 100, "note": "same"})
        assignment.action_close()

        self.assertRecordValues(assignment, [{
            "user_id": self.zhang.id, "share_percent": 100, "date_from": date(2026, 1, 1), "date_to": date(2026, 5, 15),
            "note": "same"}])

    def test_closing_does_not_open_what_has_ended(self):
        ended = self._assign(self.hongda, self.zhang, self.hazardous, date_to="2026-03-31")

        ended.action_close()

        self.assertEqual(ended.date_to, date(2026, 3, 31))

    def test_an_assignment_that_has_not_started_is_deleted_not_closed(self):
        assignment = self._assign(self.hongda, self.zhang, self.hazardous, date_from="2026-06-01")
        self._age(assignment)

        with self.assertRaises(UserError):
            assignment.action_close()
        assignment.unlink()

        self.assertFalse(assignment.exists())

    def test_today_follows_the_clock_of_the_user(self):
        assignment = self._assign(self.hongda, self.zhang, self.hazardous, date_to="2026-05-15")

        with freeze_time("2026-05-15 15:59:59"):
            self.assertTrue(assignment.is_current)
            self.assertIn(assignment, self.assignments.search([("is_current", "=", True)]))
        assignment.invalidate_recordset()
        with freeze_time("2026-05-15 16:00:00"):  # midnight in Shanghai
            self.assertFalse(assignment.is_current)
            self.assertIn(assignment, self.assignments.search([("is_current", "=", False)]))

    def test_partners_are_found_by_who_serves_them(self):
        partners = self.env["res.partner"]
        ours = (self.hongda | self.hengda).ids
        self._assign(self.hongda, self.zhang, self.hazardous)
        self._assign(self.hengda, self.zhang, self.hazardous, date_to="2026-04-30")

        def found(operator, value):
            return partners.search([("id", "in", ours), ("assigned_user_ids", operator, value)])

        self.assertEqual(found("in", self.zhang.ids), self.hongda)
        self.assertEqual(found("=", False), self.hengda)
        self.assertEqual(found("!=", False), self.hongda)
        self.assertEqual(found("in", [False, self.zhang.id]), self.hongda | self.hengda)
        self.assertEqual(found("ilike", "张伟"), self.hongda)
        self.assertFalse(found("in", self.li.ids))
