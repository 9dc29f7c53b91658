from odoo import api, models


class WecomEventChangeExternalContact(models.AbstractModel):
    """Customers who are added, change, or go. What is true now is fetched afterwards; who ended a relation, only the event tells."""
    _name = 'wecom.event.change_external_contact'
    _inherit = ['wecom.event']
    _description = "Handler of changes of customers"

    @api.model
    def _apply(self, callbacks):
        rows = {callback: callback._read_fields() for callback in callbacks}
        nameless = callbacks.filtered(lambda callback: not (rows[callback].get('ExternalUserID') and rows[callback].get('UserID')))
        if nameless:
            nameless._finish('rejected', 'schema', '$', self.env._("The event names no customer or no member."))
        for app, own in (callbacks - nameless).grouped('app_id').items():
            contacts = self.env['wecom.contact']._ensure(app, [rows[callback]['ExternalUserID'] for callback in own])
            members = self.env['wecom.member']._ensure(app, [rows[callback]['UserID'] for callback in own])
            for callback in own:
                row = rows[callback]
                self._take(callback, row, contacts[row['ExternalUserID']], members[row['UserID'].lower()])
            self.env['wecom.contact'].browse(contact.id for contact in contacts.values())._mark_stale()

    @api.model
    def _take(self, callback, row, contact, member):
        """Note what only the event itself tells. To extend.

        :param row: its fields
        """
        ended_as = self._read_end(row)
        if row.get('ChangeType') == 'add_half_external_contact':
            self.env['wecom.relation']._note_half(contact, member, row.get('State'), callback.occurred_at)
        elif ended_as:
            self._end(self._find(contact, member), ended_as, callback)

    @api.model
    def _read_end(self, row):
        """Return what the event ends the relation as, or None."""
        if row.get('ChangeType') == 'del_follow_user':
            return 'lost'
        if row.get('ChangeType') == 'del_external_contact':
            return 'transferred' if row.get('Source') == 'DELETE_BY_TRANSFER' else 'removed'
        return None

    @api.model
    def _find(self, contact, member):
        """Return the relation; one that was never seen is made, so that its loss is recorded."""
        found = contact.relation_ids.filtered(lambda relation: relation.member_id == member)
        return found or self.env['wecom.relation'].create({'contact_id': contact.id, 'member_id': member.id})

    @api.model
    def _end(self, relation, state, callback):
        """End it, unless he was added again since: then the event is late, and only history."""
        if relation.state == 'unknown':
            relation._explain_end(state, callback.occurred_at, callback)
        elif relation.state == 'half' and relation.added_at <= callback.occurred_at:
            relation._lapse(callback.occurred_at)
        elif not relation.added_at or relation.added_at <= callback.occurred_at:
            relation._end(state, callback.occurred_at, callback)
