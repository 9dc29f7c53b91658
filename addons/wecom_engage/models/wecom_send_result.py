from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.wecom.models.wecom_client import WeComError
from odoo.addons.wecom.tools import envelope

from ..const import CONFIRMED, FORGOTTEN, POLL_FIRST, POLL_LAST, STATUS, TOO_SOON

CROWDED = timedelta(minutes=3)  # WeCom asks to be left alone around full and half hours (D:90236)


class WecomSend(models.Model):
    """What came of sends: no event tells that a member confirmed, so WeCom is asked, more and more seldom."""
    _inherit = 'wecom.send'

    @api.model
    def _cron_result(self):
        """Tell WeCom of reminders and cancellations, then ask about those whom we wait for."""
        waiting = [('state', '=', 'waiting'), ('app_id.state', '=', 'enabled')]
        tasks = self.env['wecom.send.task']
        tasks.search([*waiting, ('to_tell', '!=', False)])._each('_tell', self._trigger_result)
        tasks.search([*waiting, ('poll_at', '<=', fields.Datetime.now())], order='poll_at')._each('_poll', self._trigger_result)


class WecomSendTask(models.Model):
    _inherit = 'wecom.send.task'

    def _plan_poll(self):
        """Look again after a quarter of the time that it has waited."""
        now = fields.Datetime.now()
        moment = now + min(max((now - self.asked_at) / 4, POLL_FIRST), POLL_LAST)
        past = timedelta(minutes=moment.minute % 30, seconds=moment.second)
        self.poll_at = moment + CROWDED - past if past < CROWDED else moment

    def _poll(self):
        """Ask whether the member confirmed, and what became of each.

        :raise WeComError: when the app had better wait
        """
        try:
            rows = self._read_pages('externalcontact/get_groupmsg_task', {'msgid': self.msgid}, 'task_list')
            row = next((row for row in rows if row['userid'].lower() == self.member_id.userid_key), {})
            if row.get('status') == CONFIRMED:
                self.confirmed_at = self.confirmed_at or envelope.moment(row['send_time'])
                self._take_results()
        except WeComError as error:
            if error.policy != 'business':
                raise
            self.problem = False if error.code == TOO_SOON else error.sentence
        else:
            self.write({'polled_at': fields.Datetime.now(), 'problem': False})
            if self.confirmed_at and not self.unsent_count:
                self._finish('done')
                return
            if self.asked_at < fields.Datetime.now() - FORGOTTEN:
                self._finish('done' if self.confirmed_at else 'expired', 'expired')
                return
        self._plan_poll()

    def _take_results(self):
        """Write down what WeCom says of each customer or chat; nothing else makes a line "sent"."""
        lines = {line._get_number(): line for line in self.line_ids}
        said = {}
        for row in self._read_results(self.msgid):
            line = lines.get(row.get('external_userid') or row.get('chat_id'))
            if line and row['status'] in STATUS:
                at = envelope.moment(row['send_time']) if row['status'] == 1 and row.get('send_time') else False
                if (line.state, line.sent_at) != (STATUS[row['status']], at):
                    said.setdefault((STATUS[row['status']], at), []).append(line)
        for (state, at), own in said.items():
            self.env['wecom.send.line'].concat(*own).write({'state': state, 'sent_at': at, 'problem': False})

    # === REMINDING, CALLING OFF === #

    def _tell(self):
        """Tell WeCom what was pressed here.

        :raise WeComError: when the app had better wait
        """
        if self.to_tell == 'remind':
            self._remind()
        else:
            self._stop()

    def _remind(self):
        """A reminder is counted before it is sent: one without an answer isn't repeated, as members may get three a day."""
        before = self.reminders
        self.write({'to_tell': False, 'problem': False,
                    'reminders': [*self._get_recent_reminders(), fields.Datetime.to_string(fields.Datetime.now())]})
        self.env['ir.cron']._commit_progress(0)
        try:
            self.env['wecom.client']._call(self.app_id, 'externalcontact/remind_groupmsg_send', {'msgid': self.msgid})
        except WeComError as error:
            if error.policy == 'business':
                self.problem = error.sentence
            elif not error.sent:
                self.write({'to_tell': 'remind', 'reminders': before})
                raise

    def _stop(self):
        """Stop what the member hasn't sent; doing so twice changes nothing."""
        try:
            self.env['wecom.client']._call(self.app_id, 'externalcontact/cancel_groupmsg_send', {'msgid': self.msgid})
            self._take_results()
        except WeComError as error:
            if error.policy != 'business':
                raise
            if error.code == TOO_SOON:
                self.send_id._trigger_result(fields.Datetime.now() + POLL_FIRST)
                return
            self.write({'to_tell': False, 'problem': error.sentence})
            return
        self._finish('cancelled' if self.unsent_count else 'done', 'cancelled')
