from odoo import api, fields, models


class TierDefinition(models.Model):
    """A flow has one record per step; steps of one number are decided side by side."""

    _inherit = "tier.definition"
    _order = "model, sequence, id"

    review_type = fields.Selection(selection_add=[
        ("individual", "A person"), ("group", "A group"), ("field", "A field of the document"),
        ("expression", "A formula"), ("applicant", "Chosen by the applicant")])
    sign_mode = fields.Selection(
        [("any", "One of them decides"), ("all", "All of them must approve")], "Signature", required=True, default="any",
        help="All: each approver signs; one who returns it ends the round.")
    approve_sequence = fields.Boolean(default=True)
    has_forward = fields.Boolean(default=True)
    exclude_requester = fields.Boolean(
        "Applicant May Not Decide", default=True, help="Who asks for the approval is no approver of this step.")
    reminder_hours = fields.Integer(
        "Remind Every (h)", default=24, help="Hours between the reminders of those who still have to decide. 0: none.")
    escalation_hours = fields.Integer(
        "Escalate After (h)", help="Hours after which others may decide, too. 0: never.")
    escalation_user_ids = fields.Many2many(
        "res.users", "approval_definition_escalation_rel", string="Escalate To", domain=[("share", "=", False)],
        help="Empty: whom the document names (such as the manager of the team), else the approvers of the next step.")

    _hours = models.Constraint(
        "CHECK (reminder_hours >= 0 AND escalation_hours >= 0)", "Hours can't be negative; 0 switches this off.")

    @api.model
    def _get_tier_validation_model_names(self):
        return super()._get_tier_validation_model_names() + [
            name for name, model in self.env.registry.items() if not model._abstract and "approval_progress" in model._fields]

    def _get_question(self):
        """Return what makes two steps the same question to the same people."""
        self.ensure_one()
        return (
            self.review_type, self.reviewer_id, self.reviewer_group_id, self.reviewer_field_id, self.sign_mode,
            self.exclude_requester, self.server_action_id, self.rejected_server_action_id,
            self.reviewer_expression if self.review_type == "expression" else False,
        )
