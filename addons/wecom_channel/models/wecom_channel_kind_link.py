from odoo import models

from odoo.addons.wecom.models.wecom_client import WeComError

FORBIDDEN = (48002, 60011)  # the app isn't permitted customer links; codes go on working


class WecomChannelKindLink(models.AbstractModel):
    """获客助手: a link to tap (D:97297). Its name ends with our key, as WeCom keeps nothing else by which a lost one could be found."""
    _name = 'wecom.channel.kind.link'
    _inherit = ['wecom.channel.kind']
    _description = "WeCom customer acquisition link"

    def _call(self, channel, action, body):
        try:
            return self.env['wecom.client']._call(
                channel.app_id, f'externalcontact/customer_acquisition/{action}', body, expected=FORBIDDEN)
        except WeComError as error:
            if error.code in FORBIDDEN:
                sentence = self.env._(
                    "The app may not make customer links. Permit it “获客助手” in WeCom's admin console, then change the link here.")
                error.sentence = f'{sentence} ({error.code})'
            raise

    def _prepare(self, channel):
        return {'link_name': f'{channel.name[:12]} {channel.key}', 'skip_verify': channel.is_verification_skipped,
                'range': {'user_list': channel.listed_ids.mapped('userid')}}

    def _read(self, channel, link):
        """Return what to write of WeCom's ``link``: what follows ``customer_channel`` comes back with the customer."""
        return {'config_id': link['link_id'], 'url': f'{link["url"]}?customer_channel={channel.key}'}

    def _make(self, channel):
        return self._read(channel, self._call(channel, 'create_link', self._prepare(channel))['link'])

    def _change(self, channel):
        self._call(channel, 'update_link', {'link_id': channel.config_id, **self._prepare(channel)})

    def _delete(self, channel, number):
        try:
            self._call(channel, 'delete_link', {'link_id': number})
        except WeComError as error:
            # Deleted before, or by somebody in the console: WeCom's code for that isn't documented, its list tells.
            if error.policy != 'business' or number in self._list(channel):
                raise

    def _list(self, channel):
        numbers, cursor = [], ''
        while True:
            answer = self._call(channel, 'list_link', {'cursor': cursor, 'limit': 100})
            numbers += answer.get('link_id_list') or []
            cursor = answer.get('next_cursor')
            if not cursor:
                return numbers

    def _search_there(self, channel):
        for number in reversed(self._list(channel)):
            link = self._call(channel, 'get', {'link_id': number})['link']
            if link['link_name'].endswith(channel.key):
                return self._read(channel, {**link, 'link_id': number})
        return None
