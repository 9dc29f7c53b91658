from odoo import api, fields, models
from odoo.exceptions import UserError

# S0-3.2.1-d: a contract is archived when all parties have signed it.
SIGNED_STATES = ('active', 'expired', 'terminated', 'voided')


class SaleOrder(models.Model):
    """The signed file of a contract, under its archive number."""
    _inherit = 'sale.order'

    signed_file = fields.Binary(
        "Signed File", compute='_compute_signed_file', inverse='_inverse_signed_file', groups='base.group_user',
        help="The signed paper or its scan, as PDF. It is archived at once: nobody can replace or delete it then.")
    signed_file_name = fields.Char(compute='_compute_signed_file', inverse='_inverse_signed_file', groups='base.group_user')

    @api.depends('document_archive_id')
    def _compute_signed_file(self):
        for order in self:
            # Who may read the contract may read its signed file.
            attachment_sudo = order.sudo().document_archive_id.attachment_id
            order.signed_file = attachment_sudo.datas
            order.signed_file_name = attachment_sudo.name

    def _inverse_signed_file(self):
        for order in self.filtered('signed_file'):
            if order.sudo().document_archive_id.attachment_id.datas == order.signed_file:
                continue
            if order.contract_state not in SIGNED_STATES:
                raise UserError(self.env._(
                    "Contract %(contract)s is “%(state)s”: it is archived when all parties have signed it.",
                    contract=order.name, state=order._waste_state_label(order.contract_state)))
            attachment = self.env['ir.attachment'].create({
                'name': order.signed_file_name or order._get_document_filename(), 'datas': order.signed_file,
                'res_model': order._name, 'res_id': order.id, 'contract_file_kind': 'scan'})
            order._archive_document(attachment)
