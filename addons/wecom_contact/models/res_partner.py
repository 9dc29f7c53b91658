from odoo import api, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = 'res.partner'

    @api.ondelete(at_uninstall=False)
    def _unlink_except_wecom_customer(self):
        """Nobody makes a customer disappear: the contact is archived, and can be found and brought back."""
        # sudo: whoever may delete contacts needn't see the customers
        customer = self.env['wecom.contact'].sudo().search([('partner_id', 'in', self.ids)], limit=1).partner_id
        if customer:
            raise UserError(self.env._("%(contact)s is a customer on WeCom and can't be deleted: archive the contact instead.",
                                       contact=customer.display_name))
