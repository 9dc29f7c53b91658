from odoo import api, fields, models
from odoo.fields import Domain

DEAD = ('cancelled', 'voided', 'accepted')


class WecomHandoverKind(models.AbstractModel):
    _inherit = 'wecom.handover.kind'

    @api.model
    def _get_kinds(self):
        """Assignments go first: they decide the team of the contracts."""
        return [*super()._get_kinds(), 'wecom.handover.kind.assignment', 'wecom.handover.kind.contract']


class WecomHandoverKindAssignment(models.AbstractModel):
    _name = 'wecom.handover.kind.assignment'
    _inherit = ['wecom.handover.kind']
    _description = "Assignments follow a customer"

    _model = 'waste.assignment'
    _partner = 'producer_id'

    @api.model
    def _get_open(self):
        return Domain('date_to', '=', False) | Domain('date_to', '>=', fields.Date.context_today(self))

    @api.model
    def _give(self, records, handover):
        """From today on: the old rows end yesterday, what was achieved until then stays with the giver."""
        records._hand_over(handover.taker_user_id, fields.Date.context_today(self)).write({'note': handover.reason})


class WecomHandoverKindContract(models.AbstractModel):
    """Contracts in force, being made, and ended ones, whose money may still be owed; each remembers who served it until yesterday.

    Statements, invoices, plans and collections have the salesperson of their contract.
    """
    _name = 'wecom.handover.kind.contract'
    _inherit = ['wecom.handover.kind']
    _description = "Contracts follow a customer"

    _model = 'sale.order'

    @api.model
    def _get_open(self):
        return Domain('state', '!=', 'cancel') & Domain('contract_state', 'not in', DEAD)
