from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.wecom.models.wecom_client import WeComError

ACTIVATED = 1


class WecomMember(models.Model):
    _name = 'wecom.member'
    _inherit = ['wecom.member', 'wecom.greeting.mixin']

    has_customers = fields.Boolean(
        "Serves customers", default=True, readonly=True, help="WeCom lets him have customers (客户联系); read with each comparison.")
    refused_until = fields.Datetime(
        "Left out of codes until", readonly=True, help="WeCom lets nobody add him: not activated or not verified.")

    @api.model
    def _ensure(self, app, userids):
        """Return {account in small letters: member}; who isn't in the address book (yet) is kept under his account."""
        known = self._find(app._get_address_book(), userids)
        new = {userid.lower(): userid for userid in userids if userid.lower() not in known}
        return known | {member.userid_key: member for member in self.create(
            [{'app_id': app._get_address_book().id, 'userid': userid, 'name': userid} for userid in new.values()])}

    # === WHO CAN ANSWER A CODE === #

    def _is_usable(self, now):
        return self.active and self.has_customers and not (self.refused_until and self.refused_until > now)

    @api.model
    def _note_followers(self, app, userids):
        """Note who may have customers, by WeCom's complete list."""
        keys = {userid.lower() for userid in userids}
        for member in self.search([('app_id', '=', app._get_address_book().id)]):
            if member.has_customers != (member.userid_key in keys):
                member.has_customers = member.userid_key in keys
                self.env['wecom.channel']._trigger_send()

    def _find_refused(self, app):
        """Ask WeCom who of them is not activated or gone; they are left out of codes for a day, as WeCom names nobody."""
        refused = self.browse()
        for member in self:
            try:
                status = self.env['wecom.client']._call(app, 'user/get', userid=member.userid).get('status', ACTIVATED)
            except WeComError as error:
                if error.policy != 'business':
                    raise
                status = None
            if status != ACTIVATED:
                refused |= member
        refused.refused_until = fields.Datetime.now() + timedelta(days=1)
        return refused

    def _leave(self):
        """Who leaves answers no code any more."""
        super()._leave()
        self.env['wecom.channel']._trigger_send()
