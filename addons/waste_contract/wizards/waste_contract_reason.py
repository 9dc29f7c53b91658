from odoo import api, fields, models
from odoo.exceptions import UserError

VERBS = [
    ('reject', "Return to Author"),
    ('refuse', "Producer Wants Changes"),
    ('gov_return', "Government Returns"),
    ('terminate', "Terminate"),
    ('void', "Void"),
    ('lose_renewal', "Renewal Lost"),
    ('cancel', "Cancel Contract"),
]


class WasteContractReason(models.TransientModel):
    _name = 'waste.contract.reason'
    _description = "Reason of a step back"

    order_ids = fields.Many2many('sale.order', string="Contracts")
    agreement_ids = fields.Many2many('waste.contract.agreement', string="Agreements")
    verb = fields.Selection(VERBS, "Step", required=True, readonly=True)
    reason = fields.Text(required=True, help="Stays in the history of the contract.")

    # ACTION --------------------------------------------------------------------

    def action_confirm(self):
        """Take the step and keep its reason."""
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Write the reason, so that everybody can read later why."))
        for documents in (self.order_ids, self.agreement_ids):
            documents.check_access('write')
            if documents:
                documents._transition_with_reason(self.verb, self.reason)
        return {'type': 'ir.actions.act_window_close'}

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _ask(self, documents, verb):
        """Return the action of the dialogue that asks why ``documents`` take the step ``verb``."""
        name = {'sale.order': 'order_ids', 'waste.contract.agreement': 'agreement_ids'}[documents._name]
        return {
            'type': 'ir.actions.act_window',
            'name': self._get_verb_label(verb),
            'res_model': self._name,
            'view_mode': 'form',
            'target': 'new',
            'context': {f'default_{name}': documents.ids, 'default_verb': verb},
        }

    @api.model
    def _get_verb_label(self, verb):
        return dict(self._fields['verb']._description_selection(self.env))[verb]
