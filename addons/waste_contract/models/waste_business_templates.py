from odoo import api, fields, models


class WasteBusiness(models.Model):
    """Which papers the contracts of a business are made of."""
    _inherit = 'waste.business'

    document_template_id = fields.Many2one(
        'document.template', "Contract Template", index='btree_not_null', ondelete='restrict',
        domain=[('model', '=', 'sale.order')])
    document_template_ids = fields.Many2many(
        'document.template', string="Other Templates", domain=[('model', '=', 'sale.order')],
        help="What a contract may use instead. Empty: nothing else.")

    @api.model
    def _get_policy_fields(self):
        return (*super()._get_policy_fields(), 'document_template_id', 'document_template_ids')


class WasteBusinessPolicy(models.Model):
    _inherit = 'waste.business.policy'

    document_template_id = fields.Many2one(
        'document.template', "Contract Template", index='btree_not_null', ondelete='restrict',
        domain=[('model', '=', 'sale.order')])
    document_template_ids = fields.Many2many(
        'document.template', string="Other Templates", domain=[('model', '=', 'sale.order')])
