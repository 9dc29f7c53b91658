from odoo import api, fields, models
from odoo.fields import Domain

from .approval_mixin import OPEN

SHOWN_PEOPLE = 5


class TierReview(models.Model):
    """One signature that a document needs: who may give it, since when it waits, what was decided."""

    _inherit = "tier.review"
    _order = "sequence, id"
    _rec_name = "document_name"

    name = fields.Char("Step", compute="_compute_name", store=False, translate=False)
    # An archived review belongs to an earlier round of its document.
    active = fields.Boolean(default=True)
    status = fields.Selection(selection_add=[
        ("waiting", "Not Yet"), ("pending", "To Decide"), ("rejected", "Returned"), ("approved", "Approved"),
        ("cancel", "Dropped"), ("forwarded", "Forwarded")])
    # The document's, not the flow's: a flow can serve all companies.
    company_id = fields.Many2one("res.company", related=False, index=True)
    document_name = fields.Char("Document")
    partner_id = fields.Many2one("res.partner", "Party", index="btree_not_null")
    amount = fields.Monetary(aggregator=None)
    currency_id = fields.Many2one("res.currency")
    excludes_applicant = fields.Boolean(default=True)
    fixed_reviewer_ids = fields.Many2many(
        "res.users", "approval_review_fixed_user_rel", string="Named Approvers",
        help="Instead of those of the flow: one of a countersignature, or whom a colleague named.")
    escalated_reviewer_ids = fields.Many2many(
        "res.users", "approval_review_escalated_user_rel", string="Asked Later",
        help="May decide as well, because the others didn't in time.")
    also_definition_ids = fields.Many2many(
        "tier.definition", "approval_review_also_definition_rel", string="Also for", help="Steps that ask the same people.")
    added_by_id = fields.Many2one("res.users", "Added by")
    pending_since = fields.Datetime("Waiting Since", readonly=True)
    escalated_at = fields.Datetime("Escalated on", readonly=True)
    decided_for_id = fields.Many2one("res.users", "Decided for", readonly=True)
    requested_by = fields.Many2one(string="Applicant", index="btree_not_null")
    done_by = fields.Many2one(string="Decided by")
    reviewed_date = fields.Datetime("Decided on")
    elapsed_hours = fields.Float("Hours", compute="_compute_elapsed_hours", digits=(16, 1))
    can_review = fields.Boolean(
        "Mine to Decide", compute="_compute_can_review", search="_search_can_review", store=False)
    essentials = fields.Html(compute="_compute_essentials", sanitize=False)

    _pending_idx = models.Index("(pending_since) WHERE status = 'pending'")
    _document_idx = models.Index("(model, res_id)")

    # === COMPUTE METHODS === #

    @api.depends("definition_id.name", "added_by_id.name", "also_definition_ids.name")
    @api.depends_context("lang")
    def _compute_name(self):
        for review in self:
            names = [review.definition_id.name or "", *review.also_definition_ids.mapped("name")]
            review.name = self.env._("Added by %(user)s", user=review.added_by_id.name) if review.added_by_id else "; ".join(names)

    @api.depends("definition_id.review_type", "definition_id.reviewer_id", "definition_id.reviewer_group_id",
                 "definition_id.has_comment", "definition_id.approve_sequence")
    def _compute_definition_data(self):
        """As OCA's, without the name: stored, it would keep the language of whoever asked."""
        for review in self:
            for name in ("review_type", "reviewer_id", "reviewer_group_id", "has_comment", "approve_sequence"):
                review[name] = review.definition_id[name]

    @api.model
    def _get_reviewer_fields(self):
        return super()._get_reviewer_fields() + [
            "fixed_reviewer_ids", "escalated_reviewer_ids", "excludes_applicant", "company_id", "review_type"]

    @api.depends(lambda self: self._get_reviewer_fields())
    def _compute_reviewer_ids(self):
        # Groups change; who could have decided what is decided doesn't.
        for review in self:
            review.reviewer_ids = review._get_reviewers() if review.status in OPEN else review.reviewer_ids

    def _get_reviewers(self):
        if self.fixed_reviewer_ids:
            people = self.fixed_reviewer_ids
        elif self.review_type == "applicant":
            people = self._get_document().approver_id
        else:
            people = super()._get_reviewers()
        if self.excludes_applicant:
            people -= self.requested_by
        # A colleague of another company would learn of a document that he must not see.
        return (people | self.escalated_reviewer_ids).filtered(
            lambda user: user.active and not user.share and (not self.company_id or self.company_id in user.company_ids))

    @api.depends("reviewer_ids.name")
    def _compute_todo_by(self):
        """Names, which no language changes, instead of the group's."""
        for review in self:
            more = ["…"] if len(review.reviewer_ids) > SHOWN_PEOPLE else []
            review.todo_by = ", ".join([*review.reviewer_ids[:SHOWN_PEOPLE].mapped("name"), *more])

    @api.depends("pending_since", "reviewed_date", "status")
    def _compute_elapsed_hours(self):
        now = fields.Datetime.now()
        for review in self:
            end = now if review.status == "pending" else review.reviewed_date
            review.elapsed_hours = (end - review.pending_since).total_seconds() / 3600 if (
                end and review.pending_since) else 0.0

    @api.depends("status", "reviewer_ids", "requested_by", "excludes_applicant")
    @api.depends_context("uid")
    def _compute_can_review(self):
        represented = self.env.user._get_represented()
        for review in self:
            review.can_review = review.status == "pending" and bool(review._get_principal(represented))

    @api.model
    def _search_can_review(self, operator, value):
        if operator != "in":
            return NotImplemented
        uid = self.env.uid
        today = fields.Date.context_today(self)
        # As _get_principal() judges one review, in the same query as the rest.
        substituted = Domain("approval_substitute_ids", "any!", Domain([
            ("substitute_id", "=", uid), ("date_from", "<=", today), ("date_to", ">=", today)]))
        return (
            Domain("status", "=", "pending") & Domain("reviewer_ids", "any!", Domain("id", "=", uid) | substituted)
            & (Domain("excludes_applicant", "=", False) | Domain("requested_by", "!=", uid)))

    @api.depends("model", "res_id")
    @api.depends_context("lang", "tz")
    def _compute_essentials(self):
        # Whoever sees the step may read what it is about, also where his groups don't reach the document.
        for model, reviews in self.sudo().grouped("model").items():
            documents = self.env[model].sudo().browse(reviews.mapped("res_id")).exists() if model in self.env else ()
            known = {document.id: document._get_approval_essentials() for document in documents}
            for review in reviews:
                review.essentials = self.env["ir.qweb"]._render(
                    "approval.approval_essentials", {"essentials": known[review.res_id]}) if known.get(
                        review.res_id) else False

    # === ACTION METHODS === #

    def action_open_document(self):
        """Open the document, with the user's own rights."""
        self.ensure_one()
        self.check_access("read")
        document = self.env[self.model].browse(self.res_id).exists()
        document.check_access("read")
        action = document.get_formview_action()
        return {**action, "target": "current"}

    # === BUSINESS METHODS === #

    def _get_document(self):
        self.ensure_one()
        return self.env[self.model].browse(self.res_id)

    def _get_documents(self):
        """Yield (documents, their reviews) of each model that still exists, in superuser mode."""
        for model, reviews in self.sudo().grouped("model").items():
            if model in self.env and "approval_progress" in self.env[model]._fields:
                yield self.env[model].sudo().browse(list(dict.fromkeys(reviews.mapped("res_id")))).exists(), reviews

    def _get_principal(self, represented):
        """Return in whose place the user decides this review: himself, one whom he represents, or nobody.

        :param represented: the users for whom the current user decides today
        """
        user = self.env.user
        if self.excludes_applicant and self.requested_by == user:
            return user.browse()
        return user if user in self.reviewer_ids else (self.reviewer_ids & represented)[:1]

    def _prepare_signatures(self):
        """Return the values of this unsaved step: one review, or one per person where all must sign."""
        self.ensure_one()
        names = ("model", "res_id", "definition_id", "requested_by", "sequence", "company_id", "document_name",
                 "partner_id", "amount", "currency_id", "excludes_applicant", "added_by_id")
        vals = {name: self[name].id if self._fields[name].type == "many2one" else self[name] for name in names}
        vals["also_definition_ids"] = [fields.Command.set(self.also_definition_ids._origin.ids)]
        if self.definition_id.sign_mode != "all":
            return [vals]
        return [{**vals, "fixed_reviewer_ids": [fields.Command.set(user.ids)]} for user in self.reviewer_ids._origin]
