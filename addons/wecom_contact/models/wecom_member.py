from odoo import api, fields, models


class WecomMember(models.Model):
    _inherit = 'wecom.member'

    has_customers = fields.Boolean(
        "Serves customers", default=True, readonly=True, help="WeCom lets him have customers (客户联系); read with each comparison.")

    @api.model
    def _ensure(self, app, userids):
        """Return {account in small letters: member}; who isn't in the address book (yet) is kept under his account."""
        known = self._find(app._get_address_book(), userids)
        new = {userid.lower(): userid for userid in userids if userid.lower() not in known}
        return known | {member.userid_key: member for member in self.create(
            [{'app_id': app._get_address_book().id, 'userid': userid, 'name': userid} for userid in new.values()])}

    @api.model
    def _note_followers(self, app, userids):
        """Note who may have customers, by WeCom's complete list."""
        keys = {userid.lower() for userid in userids}
        for member in self.search([('app_id', '=', app._get_address_book().id)]):
            if member.has_customers != (member.userid_key in keys):
                member.has_customers = member.userid_key in keys
