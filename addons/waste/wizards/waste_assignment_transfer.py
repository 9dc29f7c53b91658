from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class WasteAssignmentTransfer(models.TransientModel):
    """Hands the producers of a salesperson over to another from a day on: old rows are closed, new ones opened."""

    _name = "waste.assignment.transfer"
    _description = "Hand assignments over"

    from_user_id = fields.Many2one(
        "res.users", string="From salesperson", required=True, domain=[("share", "=", False)])
    to_user_id = fields.Many2one(
        "res.users", string="To salesperson", required=True,
        domain="[('share', '=', False), ('id', '!=', from_user_id)]")
    date_from = fields.Date(
        string="First day of the new one", required=True, default=fields.Date.context_today)
    business_id = fields.Many2one("waste.business", help="Only this business; empty for all.")
    producer_ids = fields.Many2many(
        "res.partner", string="Only these producers", help="Empty for all.",
        domain=[("party_role_ids.code", "=", "producer")])
    assignment_ids = fields.Many2many("waste.assignment", compute="_compute_assignment_ids", string="What will move")
    note = fields.Char(string="Reason")

    @api.depends("from_user_id", "date_from", "business_id", "producer_ids")
    def _compute_assignment_ids(self):
        for wizard in self:
            domain = Domain("user_id", "=", wizard.from_user_id.id) & (
                Domain("date_to", "=", False) | Domain("date_to", ">=", wizard.date_from))
            if wizard.business_id:
                domain &= Domain("business_id", "=", wizard.business_id.id)
            if wizard.producer_ids:
                domain &= Domain("producer_id", "in", wizard.producer_ids.ids)
            ready = wizard.from_user_id and wizard.date_from
            wizard.assignment_ids = self.env["waste.assignment"].search(domain) if ready else False

    def action_transfer(self):
        """Hand over what the wizard shows and open the new assignments.

        :raise UserError: when there is nothing to hand over, or both salespeople are the same
        """
        self.ensure_one()
        self.check_access("write")
        if self.from_user_id == self.to_user_id:
            raise UserError(self.env._("%(user)s can not hand over to himself; choose another.", user=self.to_user_id.name))
        if not self.assignment_ids:
            raise UserError(self.env._(
                "%(user)s has no assignment from %(date)s on that could be handed over.",
                user=self.from_user_id.name, date=self.date_from))
        opened = self.assignment_ids._hand_over(self.to_user_id, self.date_from)
        if self.note:
            opened.write({"note": self.note})
        action = self.env["ir.actions.act_window"]._for_xml_id("waste.waste_assignment_action")
        return {**action, "domain": [("id", "in", opened.ids)], "context": {}}
