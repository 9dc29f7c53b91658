from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.wecom.models.wecom_client import WeComError

LIFE = timedelta(seconds=20)
EXPIRED, TAKEN, NO_MEDIA = 41050, (41051, 41096), 40007


class WecomWelcome(models.Model):
    """The first words to a customer: sent once, within 20 seconds, or not at all."""
    _name = 'wecom.welcome'
    _description = "WeCom welcome message"
    _order = 'id desc'
    _rec_name = 'contact_id'

    contact_id = fields.Many2one('wecom.contact', "Customer", required=True, readonly=True, ondelete='cascade', index=True)
    member_id = fields.Many2one('wecom.member', "Member", required=True, readonly=True, ondelete='cascade')
    channel_id = fields.Many2one('wecom.channel', "Channel code", readonly=True, ondelete='cascade')
    app_id = fields.Many2one(related='contact_id.app_id')
    company_id = fields.Many2one(related='contact_id.company_id', store=True)
    code = fields.Char(readonly=True, groups='base.group_system', help="Good for one message within 20 seconds; then forgotten.")
    occurred_at = fields.Datetime("Added", required=True, readonly=True)
    sent_at = fields.Datetime("Sent", readonly=True)
    state = fields.Selection([
        ('pending', "Waiting"),
        ('sent', "Sent"),
        ('expired', "Too late"),
        ('taken', "Somebody was faster"),
        ('unknown', "Without an answer"),
        ('refused', "Refused"),
    ], required=True, readonly=True, default='pending')
    problem = fields.Char(readonly=True)

    _code_uniq = models.UniqueIndex("(contact_id, member_id, occurred_at)", "This customer is welcomed already.")
    _pending_idx = models.Index("(id) WHERE state = 'pending'")

    @api.model_create_multi
    def create(self, vals_list):
        welcomes = super().create(vals_list)
        if welcomes:
            self.env.ref('wecom_channel.ir_cron_wecom_welcome').sudo()._trigger()
        return welcomes

    @api.model
    def _cron_send(self):
        """Send what waits, oldest first. That it is being sent is committed before: what got no answer is never sent again."""
        while batch := self.search([('state', '=', 'pending')], order='id', limit=100):
            for welcome in batch:
                if welcome.occurred_at < fields.Datetime.now() - LIFE:
                    welcome._end('expired')
                else:
                    welcome.state = 'unknown'
                    self.env['ir.cron']._commit_progress(0)
                    welcome._send()
                if not self.env['ir.cron']._commit_progress(1):
                    return

    def _send(self):
        greeting = self._find_greeting(self.channel_id, self.member_id, self.app_id, self.occurred_at)
        if not greeting:  # taken away since
            self._end('refused', self.env._("Nobody says anything to this customer any more."))
            return
        ready = greeting.material_ids.filtered(lambda material: material._is_ready())
        missing = greeting.material_ids - ready
        try:
            try:
                self._call(greeting, ready)
            except WeComError as error:
                if error.code != NO_MEDIA:
                    raise
                # WeCom forgot a file before its time; refused is not sent, so the text can still go.
                missing |= ready.filtered('media_id')
                missing._forget()
                self._call(greeting, ready - missing)
        except WeComError as error:
            ends = {EXPIRED: 'expired', **dict.fromkeys(TAKEN, 'taken')}
            self._end(ends.get(error.code, 'unknown' if error.sent else 'refused'), error.sentence)
        else:
            left_out = self.env._("Sent without %(materials)s: not uploaded to WeCom yet.", materials=', '.join(missing.mapped('name')))
            self._end('sent', bool(missing) and left_out)
            self.sent_at = fields.Datetime.now()

    def _call(self, greeting, materials):
        name = self.contact_id.name
        text = greeting._fill_in('' if name == self.contact_id.external_userid else name, self.member_id.name)
        self.env['wecom.client']._call(self.app_id, 'externalcontact/send_welcome_msg', {
            'welcome_code': self.code, **({'text': {'content': text}} if text else {}),
            **({'attachments': [material._to_attachment() for material in materials]} if materials else {})})

    def _end(self, state, problem=False):
        self.write({'state': state, 'problem': problem, 'code': False})

    @api.model
    def _find_greeting(self, channel, member, app, moment):
        """Return who says what: the code by which he came, at that hour, else the member, else the app; None when none does."""
        own = channel._find_greeting(moment) if channel else None
        return own or next((greeting for greeting in (member, app) if greeting._says_something()), None)
