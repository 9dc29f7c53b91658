from odoo import fields, models


class WecomChannel(models.Model):
    """A code may stand for a business: its leads are of that one."""
    _inherit = 'wecom.channel'

    business_id = fields.Many2one('waste.business', "Business", ondelete='restrict', help="Of the leads that come by the code.")
