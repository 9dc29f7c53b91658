from odoo import api, models


class WecomEventMsgauditNotify(models.AbstractModel):
    """Something was said (D:95039): the archive is read now. The event tells no more, so several are as good as one."""
    _name = 'wecom.event.msgaudit_notify'
    _inherit = ['wecom.event']
    _description = "WeCom event: new messages in the archive"

    @api.model
    def _apply(self, callbacks):
        self.env['wecom.archive']._trigger_pull()
