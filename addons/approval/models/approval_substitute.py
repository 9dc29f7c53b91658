from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ApprovalSubstitute(models.Model):
    """Who decides for an approver while he is away. It isn't passed on: the substitute's own substitute doesn't count."""

    _name = "approval.substitute"
    _description = "Substitute of an approver"
    _order = "date_from desc, id desc"
    _rec_name = "substitute_id"

    user_id = fields.Many2one(
        "res.users", "Approver", required=True, index=True, ondelete="cascade", default=lambda self: self.env.user,
        domain=[("share", "=", False)])
    substitute_id = fields.Many2one(
        "res.users", "Substitute", required=True, index=True, ondelete="cascade", domain=[("share", "=", False)])
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_to = fields.Date("Until", required=True, help="Last day.")

    _period = models.Constraint("CHECK (date_to >= date_from)", "The last day is before the first: correct the period.")
    _other = models.Constraint("CHECK (user_id <> substitute_id)", "Somebody else must be the substitute.")

    @api.constrains("user_id", "substitute_id")
    def _check_staff(self):
        for record in self:
            if record.user_id.share or record.substitute_id.share:
                raise ValidationError(self.env._("Only members of staff can decide or be a substitute."))

    @api.constrains("user_id", "substitute_id", "date_from", "date_to")
    def _check_overlap(self):
        for record in self:
            twin = self.search([
                ("id", "!=", record.id), ("user_id", "=", record.user_id.id),
                ("substitute_id", "=", record.substitute_id.id),
                ("date_from", "<=", record.date_to), ("date_to", ">=", record.date_from)], limit=1)
            if twin:
                raise ValidationError(self.env._(
                    "%(substitute)s is the substitute of %(user)s from %(start)s to %(end)s already: change that period.",
                    substitute=record.substitute_id.name, user=record.user_id.name, start=twin.date_from, end=twin.date_to))

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._tell_open_steps()
        return records

    def write(self, vals):
        before = self.user_id
        result = super().write(vals)
        self._tell_open_steps(before)
        return result

    def unlink(self):
        users = self.user_id
        result = super().unlink()
        users._get_open_reviews()._sync_activities()
        return result

    def _tell_open_steps(self, users=None):
        (self.user_id | (users or self.env["res.users"]))._get_open_reviews()._sync_activities()
