from datetime import timedelta

from odoo import fields, models

DAY, HOUR = 86400, 3600


class WecomChannelKindTemporary(models.AbstractModel):
    """联系我 as 临时会话 (D:92228): for one member and one customer, dead once he came; WeCom permits it to medical corps only.

    WeCom lists none of them, so after an answer that got lost another is made; nobody has seen the first, and it ends by itself.
    """
    _name = 'wecom.channel.kind.temporary'
    _inherit = ['wecom.channel.kind.code']
    _description = "WeCom temporary contact way"

    def _prepare_kind(self, channel):
        return {'type': 1, 'scene': 2, 'is_temp': True, 'expires_in': channel.expires_days * DAY,
                'chat_expires_in': channel.chat_hours * HOUR,
                **({'conclusions': {'text': {'content': channel.conclusion}}} if channel.conclusion else {})}

    def _make(self, channel):
        until = fields.Datetime.now() + timedelta(days=channel.expires_days)
        return {**super()._make(channel), 'expires_at': until}

    def _search_there(self, channel):
        return None
