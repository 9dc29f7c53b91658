from odoo import api, fields, models

VERBS = [("approve", "Approve"), ("return", "Return"), ("forward", "Forward"), ("add", "Add a Step")]


class ApprovalDecision(models.TransientModel):
    """Asks for the comment, and for the colleague where one is needed."""

    _name = "approval.decision"
    _description = "Decision on steps of an approval"

    review_ids = fields.Many2many("tier.review", string="Steps", required=True)
    verb = fields.Selection(VERBS, required=True, default="approve")
    comment = fields.Text()
    user_ids = fields.Many2many(
        "res.users", string="Colleagues", domain=[("share", "=", False)], help="Each of them must approve.")
    user_id = fields.Many2one("res.users", "Colleague", domain=[("share", "=", False)])
    place = fields.Selection([("before", "Before my decision"), ("after", "After my decision")], required=True, default="before")

    @api.model
    def _get_verb_label(self, verb):
        return dict(self._fields["verb"]._description_selection(self.env)).get(verb) or self.env._("Decide")

    def action_decide(self):
        """Do it as the current user; the steps check whether he may."""
        self.ensure_one()
        reviews = self.review_ids
        if self.verb == "approve":
            reviews.action_approve(self.comment)
        elif self.verb == "return":
            reviews.action_return(self.comment)
        elif self.verb == "forward":
            reviews.action_forward(self.user_id.ids, self.comment)
        else:
            reviews.action_add_step(self.user_ids.ids, self.place, self.comment)
        return {"type": "ir.actions.act_window_close"}
