from itertools import cycle

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ScrmPoolAssign(models.TransientModel):
    """Which salespeople get the chosen leads of the public pool?"""

    _name = "scrm.pool.assign"
    _description = "Assign leads of the public pool"

    lead_ids = fields.Many2many("crm.lead", string="Leads", required=True, domain=[("pool_id", "!=", False)])
    user_ids = fields.Many2many(
        "res.users", string="Salespeople", required=True, domain=lambda self: self._domain_salespeople(),
        help="Several get as many leads each, one after the other.")
    sentence = fields.Char(compute="_compute_sentence")

    def _domain_salespeople(self):
        return [("share", "=", False), ("all_group_ids", "in", self.env.ref("waste.group_salesperson").ids)]

    @api.depends("lead_ids", "user_ids")
    def _compute_sentence(self):
        for wizard in self:
            many, people = len(wizard.lead_ids), len(wizard.user_ids) or 1
            wizard.sentence = self.env._("%(count)s leads, %(least)s to %(most)s for each", count=many, least=many // people,
                                         most=-(-many // people)) if many % people else self.env._(
                "%(count)s leads, %(each)s for each", count=many, each=many // people)

    def action_assign(self):
        self.ensure_one()
        if not self.env.user.has_group("waste.group_sales_manager"):
            raise AccessError(self.env._("Only sales managers assign leads; claim them instead."))
        self.lead_ids.check_access("write")
        if not self.user_ids:
            raise UserError(self.env._("Choose the salespeople who get the leads."))
        strangers = self.user_ids - self.user_ids.filtered_domain(self._domain_salespeople())
        if strangers:
            raise UserError(self.env._("%(user)s is no salesperson: nothing was assigned.", user=strangers[0].name))
        for lead in self.lead_ids:
            if not lead.pool_id:
                raise UserError(self.env._("%(lead)s is no longer in the public pool: nothing was assigned.", lead=lead.name))
        for lead, user in zip(self.lead_ids, cycle(self.user_ids)):
            lead.user_id = user
        return {"type": "ir.actions.act_window_close"}
