from datetime import timedelta

from odoo import fields, models

from odoo.addons.wecom.models.wecom_client import WeComError

ACTIVATED = 1


class WecomMember(models.Model):
    """Who can answer a code, and what he says first to customers who came by none that greets."""
    _name = 'wecom.member'
    _inherit = ['wecom.member', 'wecom.greeting.mixin']

    refused_until = fields.Datetime(
        "Left out of codes until", readonly=True, help="WeCom lets nobody add him: not activated or not verified.")

    def write(self, vals):
        """Who may have customers, or may not any more, changes who answers codes."""
        result = super().write(vals)
        if 'has_customers' in vals:
            self.env['wecom.channel']._trigger_send()
        return result

    def _is_usable(self, now):
        return self.active and self.has_customers and not (self.refused_until and self.refused_until > now)

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
