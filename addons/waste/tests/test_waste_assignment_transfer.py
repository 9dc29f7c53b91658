from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from .common import WasteCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-15 04:00:00")
class TestWasteAssignmentTransfer(WasteCommon):
    def _transfer(self, from_user, to_user, day, **vals):
        return self.env["waste.assignment.transfer"].with_user(self.manager).create({
            "from_user_id": from_user.id, "to_user_id": to_user.id, "date_from": day, **vals}).action_transfer()

    def _rows(self, producer):
        rows = self.assignments.search([("producer_id", "=", producer.id)], order="date_from, id")
        return [(row.user_id, row.business_id, row.share_percent, row.date_from, row.date_to) for row in rows]

    def test_all_of_a_leaver_goes_to_his_successor(self):
        one = self._assign(self.hongda, self.zhang, self.hazardous)
        two = self._assign(self.hengda, self.zhang, self.industrial, date_to="2026-12-31")
        self._age(one | two)

        self._transfer(self.zhang, self.wang, "2026-06-01", note="leaves")

        self.assertEqual(self._rows(self.hongda), [
            (self.zhang, self.hazardous, 100, date(2026, 1, 1), date(2026, 5, 31)),
            (self.wang, self.hazardous, 100, date(2026, 6, 1), False)])
        self.assertEqual(self._rows(self.hengda), [
            (self.zhang, self.industrial, 100, date(2026, 1, 1), date(2026, 5, 31)),
            (self.wang, self.industrial, 100, date(2026, 6, 1), date(2026, 12, 31))])
        self.assertEqual(set(self.wang.assignment_ids.mapped("note")), {"leaves"})

    def test_a_handover_typed_late_leaves_the_days_before_as_they_were(self):
        assignment = self._assign(self.hongda, self.zhang, self.hazardous)
        self._age(assignment)

        self._transfer(self.zhang, self.li, "2026-04-01")

        shares = self.assignments._share_on
        self.assertEqual(shares(self.hongda, self.hazardous, date(2026, 3, 31)), {self.zhang: 100})
        self.assertEqual(shares(self.hongda, self.hazardous, date(2026, 4, 1)), {self.li: 100})

    def test_shares_are_added_when_both_serve_the_producer(self):
        zhang = self._assign(self.hongda, self.zhang, self.hazardous, share=60)
        li = self._assign(self.hongda, self.li, self.hazardous, share=40, date_to="2026-09-30")
        self._age(zhang | li)

        self._transfer(self.zhang, self.li, "2026-06-01")

        self.assertEqual(self._rows(self.hongda), [
            (self.zhang, self.hazardous, 60, date(2026, 1, 1), date(2026, 5, 31)),
            (self.li, self.hazardous, 40, date(2026, 1, 1), date(2026, 5, 31)),
            (self.li, self.hazardous, 100, date(2026, 6, 1), date(2026, 9, 30)),
            (self.li, self.hazardous, 60, date(2026, 10, 1), False)])

    def test_what_is_yet_to_start_goes_along(self):
        running = self._assign(self.hongda, self.zhang, self.hazardous, date_to="2026-08-31")
        future = self._assign(self.hongda, self.zhang, self.hazardous, share=50, date_from="2026-10-01")
        self._age(running | future)

        self._transfer(self.zhang, self.wang, "2026-06-01")

        self.assertEqual(self._rows(self.hongda), [
            (self.zhang, self.hazardous, 100, date(2026, 1, 1), date(2026, 5, 31)),
            (self.wang, self.hazardous, 100, date(2026, 6, 1), date(2026, 8, 31)),
            (self.wang, self.hazardous, 50, date(2026, 10, 1), False)])

    def test_only_the_chosen_business_and_producers_move(self):
        rows = self._assign(self.hongda, self.zhang, self.hazardous) | self._assign(self.hongda, self.zhang, self.kitchen) \
            | self._assign(self.hengda, self.zhang, self.hazardous)
        self._age(rows)

        with Form(self.env["waste.assignment.transfer"].with_user(self.manager)) as form:
            form.from_user_id = self.zhang
            form.to_user_id = self.wang
            form.date_from = date(2026, 6, 1)
            form.business_id = self.hazardous
            form.producer_ids = self.hongda
            self.assertEqual(form.assignment_ids.ids, rows[0].ids)
        form.record.action_transfer()

        self.assertEqual(len(self._rows(self.hongda)), 3)
        self.assertEqual(self._rows(self.hengda), [(self.zhang, self.hazardous, 100, date(2026, 1, 1), False)])

    def test_transfers_that_make_no_sense_are_refused(self):
        self._assign(self.hongda, self.zhang, self.hazardous, date_to="2026-04-30")

        with self.assertRaises(UserError):
            self._transfer(self.zhang, self.wang, "2026-06-01")
        with self.assertRaises(UserError):
            self._transfer(self.zhang, self.zhang, "2026-03-01")

        self.assertEqual(self._rows(self.hongda), [(self.zhang, self.hazardous, 100, date(2026, 1, 1), date(2026, 4, 30))])

    def test_a_row_that_counted_from_its_first_day_is_not_taken_away(self):
        """A handover from before the row started would rewrite what has counted."""
        assignment = self._assign(self.hongda, self.zhang, self.hazardous, date_from="2026-03-01")
        self._age(assignment)

        with self.assertRaises(UserError):
            self._transfer(self.zhang, self.wang, "2026-03-01")

        self.assertEqual(self._rows(self.hongda), [(self.zhang, self.hazardous, 100, date(2026, 3, 1), False)])
