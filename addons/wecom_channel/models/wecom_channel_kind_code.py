from odoo import models


class WecomChannelKindCode(models.AbstractModel):
    """联系我: a picture to scan (D:92228)."""
    _name = 'wecom.channel.kind.code'
    _inherit = ['wecom.channel.kind']
    _description = "WeCom contact way"

    def _prepare(self, channel):
        return {'remark': channel.name[:30], 'skip_verify': channel.is_verification_skipped, 'state': channel.key,
                'user': channel.listed_ids.mapped('userid')}

    def _prepare_kind(self, _channel):
        # Always "several": WeCom can't turn a code for one member into one for several.
        return {'type': 2, 'scene': 2}

    def _make(self, channel):
        answer = self.env['wecom.client']._call(
            channel.app_id, 'externalcontact/add_contact_way', {**self._prepare_kind(channel), **self._prepare(channel)})
        return {'config_id': answer['config_id'], 'qr_code': answer.get('qr_code')}

    def _change(self, channel):
        self.env['wecom.client']._call(
            channel.app_id, 'externalcontact/update_contact_way', {'config_id': channel.config_id, **self._prepare(channel)})

    def _delete(self, channel, number):
        self.env['wecom.client']._call(channel.app_id, 'externalcontact/del_contact_way', {'config_id': number})

    def _search_there(self, channel):
        call, cursor = self.env['wecom.client']._call, ''
        while True:
            answer = call(channel.app_id, 'externalcontact/list_contact_way', {'cursor': cursor, 'limit': 1000})
            for row in answer['contact_way']:
                way = call(channel.app_id, 'externalcontact/get_contact_way', {'config_id': row['config_id']})['contact_way']
                if way.get('state') == channel.key:
                    return {'config_id': way['config_id'], 'qr_code': way.get('qr_code')}
            cursor = answer.get('next_cursor')
            if not cursor:
                return None
