from odoo import api, models


class WecomRelation(models.Model):
    """A customer who came by a code may end a member's turn."""
    _inherit = 'wecom.relation'

    @api.model_create_multi
    def create(self, vals_list):
        relations = super().create(vals_list)
        relations._tell_channels()
        return relations

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {'channel', 'added_at'}:
            self._tell_channels()
        return result

    def _tell_channels(self):
        keys = list(filter(None, set(self.mapped('channel'))))
        if keys and self.env['wecom.channel'].search_count([('key', 'in', keys)], limit=1):
            self.env['wecom.channel']._trigger_send()
