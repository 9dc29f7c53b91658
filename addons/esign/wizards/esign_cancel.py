from odoo import fields, models


class EsignCancel(models.TransientModel):
    _name = 'esign.cancel'
    _description = "Cancel an envelope"

    envelope_id = fields.Many2one('esign.envelope', required=True, readonly=True, ondelete='cascade')
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Cancel the envelope; its signers are told."""
        self.ensure_one()
        self.envelope_id._cancel(self.reason)
        return {'type': 'ir.actions.act_window_close'}
