from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    esign_tsa_url = fields.Char("Time-stamp authority", config_parameter='esign.tsa_url')
    esign_key_folder = fields.Char("Key Folder", compute='_compute_esign_keys')
    esign_gap = fields.Char("Missing", compute='_compute_esign_keys')

    @api.depends('esign_tsa_url')
    def _compute_esign_keys(self):
        keys = self.env['esign.keystore']
        for settings in self:
            settings.esign_key_folder = str(keys._get_folder())
            settings.esign_gap = keys._get_gap()

    def action_esign_setup(self):
        """Make the keys that are missing."""
        self.env['esign.keystore'].action_setup()
        return {'type': 'ir.actions.client', 'tag': 'reload'}
