import base64
from hashlib import sha256

from odoo import models

from .esign_register_mixin import digest


class IrAttachment(models.Model):
    _inherit = 'ir.attachment'

    def _check_unlocked(self, vals=None):
        """Evidence is locked as other papers of the archive are; who tries to change it is recorded besides."""
        for attachment in self.sudo().filtered(lambda file: file.is_locked and (file.res_model or '').startswith('esign.')):
            self.env['esign.event']._append_system(
                'write_blocked',
                actor=self.env.user.login,
                subject_model=self._name,
                subject_id=attachment.id,
                payload={
                    'file': attachment.name,
                    'model': attachment.res_model,
                    'id': attachment.res_id,
                    'operation': 'unlink' if vals is None else 'write',
                    'fields': sorted(vals or ()),
                    'old_sha256': sha256(attachment.raw or b'').hexdigest(),
                    'tried_sha256': _tried(vals or {}),
                },
            )
        return super()._check_unlocked(vals)


def _tried(vals):
    """Return the digest of the file that was to take the place, else of the values."""
    content = vals.get('raw')
    if content is None and vals.get('datas'):
        content = base64.b64decode(vals['datas'])
    if content is None:
        return digest(vals)
    return sha256(content.encode() if isinstance(content, str) else content).hexdigest()
