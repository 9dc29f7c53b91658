from odoo import models


class WasteIntent(models.Model):
    """Tag rules ask whether an intent was submitted."""
    _inherit = 'waste.intent'

    def write(self, vals):
        result = super().write(vals)
        if 'state' in vals:
            self.env['wecom.contact']._check_tags_of(self.partner_id)
        return result
