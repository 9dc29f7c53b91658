import json
import uuid
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models

from .wecom_client import WeComError

PER_MINUTE = 30  # what a member gets from an app in a minute; WeCom drops the rest without a word (D:90236)
WINDOW = timedelta(seconds=61)
BATCH = 50
AT_ONCE = 1000  # members of one call
POSTPONED = 60  # seconds until the next try, where WeCom names none
CONFIG_POSTPONED = 600


class WecomMessage(models.Model):
    """A message of an app to a member: kept, sent by the job, within what a member may get."""
    _name = 'wecom.message'
    _inherit = ['exchange.message.mixin']
    _description = "WeCom message"

    _queue_cron = 'wecom.ir_cron_wecom_message'

    app_id = fields.Many2one('wecom.app', "App", required=True, readonly=True, ondelete='cascade')
    member_id = fields.Many2one('wecom.member', "To", required=True, readonly=True, ondelete='cascade')
    mail_message_id = fields.Many2one('mail.message', "Message", readonly=True, ondelete='set null', index='btree_not_null')
    msgid = fields.Char("WeCom number", readonly=True)

    _key_uniq = models.UniqueIndex("(app_id, key)", "This message is in the outbox already.")
    _member_idx = models.Index("(member_id, processed_at) WHERE state = 'done'")

    @api.depends('member_id.name', 'received_at')
    def _compute_display_name(self):
        for message in self:
            message.display_name = f'{message.member_id.name} · {message.received_at}'

    @api.model
    def _post(self, members, content, mail_message=None):
        """Put a message to members into the outbox.

        :param content: dict of `tools.card`
        :return: the messages
        """
        payload = json.dumps(content, ensure_ascii=False, sort_keys=True)
        number = mail_message.id if mail_message else uuid.uuid4().hex
        # sudo: whoever writes in a chatter may cause a notice; nobody writes messages himself
        return self.sudo()._insert([{
            'app_id': member.app_id.id, 'member_id': member.id, 'company_id': member.company_id.id or None, 'state': 'pending',
            'attempts': 0, 'mail_message_id': mail_message.id if mail_message else None, 'key': f'{number}-{member.id}',
            'payload': payload, 'payload_sha256': self._digest(payload), 'received_at': self.env.cr.now(),
        } for member in members])

    # === QUEUE === #

    @api.model
    def _lock_due(self, batch_size):
        return super()._lock_due(min(batch_size, BATCH))

    def _process_batch(self):
        """Send what is alike in one call. A crash between call and commit sends again, which WeCom's own check for doubles absorbs."""
        due = self._hold_back_beyond_limit()
        for (app, payload), messages in due.grouped(lambda message: (message.app_id, message.payload)).items():
            for start in range(0, len(messages), AT_ONCE):
                messages[start:start + AT_ONCE]._send(app, json.loads(payload))

    def _hold_back_beyond_limit(self):
        """Return the messages that their members may get in this minute; the others wait for the next."""
        now = fields.Datetime.now()
        sent = Counter(dict(self._read_group(
            [('member_id', 'in', self.member_id.ids), ('state', '=', 'done'), ('processed_at', '>', now - WINDOW)],
            ['member_id'], ['__count'])))
        late = self.browse()
        for message in self:
            sent[message.member_id] += 1
            if sent[message.member_id] > PER_MINUTE:
                late += message
        late._postpone(POSTPONED)
        return self - late

    def _postpone(self, seconds):
        if self:
            moment = fields.Datetime.add(fields.Datetime.now(), seconds=seconds)
            self._update({'next_attempt_at': moment})
            self._trigger_queue(moment)

    def _send(self, app, content):
        """Send one content to the members of these messages."""
        body = {'touser': '|'.join(self.member_id.mapped('userid')), 'agentid': int(app.agent_id), 'enable_duplicate_check': 1, **content}
        try:
            answer = self.env['wecom.client']._call(app, 'message/send', body)
        except WeComError as error:
            self._settle_failure(error)
            return
        unknown = set(filter(None, f'{answer.get("invaliduser", "")}|{answer.get("unlicenseduser", "")}'.lower().split('|')))
        lost = self.filtered(lambda message: message.member_id.userid_key in unknown)
        lost._refuse(self.env._("WeCom knows no such member within the app's visible range. Read the address book again."))
        sent = self - lost
        if sent:
            sent._finish('done', msgid=answer.get('msgid'))
            sent._tell_notifications('sent')

    def _settle_failure(self, error):
        """Wait where waiting heals. A call without an answer is repeated: WeCom takes the same message once within 30 minutes."""
        if error.policy == 'config':
            self._postpone(CONFIG_POSTPONED)
        elif error.policy in ('limit', 'network'):
            self._postpone(error.seconds or POSTPONED)
        else:
            self._refuse(error.sentence)

    def _refuse(self, sentence):
        if self:
            self._finish('rejected', 'reference', False, sentence)
            self._tell_notifications('exception', failure_type='unknown', failure_reason=sentence)

    def _tell_notifications(self, status, **vals):
        # sudo: the queue tells what became of other people's notifications
        notifications_sudo = self.env['mail.notification'].sudo().search([('wecom_message_id', 'in', self.ids)])
        notifications_sudo.write({'notification_status': status, **vals})
