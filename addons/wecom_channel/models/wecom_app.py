from odoo import models


class WecomApp(models.Model):
    """Greets customers whom neither a code nor their member greets."""
    _name = 'wecom.app'
    _inherit = ['wecom.app', 'wecom.greeting.mixin']
