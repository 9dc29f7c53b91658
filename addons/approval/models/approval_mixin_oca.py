from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ApprovalMixin(models.AbstractModel):
    """What of OCA's mixin must not act on our documents, see README "Where OCA's modules end"."""

    _inherit = "approval.mixin"

    # None of it is for portal users, who can read documents of theirs over RPC.
    can_forward = fields.Boolean(groups="base.group_user")
    can_review = fields.Boolean(groups="base.group_user")
    has_comment = fields.Boolean(groups="base.group_user")
    hide_reviews = fields.Boolean(groups="base.group_user")
    need_validation = fields.Boolean(groups="base.group_user")
    next_review = fields.Char(groups="base.group_user")
    rejected_message = fields.Html(groups="base.group_user")
    reviewer_ids = fields.Many2many(groups="base.group_user")
    to_validate_message = fields.Html(groups="base.group_user")
    validated_message = fields.Html(groups="base.group_user")
    validation_status = fields.Selection(groups="base.group_user")

    # Archived rounds don't count.
    @api.depends("review_ids.active")
    def _compute_validation_status(self):
        super()._compute_validation_status()

    @api.depends_context("uid")
    @api.depends("review_ids.reviewer_ids", "review_ids.status", "review_ids.active")
    def _compute_can_review(self):
        for document in self:
            document.can_review = any(document.sudo().review_ids.mapped("can_review"))

    @api.model
    def _search_can_review(self, operator, value):
        if operator != "in":
            return NotImplemented
        reviews = self.env["tier.review"]._search(
            Domain("model", "=", self._name) & Domain("can_review", "=", True))
        return Domain("id", "in", reviews.subselect("res_id"))

    # The states of our documents are guarded by their own tables; this one would lock a second time, by other rules.
    def _tier_validation_check_state_on_write(self, vals):
        return

    def _tier_validation_check_write_allowed(self, vals):
        return

    # History is kept: an earlier round is archived by the next one.
    def _tier_validation_check_write_remove_reviews(self, vals):
        return

    # OCA's buttons lead to our dialogue, whatever calls them.
    def validate_tier(self):
        return self.with_context(verb="approve").action_approval()

    def reject_tier(self):
        return self.with_context(verb="return").action_approval()

    def forward_tier(self):
        return self.with_context(verb="forward").action_approval()

    def request_validation(self):
        raise UserError(self.env._("Use the buttons of the document to ask for its approval or to recall it."))

    def restart_validation(self):
        return self.request_validation()

    def _validate_tier(self, tiers=False):
        """What OCA's job for automatic approvals calls."""
        (tiers or self.review_ids).with_env(self.env)._decide("approved", False)

    def _rejected_tier(self, tiers=False):
        (tiers or self.review_ids).with_env(self.env)._decide("rejected", False)

    def _server_action_tier(self, reviews, status):
        """An added step isn't one of the flow: it has no action of its own."""
        return super()._server_action_tier(reviews.filtered(lambda review: not review.added_by_id), status)
