from odoo import models


class IrAttachment(models.Model):
    _inherit = 'ir.attachment'

    def _check_unlocked(self):
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
                    'old_checksum': attachment.checksum or '',
                },
            )
        return super()._check_unlocked()
