from odoo import api, models


class WecomEventChangeExternalTag(models.AbstractModel):
    """A tag or group of tags was made, changed, deleted or moved, in the console or by another app: the list is read again."""
    _name = 'wecom.event.change_external_tag'
    _inherit = ['wecom.event']
    _description = "Handler of changes of tags"

    @api.model
    def _apply(self, callbacks):
        callbacks.app_id.has_stale_tags = True
        self.env['wecom.tag']._trigger_send()
