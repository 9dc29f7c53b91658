from odoo import api, fields, models
from odoo.exceptions import UserError

VERBS = [
    ('reject', "Return to Author"),
    ('refuse', "Producer Wants Changes"),
    ('gov_return', "Government Returns"),
    ('terminate', "Terminate"),
    ('cancel', "Cancel Contract"),
]


class WasteContractReason(models.TransientModel):
    _name = 'waste.contract.reason'
    _description = "Reason of a step back"

    order_ids = fields.Many2many('sale.order', string="Contracts", required=True)
    verb = fields.Selection(VERBS, "Step", required=True, readonly=True)
    reason = fields.Text(required=True, help="Stays in the history of the contract.")

    # ACTION --------------------------------------------------------------------

    def action_confirm(self):
        """Take the step and keep its reason."""
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Write the reason, so that everybody can read later why."))
        self.order_ids.check_access('write')
        self.order_ids._transition_with_reason(self.verb, self.reason)
        return {'type': 'ir.actions.act_window_close'}

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _get_verb_label(self, verb):
        return dict(self._fields['verb']._description_selection(self.env))[verb]
