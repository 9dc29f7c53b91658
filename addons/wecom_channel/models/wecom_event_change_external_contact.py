from odoo import api, models


class WecomEventChangeExternalContact(models.AbstractModel):
    """A customer who was added is welcomed."""
    _inherit = 'wecom.event.change_external_contact'

    @api.model
    def _take(self, callback, row, contact, member):
        self._welcome(callback, row, contact, member)
        super()._take(callback, row, contact, member)

    @api.model
    def _welcome(self, callback, row, contact, member):
        """Put a welcome into the outbox at once; a code lives 20 seconds, and half-added customers get one, too."""
        channel = self.env['wecom.channel']._find(callback.app_id, row.get('State'))
        welcomes = self.env['wecom.welcome']
        if not (row.get('WelcomeCode') and welcomes._find_greeting(channel, member, callback.app_id, callback.occurred_at)):
            return
        vals = {'contact_id': contact.id, 'member_id': member.id, 'occurred_at': callback.occurred_at}
        if not welcomes.search_count([(name, '=', value) for name, value in vals.items()]):
            welcomes.create({**vals, 'channel_id': channel.id, 'code': row['WelcomeCode']})
