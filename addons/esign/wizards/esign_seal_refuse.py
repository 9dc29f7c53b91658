from odoo import fields, models


class EsignSealRefuse(models.TransientModel):
    _name = 'esign.seal.refuse'
    _description = "Refuse the use of a seal"

    request_ids = fields.Many2many('esign.seal.request', required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Refuse; the applicant is told why."""
        self.ensure_one()
        self.request_ids._refuse_use(self.reason)
        return {'type': 'ir.actions.act_window_close'}
