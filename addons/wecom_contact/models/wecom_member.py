from odoo import api, models


class WecomMember(models.Model):
    _inherit = 'wecom.member'

    @api.model
    def _ensure(self, app, userids):
        """Return {account in small letters: member}; who isn't in the address book (yet) is kept under his account."""
        known = self._find(app._get_address_book(), userids)
        new = {userid.lower(): userid for userid in userids if userid.lower() not in known}
        return known | {member.userid_key: member for member in self.create(
            [{'app_id': app._get_address_book().id, 'userid': userid, 'name': userid} for userid in new.values()])}
