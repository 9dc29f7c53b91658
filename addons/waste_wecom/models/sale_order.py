from odoo import models


class SaleOrder(models.Model):
    """Tag rules ask in which state a contract is, and when it ends."""
    _inherit = 'sale.order'

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {'contract_state', 'date_end'}:
            self.env['wecom.contact']._check_tags_of(self.partner_id)
        return result
