from datetime import timedelta

from odoo import api, fields, models

from ..const import CARRIER_CODES
from .sms_cn_provider import GatewayError

#: minutes after sending; then it is left unknown. Aliyun answers for 30 days, Tencent Cloud for 7
POLLS = (1, 3, 10, 30, 120, 720, 1440, 4320)
BATCH = 100
KEPT_DAYS = 365


class SmsCnMessage(models.Model):
    """A message a gateway took, and what became of it. Its text isn't kept: it may be a verification code."""
    _name = 'sms.cn.message'
    _description = "SMS handed to a gateway"
    _order = 'id desc'
    _rec_name = 'serial'

    account_id = fields.Many2one('sms.cn.account', "Gateway", required=True, readonly=True, ondelete='restrict', index=True)
    company_id = fields.Many2one(related='account_id.company_id', store=True, index=True)
    template_id = fields.Many2one('sms.cn.template', "Template", readonly=True, ondelete='set null', index='btree_not_null')
    number = fields.Char(required=True, readonly=True)
    sms_uuids = fields.Json(readonly=True, help="The SMS of Odoo it stands for: one number can be addressed twice in a batch.")
    serial = fields.Char("Receipt", required=True, readonly=True, index=True)
    state = fields.Selection([
        ('sent', "Sent"), ('delivered', "Delivered"), ('failed', "Failed"), ('unknown', "Unknown"),
    ], required=True, readonly=True, default='sent')
    carrier_code = fields.Char("Code of the carrier", readonly=True)
    sent_at = fields.Datetime("Sent at", required=True, readonly=True, default=lambda self: fields.Datetime.now())
    reported_at = fields.Datetime("Reported at", readonly=True)
    polls = fields.Integer("Times asked", readonly=True)
    next_poll_at = fields.Datetime("Next question", readonly=True)

    _poll_idx = models.Index("(next_poll_at, id) WHERE state = 'sent'")

    @api.model_create_multi
    def create(self, vals_list):
        first_poll_at = fields.Datetime.now() + timedelta(minutes=POLLS[0])
        if vals_list:
            self.env.ref('sms_cn.ir_cron_poll')._trigger(at=first_poll_at)
        return super().create([{'next_poll_at': first_poll_at, **vals} for vals in vals_list])

    @api.model
    def _cron_poll(self):
        """Ask the gateways what became of the messages whose time has come."""
        due = [('state', '=', 'sent'), ('next_poll_at', '<=', fields.Datetime.now())]
        messages = self.search(due, limit=BATCH, order='next_poll_at, id').try_lock_for_update()
        for message in messages:
            message._poll()
        self.env['ir.cron']._commit_progress(len(messages), remaining=self.search_count(due))
        later = self.search([('state', '=', 'sent')], limit=1, order='next_poll_at, id')
        if later:
            self.env.ref('sms_cn.ir_cron_poll')._trigger(at=later.next_poll_at)

    def _poll(self):
        self.ensure_one()
        try:
            state, code = self.account_id._provider()._query(self)
        except GatewayError as error:
            state, code = None, error.code
        if state:
            self._report(state, code)
        elif self.polls + 1 < len(POLLS):
            self.write({'polls': self.polls + 1, 'next_poll_at': self.sent_at + timedelta(minutes=POLLS[self.polls + 1])})
            # asked early because of a hint, it must not be asked again at once
            self.next_poll_at = max(self.next_poll_at, fields.Datetime.now() + timedelta(minutes=1))
        else:
            self.write({'polls': self.polls + 1, 'state': 'unknown', 'carrier_code': code, 'next_poll_at': False})

    def _report(self, state, code):
        """Write down the end of a message and tell Odoo's own records of it."""
        self.ensure_one()
        self.write({'state': state, 'carrier_code': code, 'reported_at': fields.Datetime.now(), 'next_poll_at': False})
        trackers = self.env['sms.tracker'].search([('sms_uuid', 'in', self.sms_uuids or [])])
        sent = self.env['sms.sms'].search([('uuid', 'in', self.sms_uuids or [])])
        if state == 'delivered':
            trackers._action_update_from_sms_state('sent')
            sent.write({'state': 'sent'})
        else:
            trackers.with_context(sms_known_failure_reason=code)._action_update_from_provider_error(
                CARRIER_CODES.get(code, 'not_delivered'))
            sent.write({'state': 'error', 'failure_type': 'unknown', 'failure_reason': code})

    def _hint(self):
        """The vendor's push says these have an end: ask now. The push itself is unsigned and decides nothing."""
        waiting = self.filtered(lambda message: message.state == 'sent')
        if waiting:
            waiting.next_poll_at = fields.Datetime.now()
            self.env.ref('sms_cn.ir_cron_poll')._trigger()

    @api.autovacuum
    def _gc_messages(self):
        """Numbers of people aren't kept for ever."""
        old = self.search([('sent_at', '<', fields.Datetime.now() - timedelta(days=KEPT_DAYS))], limit=1000)
        old.unlink()
        return len(old), len(old) == 1000
