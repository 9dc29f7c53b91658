from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 02:00:00")
class TestApprovalSubstitute(ApprovalCase):
    """Chen is away from the second to the sixth of March; Zhao decides for him."""

    def _away(self, start="2026-03-02", end="2026-03-06", **values):
        return self.env["approval.substitute"].with_user(self.chen).create(
            {"substitute_id": self.zhao.id, "date_from": start, "date_to": end, **values})

    def test_the_substitute_decides_and_the_log_says_for_whom(self):
        self._flow(self.chen)
        document = self._document()
        self._away()
        self.assertEqual(document.sudo().activity_ids.user_id, self.chen | self.zhao)

        self._open(document, self.zhao).action_approve()

        review = document.sudo().review_ids
        self.assertEqual((review.done_by, review.decided_for_id), (self.zhao, self.chen))
        self.assertIn("Approved, Zhao for Chen", "".join(document.sudo().message_ids.mapped("body")))

    def test_only_within_the_period(self):
        self._flow(self.chen)
        document = self._document()
        self._away("2026-03-03")

        self.assertFalse(self._open(document, self.zhao))
        with self.assertRaises(AccessError):
            document.sudo().review_ids.with_user(self.zhao).action_approve()
        with freeze_time("2026-03-03 02:00:00"):
            self.assertTrue(self._open(document, self.zhao))

    def test_the_applicant_can_not_decide_as_a_substitute(self):
        self._flow(self.chen)
        document = self._document(self.zhao)
        self._away()

        self.assertFalse(self._open(document, self.zhao))
        with self.assertRaises(AccessError):
            document.sudo().review_ids.with_user(self.zhao).action_approve()
        self.assertEqual(document.sudo().activity_ids.user_id, self.chen)

    def test_ending_it_early_takes_the_activity_away(self):
        self._flow(self.chen)
        document = self._document()
        away = self._away()

        away.with_user(self.chen).unlink()

        self.assertEqual(document.sudo().activity_ids.user_id, self.chen)

    def test_one_names_only_the_own_substitute(self):
        with self.assertRaises(AccessError):
            self._away(user_id=self.wang.id)
        away = self._away()
        self.assertFalse(self.env["approval.substitute"].with_user(self.stranger).search([]))
        with self.assertRaises(AccessError):
            away.with_user(self.zhao).write({"date_to": "2027-01-01"})

    def test_twice_the_same_person_at_once_is_refused(self):
        self._away()

        with self.assertRefused(ValidationError, "Zhao is the substitute of Chen from 2026-03-02"):
            self._away("2026-03-06", "2026-03-09")

        self.assertEqual(self._away("2026-03-07", "2026-03-09").date_from, fields.Date.to_date("2026-03-07"))

    def test_a_portal_user_is_no_substitute(self):
        portal = self._user("ap_portal", "base.group_portal")

        with self.assertRefused(ValidationError, "Only members of staff"):
            self._away(substitute_id=portal.id)
