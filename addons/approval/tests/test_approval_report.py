from odoo.tests import freeze_time, tagged

from .common import MODEL, ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalReport(ApprovalCase):
    """The hours of each step."""

    def test_hours_run_from_the_turn_to_the_decision(self):
        first, second = self._flow(self.chen, 10), self._flow(self.wang, 20)
        with freeze_time("2026-03-02 01:00:00"):
            document = self._document()
        with freeze_time("2026-03-02 07:30:00"):
            self._open(document, self.chen).action_approve()
        with freeze_time("2026-03-03 07:30:00"):
            self._open(document, self.wang).action_return("no")
        self.env.flush_all()

        rows = self.env["approval.step.report"].search([("definition_id", "in", (first + second).ids)], order="id")

        self.assertEqual(rows.mapped("hours"), [6.5, 24.0])
        self.assertEqual(rows.mapped("user_id"), self.chen | self.wang)
        self.assertEqual(rows.model_id.model, MODEL)
        groups = self.env["approval.step.report"]._read_group(
            [("definition_id", "=", second.id)], ["definition_id"], ["hours:avg"])
        self.assertEqual(groups, [(second, 24.0)])

    def test_rounds_of_before_are_counted_and_dropped_steps_are_not(self):
        flow = self._flow(self.chen, 10)
        self._flow(self.wang, 20)
        document = self._document()
        self._open(document, self.chen).action_return("again")
        document.action_submit()
        self.env.flush_all()

        rows = self.env["approval.step.report"].search([("document_name", "=", "D1"), ("model_id.model", "=", MODEL)])

        self.assertEqual(rows.definition_id, flow)
        self.assertEqual(sorted(rows.mapped("status")), ["pending", "rejected"])
