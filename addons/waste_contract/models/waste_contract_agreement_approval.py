from odoo import models
from odoo.tools import format_date


class WasteContractAgreement(models.Model):
    """Who decides on an agreement: the steps of the flows that match it; a sales manager where none does."""
    _inherit = 'waste.contract.agreement'

    # BUSINESS ------------------------------------------------------------------

    def _get_escalation_users(self):
        return super()._get_escalation_users() | self.order_id.team_id.user_id

    def _get_approval_essentials(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        return super()._get_approval_essentials() + [line for line in (
            (self.env._("Agreement"), kinds[self.kind]),
            (self.env._("Effective from"), format_date(self.env, self.date_effective)),
            (self.env._("Changes"), '\n'.join([*self._explain_agreed(), *filter(None, self.line_ids.mapped('summary'))])),
            (self.env._("Reason"), self.reason),
            (self.env._("Salesperson"), self.user_id.name),
        ) if line[1]]
