from odoo import models


class IrHttp(models.AbstractModel):
    _name = 'ir.http'
    _inherit = ['ir.http']

    def session_info(self):
        """Tell the web client of an administrator how many messages failed (the badge in the top bar)."""
        info = super().session_info()
        if self.env.user.has_group('waste.group_admin'):
            info['wim_failure_count'] = self.env['wim.message'].get_failure_count()
        return info
