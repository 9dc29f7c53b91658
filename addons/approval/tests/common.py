from contextlib import contextmanager

from odoo import fields, models
from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon

MODEL = "approval.test.document"


class ApprovalCase(BaseCommon):
    """A document that exists for the test only, four approvers and two companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        from odoo.orm.model_classes import add_to_registry  # noqa: PLC0415

        class ApprovalTestDocument(models.Model):
            _module = None
            _name = MODEL
            _description = "Document of the tests"
            _inherit = ["mail.thread", "mail.activity.mixin", "approval.mixin"]
            _state_from, _state_to, _cancel_state = ["draft"], ["confirmed"], "cancelled"

            name = fields.Char()
            amount_total = fields.Monetary()
            currency_id = fields.Many2one("res.currency", default=lambda self: self.env.company.currency_id)
            company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
            state = fields.Selection([("draft", "Draft"), ("sent", "Sent"), ("confirmed", "Confirmed")], default="draft")
            answer = fields.Char()

            def action_submit(self):
                self.state = "sent"
                return self._request_approval()

            def _approval_granted(self):
                cls.calls.append(("granted", self.ids))
                self.state = "confirmed"

            def _approval_refused(self, reason):
                cls.calls.append(("refused", self.ids))
                self.write({"state": "draft", "answer": reason})

            def _get_approval_essentials(self):
                return [("Title", self.name)]

        cls.calls = []
        ApprovalTestDocument.reviewer_ids = fields.Many2many(groups="base.group_user")
        ApprovalTestDocument.reviewer_ids._module = "approval"
        add_to_registry(cls.registry, ApprovalTestDocument)
        cls.addClassCleanup(cls._forget)
        cls.registry._setup_models__(cls.env.cr, [MODEL])
        cls.registry.init_models(cls.env.cr, [MODEL], {"models_to_check": True})
        cls.env["ir.model.access"].create([{
            "name": MODEL, "model_id": cls.env["ir.model"]._get_id(MODEL), "group_id": cls.env.ref(group).id,
            "perm_read": True, "perm_write": group == "base.group_user", "perm_create": group == "base.group_user",
            "perm_unlink": group == "base.group_user"} for group in ("base.group_user", "base.group_portal")])
        cls.company = cls.env.company
        cls.other_company = cls.env["res.company"].create({"name": "Other"})
        cls.lina, cls.chen, cls.wang, cls.zhao, cls.stranger = (
            cls._user(login) for login in ("ap_lina", "ap_chen", "ap_wang", "ap_zhao", "ap_stranger"))
        cls.group = cls.env["res.groups"].create({
            "name": "Signers", "user_ids": [Command.set((cls.chen | cls.wang).ids)]})
        cls.env["tier.definition"].search([("model", "=", MODEL)]).unlink()

    @classmethod
    def _forget(cls):
        for parent in ("mail.thread", "mail.activity.mixin", "approval.mixin", "base"):
            cls.registry[parent]._inherit_children.discard(MODEL)
        del cls.registry.models[MODEL]
        cls.registry._setup_models__(cls.env.cr, [])

    def setUp(self):
        super().setUp()
        self.calls.clear()

    @contextmanager
    def assertRefused(self, exception, sentence):
        """Refused with this sentence, and nothing half-written: what was done is rolled back."""
        with self.assertRaises(exception) as caught:
            yield
        self.assertIn(sentence, str(caught.exception))

    @classmethod
    def _user(cls, login, groups="base.group_user", company=None):
        company = company or cls.company
        return new_test_user(
            cls.env, login, groups, name=login.removeprefix("ap_").title(), company_id=company.id,
            company_ids=[Command.set(company.ids)])

    @classmethod
    def _flow(cls, reviewer, sequence=10, **values):
        """One step: of a user, of a group, or chosen by the applicant (None)."""
        kinds = {"res.users": "individual", "res.groups": "group"}
        kind = kinds[reviewer._name] if reviewer else "applicant"
        field = {"individual": "reviewer_id", "group": "reviewer_group_id"}.get(kind)
        return cls.env["tier.definition"].create({
            "name": f"Step {sequence}", "model_id": cls.env["ir.model"]._get_id(MODEL), "review_type": kind,
            "sequence": sequence, "company_id": False, **({field: reviewer.id} if field else {}), **values})

    def _document(self, user=None, submit=True, **values):
        document = self.env[MODEL].with_user(user or self.lina).create({"name": "D1", **values})
        if submit:
            document.action_submit()
        return document

    def _open(self, document, user):
        """The steps of ``document`` that ``user`` can decide now."""
        return self.env["tier.review"].with_user(user).search(
            [("model", "=", MODEL), ("res_id", "=", document.id), ("can_review", "=", True)])

    def _notices(self, document):
        """What was sent to people, newest first."""
        return self.env["mail.message"].search([
            ("model", "=", MODEL), ("res_id", "=", document.id), ("message_type", "=", "user_notification")])

    def _steps(self, document):
        """What the round looks like: [(sequence, status, names)]."""
        return [(review.sequence, review.status, ", ".join(review.reviewer_ids.sorted("name").mapped("name")))
                for review in document.sudo().review_ids.sorted(lambda review: (review.sequence, review.id))]
