from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MODEL, ApprovalCase


@tagged("post_install", "-at_install")
class TestApprovalAccess(ApprovalCase):
    """Nobody writes reviews; who may see and decide them is checked behind each door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._user("ap_admin", "approval.group_administrator")
        cls.portal = cls._user("ap_portal", "base.group_portal")
        cls.flow = cls._flow(cls.chen)

    def test_table_of_rights(self):
        """(model, role) → what it may do."""
        table = {
            ("tier.review", "portal"): "", ("tier.review", "user"): "r", ("tier.review", "admin"): "r",
            ("tier.definition", "portal"): "", ("tier.definition", "user"): "r", ("tier.definition", "admin"): "rwcu",
            ("approval.substitute", "portal"): "", ("approval.substitute", "user"): "rwcu",
            ("approval.substitute", "admin"): "rwcu",
            ("approval.step.report", "portal"): "", ("approval.step.report", "user"): "", ("approval.step.report", "admin"): "r",
            ("approval.decision", "portal"): "", ("approval.decision", "user"): "rwcu", ("approval.decision", "admin"): "rwcu",
        }
        users = {"portal": self.portal, "user": self.stranger, "admin": self.admin}
        for (model, role), rights in table.items():
            got = "".join(
                operation[0] for operation in ("read", "write", "create", "unlink")
                if self.env[model].with_user(users[role]).has_access(operation))
            self.assertEqual(got, rights, (model, role))

    def test_steps_are_seen_by_who_is_concerned(self):
        review = self._document().sudo().review_ids

        for user, sees in ((self.lina, True), (self.chen, True), (self.admin, True), (self.stranger, False)):
            found = self.env["tier.review"].with_user(user).search([("id", "=", review.id)])
            self.assertEqual(bool(found), sees, user.name)

    def test_reviews_are_not_written_over_rpc(self):
        review = self._document().sudo().review_ids

        for user in (self.chen, self.lina, self.admin):
            with self.assertRaises(AccessError):
                review.with_user(user).write({"status": "approved"})
            with self.assertRaises(AccessError):
                review.with_user(user).unlink()
        self.assertEqual(review.status, "pending")

    def test_doors_of_oca_lead_nowhere(self):
        document = self._document()
        for name in ("request_validation", "restart_validation"):
            with self.assertRefused(UserError, "Use the buttons"):
                getattr(document, name)()
        for name in ("validate_tier", "reject_tier", "forward_tier"):
            with self.assertRaises(UserError):
                getattr(document.with_user(self.stranger), name)()
        wizard = self.env["comment.wizard"].with_user(self.lina).create({
            "res_id": document.id, "res_model": MODEL, "validate_reject": "validate", "comment": "x",
            "review_ids": document.sudo().review_ids.ids})
        with self.assertRaises(AccessError):
            wizard.add_comment()
        self.assertEqual(document.approval_state, "pending")

    def test_portal_users_read_nothing_of_it(self):
        document = self._document()
        mixin = self.env["approval.mixin"]._fields
        ours = [name for name in mixin if name not in self.env["mail.thread"]._fields and name not in (
            "id", "display_name", "create_uid", "create_date", "write_uid", "write_date")]

        for name in ours:
            with self.assertRaises(AccessError, msg=name):
                document.with_user(self.portal).read([name])
        self.assertEqual(document.with_user(self.portal).read(["name"])[0]["name"], "D1")

    def test_companies_are_kept_apart(self):
        foreign_approver = self._user("ap_foreign", company=self.other_company)
        foreign_lina = self._user("ap_foreign_lina", company=self.other_company)
        self.group.user_ids += foreign_approver
        self.flow.write({"review_type": "group", "reviewer_group_id": self.group.id})
        self._flow(self.zhao, 20, company_id=self.company.id)

        ours = self._document()
        theirs = self._document(foreign_lina, company_id=self.other_company.id)

        self.assertEqual(self._steps(ours), [(1, "pending", "Chen, Wang"), (2, "waiting", "Zhao")])
        self.assertEqual(self._steps(theirs), [(1, "pending", "Foreign")])
        self.assertFalse(self.env["tier.review"].with_user(self.admin).search([("res_id", "=", theirs.id), ("model", "=", MODEL)]))
        with self.assertRaises(AccessError):
            theirs.sudo().review_ids.with_user(self.chen).action_approve()

    def test_who_can_not_open_the_document_still_decides_on_its_essentials(self):
        document = self._document()
        self.env["ir.model.access"].search([("name", "=", MODEL)]).unlink()

        review = self._open(document, self.chen)

        self.assertIn("D1", review.essentials)
        with self.assertRaises(AccessError):
            review.action_open_document()
        review.action_approve()
        self.assertEqual(document.sudo().approval_state, "approved")
