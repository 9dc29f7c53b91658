from odoo import api, models


class WecomEventChangeExternalChat(models.AbstractModel):
    """A group chat was opened, changed or dismissed. Who is in it is asked, unless the version that an event names is the one we have."""
    _name = 'wecom.event.change_external_chat'
    _inherit = ['wecom.event']
    _description = "Handler of changes of group chats"

    @api.model
    def _apply(self, callbacks):
        for app, own in callbacks.grouped('app_id').items():
            rows = [(callback, callback._read_fields()) for callback in own]
            chats = self.env['wecom.chat']._ensure(app, [row['ChatId'] for _callback, row in rows if row.get('ChatId')])
            for callback, row in rows:
                chat = chats.get(row.get('ChatId'))
                if not chat:
                    callback._finish('rejected', 'schema', '$', self.env._("The event names no group chat."))
                elif row.get('ChangeType') == 'dismiss':
                    chat._dismiss(callback.occurred_at)
                elif not row.get('CurMemVer') or row['CurMemVer'] != chat.member_version:
                    chat._mark_stale()
