from odoo import fields, models
from odoo.exceptions import UserError


class ScrmPoolPutBack(models.TransientModel):
    """Why does a salesperson give up leads that others may win?"""

    _name = "scrm.pool.put_back"
    _description = "Put leads back into the public pool"

    lead_ids = fields.Many2many("crm.lead", string="Leads", required=True)
    reason = fields.Char(required=True, help="For who claims the lead next: what was tried, and why it came to nothing.")

    def action_put_back(self):
        self.ensure_one()
        self.lead_ids.check_access("write")
        pools = {lead: self.env["scrm.pool"]._match(lead) for lead in self.lead_ids}
        for lead, pool in pools.items():
            if lead.pool_id or lead.won_status != "pending":
                raise UserError(self.env._("%(lead)s is in the public pool already, or won or lost: nothing was put back.", lead=lead.name))
            if lead.user_id != self.env.user and not self.env.user.has_group("waste.group_sales_manager"):
                raise UserError(self.env._(
                    "%(lead)s is %(user)s's: only its salesperson or a sales manager puts it back.",
                    lead=lead.name, user=lead.user_id.name or self.env._("nobody")))
            if not pool:
                raise UserError(self.env._(
                    "No public pool takes %(lead)s: a sales manager sets one up under Configuration › Public Pools.", lead=lead.name))
        for lead, pool in pools.items():
            lead._return_to_pool(pool, self.reason)
        return {"type": "ir.actions.act_window_close"}
