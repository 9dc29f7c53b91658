from odoo import api, fields, models


class WecomTagRule(models.Model):
    """A condition of codes: by which one a customer came."""
    _inherit = 'wecom.tag.rule'

    kind = fields.Selection(selection_add=[('channel', "Channel code"), ('add_way',)], ondelete={'channel': 'cascade'})
    channel_ids = fields.Many2many('wecom.channel', string="Channel codes", context={'active_test': False})

    @api.model
    def _get_condition_fields(self):
        return super()._get_condition_fields() + ['channel_ids']
