from odoo import api, fields, models
from odoo.exceptions import ValidationError

MOST_DAYS = 14


class WecomChannel(models.Model):
    """A temporary code: for one customer of one member, good for some days, its chat for some hours."""
    _inherit = 'wecom.channel'

    expires_days = fields.Integer("Good for (days)", default=7)
    chat_hours = fields.Integer("Chat ends after (hours)", default=24)
    conclusion = fields.Text("Closing words", help="Sent by WeCom when the chat ends.")
    expires_at = fields.Datetime("Good until", readonly=True, copy=False)

    @api.constrains('kind', 'expires_days', 'chat_hours')
    def _check_temporary(self):
        for channel in self.filtered(lambda channel: channel.kind == 'temporary'):
            if not 0 < channel.expires_days <= MOST_DAYS or not 0 < channel.chat_hours <= MOST_DAYS * 24:
                raise ValidationError(self.env._(
                    "“%(channel)s”: a temporary code and its chat live up to %(most)s days.", channel=channel.name, most=MOST_DAYS))

    @api.model
    def _refresh(self):
        """Codes whose time is over, or by which somebody came, are dead on WeCom; they are put away before anything is told of them."""
        now = fields.Datetime.now()
        temporary = self.search([('kind', '=', 'temporary'), ('config_id', '!=', False)])
        dead = temporary.filtered(lambda channel: channel.relation_count or channel.expires_at <= now)
        dead.write({'active': False, 'config_id': False, 'to_send': False})
        super()._refresh()
