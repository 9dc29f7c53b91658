from odoo import api, fields, models

CONTRACT_FILE_KINDS = [
    ('signed', "Signed Paper and Evidence"),
    ('received', "Paper Received to Be Signed"),
    ('scan', "Scan of the Contract"),
    ('quotation', "Quotation"),
    ('licence', "Licence"),
    ('photo', "Photo of the Site"),
    ('other', "Other"),
]


class IrAttachment(models.Model):
    """A file of a contract: of a kind, and meant for the producer, the authority, both or neither."""
    _inherit = 'ir.attachment'

    contract_file_kind = fields.Selection(CONTRACT_FILE_KINDS, "Kind", index='btree_not_null')
    is_for_producer = fields.Boolean(
        "For the Producer", compute='_compute_is_for_producer', store=True, readonly=False, precompute=True,
        help="The producer may download the file on its page.")
    is_for_authority = fields.Boolean(
        "For the Authority", help="The authority of the contract may download the file on its page. It should tell no price.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('contract_file_kind')
    def _compute_is_for_producer(self):
        for attachment in self:
            attachment.is_for_producer = attachment.contract_file_kind in ('signed', 'received', 'scan', 'quotation')

    # ACTION --------------------------------------------------------------------

    def action_open_file(self):
        """Show the file in a tab of the browser."""
        self.ensure_one()
        self.check_access('read')
        return {'type': 'ir.actions.act_url', 'url': f'/web/content/{self.id}', 'target': 'new'}
