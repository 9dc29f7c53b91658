from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalDecision(ApprovalCase):
    """Who decides, and what he can do."""

    def test_only_the_approver_decides_and_only_in_his_turn(self):
        self._flow(self.chen, 10)
        self._flow(self.wang, 20)
        document = self._document()
        first, second = document.sudo().review_ids

        with self.assertRaises(AccessError):
            first.with_user(self.stranger).action_approve()
        with self.assertRefused(UserError, "it isn't the turn of step “Step 20”"):
            second.with_user(self.wang).action_approve()
        with self.assertRefused(AccessError, "is decided by Chen"):
            first.with_user(self.lina).action_approve()
        self.assertEqual(self._steps(document), [(1, "pending", "Chen"), (2, "waiting", "Wang")])
        first.with_user(self.chen).action_approve()
        with self.assertRefused(UserError, "is decided already"):
            first.with_user(self.chen).action_return("no")

    def test_applicant_decides_only_where_the_flow_allows_it(self):
        flow = self._flow(self.group)
        document = self._document(self.chen)
        self.assertEqual(self._steps(document), [(1, "pending", "Wang")])
        document.action_recall_approval()
        flow.exclude_requester = False

        document.action_submit()
        self._open(document, self.chen).action_approve()

        self.assertEqual(document.approval_state, "approved")

    def test_a_return_needs_a_reason(self):
        self._flow(self.chen)
        document = self._document()

        with self.assertRefused(UserError, "Say why"):
            self._open(document, self.chen).action_return("  ")

        self.assertEqual(document.approval_state, "pending")

    def test_forwarding_lets_the_colleague_decide(self):
        self._flow(self.chen, 10)
        self._flow(self.wang, 20)
        document = self._document()

        self._open(document, self.chen).action_forward(self.zhao.id, "you know him")

        self.assertEqual(
            self._steps(document), [(1, "forwarded", "Chen"), (1, "pending", "Zhao"), (2, "waiting", "Wang")])
        self.assertEqual((document.approval_progress, document.approval_state), ("0/2", "pending"))
        self._open(document, self.zhao).action_approve()
        self.assertEqual(document.approval_progress, "1/2")

    def test_forwarding_to_the_applicant_or_to_another_company_is_refused(self):
        self._flow(self.chen)
        document = self._document()
        foreigner = self._user("ap_foreign", company=self.other_company)

        with self.assertRefused(UserError, "asked for the approval"):
            self._open(document, self.chen).action_forward(self.lina.id)
        with self.assertRefused(UserError, "does not work in"):
            self._open(document, self.chen).action_forward(foreigner.id)
        self.assertEqual(self._steps(document), [(1, "pending", "Chen")])

    def test_forwarding_can_be_switched_off(self):
        self._flow(self.chen, has_forward=False)
        document = self._document()

        with self.assertRefused(UserError, "can't be forwarded"):
            self._open(document, self.chen).action_forward(self.zhao.id)

    def test_a_step_added_before_is_decided_first(self):
        self._flow(self.chen, 10)
        self._flow(self.wang, 20)
        document = self._document()

        self._open(document, self.chen).action_add_step((self.zhao | self.stranger).ids, "before")

        self.assertEqual(self._steps(document), [
            (1, "pending", "Zhao"), (1, "pending", "Stranger"), (2, "waiting", "Chen"), (3, "waiting", "Wang")])
        self.assertEqual(self._open(document, self.zhao).name, "Added by Chen")
        self._open(document, self.zhao).action_approve()
        self.assertFalse(self._open(document, self.chen))
        self._open(document, self.stranger).action_approve()
        self.assertTrue(self._open(document, self.chen))

    def test_a_step_added_after_is_decided_before_the_next(self):
        self._flow(self.chen, 10)
        self._flow(self.wang, 20)
        document = self._document()

        self._open(document, self.chen).action_add_step(self.zhao.ids, "after")

        self.assertEqual(
            self._steps(document), [(1, "pending", "Chen"), (2, "waiting", "Zhao"), (3, "waiting", "Wang")])

    def test_batch_is_all_or_nothing(self):
        self._flow(self.chen)
        documents = self._document() + self._document()
        reviews = documents.sudo().review_ids
        foreign = self._document(submit=False)
        self._flow(self.wang, 5)
        foreign.action_submit()

        with self.assertRaises(AccessError):
            (reviews + foreign.sudo().review_ids[0]).with_user(self.chen).action_approve()
        self.assertEqual(set(documents.mapped("approval_state")), {"pending"})
        reviews.with_user(self.chen).action_approve("both")

        self.assertEqual(set(documents.mapped("approval_state")), {"approved"})
        self.assertEqual(self.calls, [("granted", documents.ids)])

    def test_the_dialogue_decides(self):
        self._flow(self.chen)
        returned, approved = self._document(), self._document()
        for document, verb in ((returned, "return"), (approved, "approve")):
            action = document.with_user(self.chen).with_context(verb=verb).action_approval()
            self.env["approval.decision"].with_user(self.chen).with_context(**action["context"]).create(
                {"comment": "as agreed"}).action_decide()

        self.assertEqual((returned.approval_state, approved.approval_state), ("rejected", "approved"))
        self.assertEqual(returned.answer, "as agreed")

    def test_those_who_decide_now_have_an_activity(self):
        self._flow(self.chen, 10)
        self._flow(self.group, 20)
        document = self._document()
        self.assertEqual(document.sudo().activity_ids.user_id, self.chen)

        self._open(document, self.chen).action_approve()
        self.assertEqual(document.sudo().activity_ids.user_id, self.chen | self.wang)
        self._open(document, self.wang).action_approve()

        self.assertFalse(document.sudo().activity_ids)

    def test_applicant_is_told_and_the_log_says_who(self):
        self._flow(self.chen)
        document = self._document()

        self._open(document, self.chen).action_return("too cheap")

        bodies = document.sudo().message_ids.mapped("body")
        self.assertTrue(any("Step “Step 10”: Returned, Chen. too cheap" in body for body in bodies), bodies)
        self.assertEqual(self._notices(document).notified_partner_ids, self.lina.partner_id)

    def test_server_action_of_a_step_runs_once(self):
        action = self.env["ir.actions.server"].create({
            "name": "Mark", "model_id": self.env["ir.model"]._get_id("approval.test.document"), "state": "code",
            "code": "record.write({'answer': (record.answer or '') + 'x'})"})
        self._flow(self.chen, 10, server_action_id=action.id)
        self._flow(self.wang, 20)
        document = self._document()

        self._open(document, self.chen).action_approve()
        self._open(document, self.wang).action_approve()

        self.assertEqual(document.answer, "x")

    def test_systray_and_document_search_say_the_same(self):
        self._flow(self.chen)
        document = self._document()

        self.assertEqual(self.env["res.users"].with_user(self.chen).review_user_count()[0]["pending_count"], 1)
        self.assertFalse(self.env["res.users"].with_user(self.lina).review_user_count())
        found = document.with_user(self.chen).search([("can_review", "=", True)])
        self.assertEqual(found, document)
        self.assertTrue(document.with_user(self.chen).can_review)
        self.assertFalse(document.can_review)
