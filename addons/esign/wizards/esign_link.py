from odoo import fields, models


class EsignLink(models.TransientModel):
    """The link of a signer, shown to who sent the envelope. It is a key, so it isn't kept."""

    _name = 'esign.link'
    _description = "Link of a signer"
    _transient_max_hours = 0.1

    signer_id = fields.Many2one('esign.signer', required=True, readonly=True, ondelete='cascade')
    url = fields.Char("Link", readonly=True)
