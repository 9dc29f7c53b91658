from odoo import api, models


class WecomEventChangeContact(models.AbstractModel):
    """Somebody or some department was added to, changed in, or removed from the address book."""
    _name = 'wecom.event.change_contact'
    _inherit = ['wecom.event']
    _description = "Handler of changes of the address book"

    @api.model
    def _apply(self, callbacks):
        """Leavers and new accounts at once; all else by reading the book, as the events carry no names."""
        members = self.env['wecom.member']
        for callback in callbacks.filtered('app_id.has_address_book'):
            content = callback._read_fields()
            userid = content.get('UserID') or ''
            member = members._find(callback.app_id, [userid]).get(userid.lower(), members)
            if content.get('ChangeType') == 'delete_user':
                member._leave()
            elif content.get('NewUserID') and member:
                member.userid = content['NewUserID']
        if callbacks.app_id.filtered('has_address_book'):
            callbacks.app_id._trigger_member_sync()
