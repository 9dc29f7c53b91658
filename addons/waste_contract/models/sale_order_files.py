from odoo import fields, models


class SaleOrder(models.Model):
    """The files of a contract by kind. Files of the chatter belong to their message and aren't listed."""
    _inherit = 'sale.order'

    contract_file_ids = fields.One2many(
        'ir.attachment', 'res_id', "Files", domain=[('res_model', '=', 'sale.order'), ('contract_file_kind', '!=', False)],
        context={'default_res_model': 'sale.order'}, groups='base.group_user')

    def _get_producer_files(self):
        """Return the files that the producer may have, in superuser mode: portal users have no rights on attachments."""
        self.ensure_one()
        return self.sudo().contract_file_ids.filtered('is_for_producer')

    def _get_authority_files(self):
        """Return the files that the authority may have, in superuser mode. What a file tells is the choice of who marks it."""
        self.ensure_one()
        return self.sudo().contract_file_ids.filtered('is_for_authority')
