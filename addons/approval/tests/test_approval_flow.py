from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MODEL, ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalFlow(ApprovalCase):
    """Which steps a document gets, and what its end means."""

    def test_steps_are_decided_in_order_and_the_end_is_told_once(self):
        self._flow(self.wang, 20)
        self._flow(self.chen, 10)
        document = self._document()
        self.assertEqual(self._steps(document), [(1, "pending", "Chen"), (2, "waiting", "Wang")])
        self.assertEqual((document.approval_state, document.approval_progress), ("pending", "0/2"))

        self._open(document, self.chen).action_approve("fine")

        self.assertEqual(self._steps(document), [(1, "approved", "Chen"), (2, "pending", "Wang")])
        self.assertEqual((document.approval_state, document.approval_label), ("in_progress", "In Approval 1/2"))
        self.assertEqual(self.calls, [])
        self._open(document, self.wang).action_approve()
        self.assertEqual(self.calls, [("granted", document.ids)])
        self.assertEqual((document.state, document.approval_state), ("confirmed", "approved"))

    def test_only_the_flows_that_match_apply(self):
        self._flow(self.chen, 10, definition_domain="[('amount_total', '>', 1000)]")
        self._flow(self.wang, 20, definition_type="formula", python_code="rec.amount_total > 5000")
        small, middle, large = (self._document(amount_total=amount, submit=False) for amount in (10, 2000, 9000))

        approving = (small + middle + large).action_submit()

        self.assertEqual(approving, middle + large)
        self.assertEqual(small.approval_state, "none")
        self.assertEqual(self._steps(middle), [(1, "pending", "Chen")])
        self.assertEqual(self._steps(large), [(1, "pending", "Chen"), (2, "waiting", "Wang")])

    def test_a_flow_that_is_switched_off_applies_to_no_new_request(self):
        flow = self._flow(self.chen)
        before = self._document()
        flow.active = False

        after = self._document()

        self.assertEqual((before.approval_state, after.approval_state), ("pending", "none"))

    def test_countersignature_needs_everybody(self):
        self._flow(self.group, sign_mode="all")
        document = self._document()
        self.assertEqual(self._steps(document), [(1, "pending", "Chen"), (1, "pending", "Wang")])

        self._open(document, self.wang).action_approve()

        self.assertEqual((document.approval_progress, self.calls), ("1/2", []))
        self._open(document, self.chen).action_approve()
        self.assertEqual(self.calls, [("granted", document.ids)])

    def test_one_signature_of_a_group_is_enough(self):
        self._flow(self.group)
        document = self._document()

        self._open(document, self.wang).action_approve()

        self.assertEqual(document.approval_state, "approved")
        self.assertFalse(self._open(document, self.chen))

    def test_steps_of_one_number_are_decided_side_by_side(self):
        self._flow(self.chen, 10)
        self._flow(self.wang, 10)
        self._flow(self.zhao, 20)

        document = self._document()

        self.assertEqual(self._steps(document), [(1, "pending", "Chen"), (1, "pending", "Wang"), (2, "waiting", "Zhao")])

    def test_who_is_asked_for_two_reasons_signs_once(self):
        self._flow(self.chen, 10, name="Large")
        self._flow(self.chen, 10, name="Cheap")
        self._flow(self.chen, 20, name="Later")

        document = self._document()

        self.assertEqual(self._steps(document), [(1, "pending", "Chen"), (2, "waiting", "Chen")])
        self.assertEqual(document.sudo().review_ids[0].name, "Large; Cheap")

    def test_chosen_approver_is_needed_and_must_be_of_the_pool(self):
        flow = self._flow(None, reviewer_group_id=self.group.id)
        document = self._document(submit=False)
        self.assertTrue(document.needs_approver)
        with self.assertRefused(UserError, "D1: choose the approver of step “Step 10” first."):
            document.action_submit()
        document.approver_id = self.zhao
        with self.assertRefused(UserError, "must be one of “Signers”"):
            document.action_submit()
        self.assertFalse(self.env["tier.review"].search([("definition_id", "=", flow.id)]))

        document.approver_id = self.chen
        document.action_submit()

        self.assertEqual(self._steps(document), [(1, "pending", "Chen")])

    def test_a_return_ends_the_round_and_the_next_one_starts_afresh(self):
        self._flow(self.chen, 10)
        self._flow(self.wang, 20)
        document = self._document()

        self._open(document, self.chen).action_return("too cheap")

        self.assertEqual(self._steps(document), [(1, "rejected", "Chen"), (2, "cancel", "Wang")])
        self.assertEqual((document.approval_state, document.state, document.answer), ("rejected", "draft", "too cheap"))
        self.assertEqual(self.calls, [("refused", document.ids)])
        document.action_submit()
        self.assertEqual(self._steps(document), [(1, "pending", "Chen"), (2, "waiting", "Wang")])
        self.assertEqual(document.approval_state, "pending")
        self.assertIn("Earlier rounds", document.approval_steps)
        self.assertIn("too cheap", document.approval_steps)

    def test_the_applicant_recalls(self):
        self._flow(self.chen)
        document = self._document()
        with self.assertRefused(AccessError, "only who asked"):
            document.with_user(self.chen).action_recall_approval()

        document.action_recall_approval()

        self.assertEqual((document.state, document.approval_state), ("draft", "none"))
        self.assertFalse(self._open(document, self.chen))
        with self.assertRefused(UserError, "not waiting"):
            document.action_recall_approval()

    def test_asking_twice_changes_nothing(self):
        self._flow(self.chen)
        document = self._document()

        again = document._request_approval()

        self.assertEqual(again, document)
        self.assertEqual(len(document.with_context(active_test=False).sudo().review_ids), 1)

    def test_steps_show_before_the_request(self):
        self._flow(self.chen, 10)
        self._flow(self.group, 20, sign_mode="all")

        document = self._document(submit=False)

        for words in ("Steps after the submission", "Step 10", "Chen", "Step 20", "All must approve", "Chen, Wang"):
            self.assertIn(words, document.approval_steps)
        self.assertFalse(document.sudo().review_ids)

    def test_a_step_that_nobody_can_decide_refuses_the_request(self):
        self._flow(self.lina)
        document = self._document(submit=False)

        with self.assertRefused(UserError, "D1: nobody but yourself, or nobody at all, can decide step “Step 10”"):
            document.action_submit()

        self.assertFalse(document.sudo().review_ids)

    def test_deleting_the_document_deletes_its_rounds(self):
        self._flow(self.chen)
        document = self._document()
        document.action_recall_approval()
        reviews = document.sudo().review_ids

        document.unlink()

        self.assertFalse(reviews.exists())

    def test_requests_in_bulk_cost_the_same_per_query(self):
        self._flow(self.chen)
        self._document()  # warm
        one = self.env[MODEL].with_user(self.lina).create([{"name": "one"}])
        many = self.env[MODEL].with_user(self.lina).create([{"name": f"D{n}"} for n in range(30)])
        self.env.flush_all()

        def queries(documents):
            before = self.env.cr.sql_log_count
            documents.action_submit()
            documents.flush_recordset()
            return self.env.cr.sql_log_count - before

        self.assertLess(queries(many), queries(one) * 4)
