from odoo.tests import freeze_time, tagged

from .common import ApprovalCase

START = "2026-03-02 01:00:00"


@tagged("post_install", "-at_install")
class TestApprovalChase(ApprovalCase):
    """Reminders and escalation, in hours since the step's turn."""

    def _chase(self, *moments):
        for moment in moments:
            with freeze_time(f"2026-03-{moment}"):
                self.env["tier.review"]._cron_chase()

    def _reminders(self, document):
        return self._notices(document).filtered(lambda message: "waiting for your decision" in message.body)

    def test_reminders_at_8_16_and_24_hours(self):
        self._flow(self.chen, reminder_hours=8)
        with freeze_time(START):
            document = self._document()

        self._chase("02 08:00:00")
        self.assertEqual(len(self._reminders(document)), 0)
        self._chase("02 09:40:00", "02 10:00:00")
        self.assertEqual(len(self._reminders(document)), 1)
        self._chase("02 17:10:00", "03 01:05:00")

        reminders = self._reminders(document)
        self.assertEqual(len(reminders), 3)
        self.assertEqual(reminders.notified_partner_ids, self.chen.partner_id)
        self.assertIn("24 hours", reminders[0].body)

    def test_decided_steps_are_left_in_peace(self):
        self._flow(self.chen, reminder_hours=8, escalation_hours=8)
        with freeze_time(START):
            document = self._document()
            self._open(document, self.chen).action_approve()

        self._chase("05 01:00:00")

        self.assertFalse(self._reminders(document))
        self.assertFalse(document.sudo().review_ids.escalated_at)

    def test_escalation_asks_whom_the_flow_names(self):
        self._flow(self.chen, escalation_hours=24, escalation_user_ids=self.zhao.ids)
        with freeze_time(START):
            document = self._document()

        self._chase("03 00:00:00")
        self.assertEqual(self._steps(document), [(1, "pending", "Chen")])
        self._chase("03 01:30:00", "03 02:30:00")

        self.assertEqual(self._steps(document), [(1, "pending", "Chen, Zhao")])
        self.assertEqual(document.sudo().activity_ids.user_id, self.chen | self.zhao)
        logged = [body for body in document.sudo().message_ids.mapped("body") if "may decide, too" in body]
        self.assertEqual(len(logged), 1)
        self._open(document, self.zhao).action_approve()
        self.assertEqual(document.approval_state, "approved")

    def test_without_names_the_next_in_line_is_asked(self):
        self._flow(self.chen, 10, escalation_hours=24)
        self._flow(self.wang, 20)
        with freeze_time(START):
            document = self._document()

        self._chase("03 01:30:00")

        self.assertEqual(self._steps(document), [(1, "pending", "Chen, Wang"), (2, "waiting", "Wang")])

    def test_the_applicant_is_not_asked_by_escalation(self):
        self._flow(self.chen, escalation_hours=24, escalation_user_ids=self.lina.ids)
        with freeze_time(START):
            document = self._document()

        self._chase("03 01:30:00")

        self.assertFalse(self._open(document, self.lina))
        self.assertEqual(document.sudo().activity_ids.user_id, self.chen)
