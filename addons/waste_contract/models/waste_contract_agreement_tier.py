from odoo import fields, models


class WasteContractAgreementTier(models.Model):
    """A step of the ladder that an agreement puts in the place of the former one."""
    _name = 'waste.contract.agreement.tier'
    _description = "Agreed Price Tier"
    _inherit = ['waste.price.step.mixin']
    _order = 'agreement_id, line_id, from_t, id'

    _part_of = 'agreement_id'

    agreement_id = fields.Many2one('waste.contract.agreement', required=True, index=True, ondelete='cascade')
    order_id = fields.Many2one(related='agreement_id.order_id')
    company_id = fields.Many2one(related='agreement_id.company_id', store=True, precompute=True)
    line_id = fields.Many2one(
        ondelete='restrict', domain="[('order_id', '=', order_id), ('pricing_mode', '!=', False)]")
