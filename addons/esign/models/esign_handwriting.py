import base64

from odoo import api, fields, models


class EsignHandwriting(models.Model):
    """What a signer sent: handwriting and evidence, kept until the time-stamp authority answers and as proof ever after.

    The strokes are encrypted with a key outside the database: who reads this table reads nothing. Nobody has access.
    """

    _name = 'esign.handwriting'
    _inherit = ['esign.register.mixin']
    _description = "Handwriting as received"
    _order = 'id desc'
    _transitions = {'done': (('pending',), 'done'), 'drop': (('pending',), 'dropped')}

    signer_id = fields.Many2one('esign.signer', required=True, readonly=True, ondelete='restrict', index=True)
    nonce = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [('pending', "Kept"), ('done', "Signed"), ('dropped', "Dropped")], default='pending', required=True, readonly=True
    )
    strokes = fields.Binary(attachment=False, readonly=True, help="Encrypted.")
    strokes_sha256 = fields.Char(readonly=True)
    is_strokes_kept = fields.Boolean(readonly=True, help="The signer agreed that speed and pressure are kept.")
    opinion = fields.Text(readonly=True)
    evidence = fields.Text(required=True, readonly=True, help="Canonical JSON; its digest is signed with the document.")
    evidence_sha256 = fields.Char(required=True, readonly=True)
    base_sha256 = fields.Char(required=True, readonly=True)
    code_id = fields.Many2one('esign.code', readonly=True, ondelete='restrict')
    attachment_ids = fields.Many2many('ir.attachment', readonly=True)
    received_at = fields.Datetime(required=True, readonly=True)
    answer = fields.Json(readonly=True)

    _nonce_uniq = models.UniqueIndex("(signer_id, nonce) WHERE state != 'dropped'", "One request is answered once.")
    _pending_idx = models.Index("(id) WHERE state = 'pending'")

    @api.model
    def _encrypt(self, content):
        return base64.b64encode(self.env['esign.keystore']._encrypt(content))

    def _get_strokes(self):
        """Return the canonical strokes as bytes, or b''."""
        self.ensure_one()
        content = self.sudo().with_context(bin_size=False).strokes
        if not content:
            return b''
        try:
            encrypted = base64.b64decode(content, validate=True)
        except ValueError:  # somebody wrote there in SQL
            encrypted = b''
        return self.env['esign.keystore']._decrypt(encrypted)

    def _settle(self, answer):
        """Keep the answer for whoever asks again; let go of strokes whose keeping wasn't agreed to."""
        self._transition('done', answer=answer, **({} if self.is_strokes_kept else {'strokes': False}))
