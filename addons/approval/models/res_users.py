from odoo import api, fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    # What a record rule can follow; whether a period counts today is judged where somebody decides.
    approval_substitute_ids = fields.One2many("approval.substitute", "user_id", "Substitutes")

    def _get_represented(self):
        """Return the users for whom this one decides today."""
        today = fields.Date.context_today(self)
        return self.env["approval.substitute"].sudo().search(
            [("substitute_id", "=", self.id), ("date_from", "<=", today), ("date_to", ">=", today)]).user_id

    def _get_substitutes(self):
        """Return {approver: who decides for him today} of these users."""
        today = fields.Date.context_today(self)
        return {user: found.substitute_id for user, found in self.env["approval.substitute"].sudo().search(
            [("user_id", "in", self.ids), ("date_from", "<=", today), ("date_to", ">=", today)]).grouped("user_id").items()}

    def _get_open_reviews(self):
        return self.env["tier.review"].sudo().search([("reviewer_ids", "in", self.ids), ("status", "=", "pending")])

    @api.model
    def review_user_count(self):
        """What OCA's systray counts: one entry, the workbench."""
        Review = self.env["tier.review"]
        count = Review.search_count([("can_review", "=", True)])
        return [{
            "id": 0, "name": self.env._("My Approvals"), "model": Review._name, "active_field": False,
            "icon": "/approval/static/description/icon.png", "type": "tier_review", "pending_count": count,
        }] if count else []
