from odoo import models


class IrHttp(models.AbstractModel):
    _name = 'ir.http'
    _inherit = ['ir.http']

    def session_info(self):
        """Tell the web client whether to show the count of failed messages in the top bar."""
        info = super().session_info()
        info['is_wim_admin'] = self.env.user.has_group('waste.group_admin')
        return info
