from odoo import api, fields, models

from odoo.addons.wecom.models.wecom_client import WeComError

from ..const import BAD_MEDIA, OUT_OF_SIGHT, SKEW, TOO_SOON, UNANSWERED

MONTH = 30 * 86400 - 1  # seconds; WeCom lists sends of a month at most


class WecomSend(models.Model):
    """Asking WeCom: each call is noted before it is made, so that one without an answer is looked for, not repeated."""
    _inherit = 'wecom.send'

    @api.model
    def _cron_send(self):
        """Learn of calls that were cut off, begin the sends whose time has come, ask for what is due."""
        tasks = self.env['wecom.send.task']
        enabled = ('app_id.state', '=', 'enabled')
        # What is still "being asked" was cut off: only one job of this kind runs.
        tasks.search([('state', '=', 'asking'), enabled])._each('_find_unanswered', self._trigger_send)
        for send in self.search([('state', '=', 'planned'), ('planned_at', '<=', fields.Datetime.now()), enabled], order='planned_at, id'):
            send.with_context(lang=send.user_id.lang)._begin()  # who reads what is noted
            if not self.env['ir.cron']._commit_progress(1):
                return
        tasks.search([('state', '=', 'planned'), ('due_at', '<=', fields.Datetime.now()), enabled],
                     order='due_at, id')._each('_ask', self._trigger_send)


class WecomSendTask(models.Model):
    _inherit = 'wecom.send.task'

    def _ask(self):
        """Ask WeCom to ask the member.

        :raise WeComError: when the app had better wait
        """
        gone = self.line_ids.filtered(lambda line: line.state == 'planned' and not line._is_still_theirs())
        gone.write({'state': 'no_friend'})
        lines = self.line_ids.filtered(lambda line: line.state == 'planned')
        if not lines:
            self._finish('done')
            return
        is_fresh = True
        try:
            is_fresh = self._upload_materials()
            body = self._prepare_body(lines)
            self.write({'state': 'asking', 'asked_at': fields.Datetime.now()})
            self.env['ir.cron']._commit_progress(0)
            answer = self.env['wecom.client']._call(
                self.app_id, 'externalcontact/add_msg_template', body, expected=[OUT_OF_SIGHT])
        except WeComError as error:
            if error.policy == 'network' and error.sent and self.state == 'asking':
                self.send_id._trigger_send(fields.Datetime.now() + UNANSWERED)
            elif error.policy != 'business':
                self.write({'state': 'planned', 'asked_at': False})
                raise
            elif error.code == BAD_MEDIA and not is_fresh:  # WeCom forgot a file before its time: uploaded once more
                self.send_id.material_ids._forget()
                self.write({'state': 'planned', 'asked_at': False})
                self.send_id._trigger_send()
            else:
                self._finish('failed', 'refused', error.sentence)
            return
        self._take(answer['msgid'], {line for line in lines if line._get_number() not in (answer.get('fail_list') or ())})

    def _upload_materials(self):
        """Have WeCom's ids of all files; tell whether all of them are new."""
        files = self.send_id.material_ids.filtered(lambda material: material.kind != 'link')
        waiting = files.filtered(lambda material: not material._is_ready())
        for material in waiting:
            material._upload()
        return waiting == files

    def _prepare_body(self, lines):
        """Return the body of add_msg_template: naming the sender keeps WeCom from choosing another member who has the customer."""
        send = self.send_id
        is_chats = send.kind == 'chats'
        return {'chat_type': 'group' if is_chats else 'single', 'sender': self.member_id.userid,
                'chat_id_list' if is_chats else 'external_userid': [line._get_number() for line in lines], **send._to_message()}

    def _take(self, msgid, taken):
        """Note that the member was asked.

        :param taken: lines that WeCom took on
        """
        taken = self.env['wecom.send.line'].concat(*taken)
        taken.state = 'unsent'
        self.line_ids.filtered(lambda line: line.state == 'planned').write({
            'state': 'refused', 'problem': self.env._("WeCom can't send to this one through this member.")})
        self.write({'state': 'waiting', 'msgid': msgid, 'problem': False})
        self._plan_poll()
        if self.to_tell:
            self.send_id._trigger_result()

    # === CALLS WITHOUT AN ANSWER === #

    def _find_unanswered(self):
        """Look in WeCom's list for the task of a call whose answer got lost; what isn't there is asked for again."""
        if fields.Datetime.now() < self.asked_at + UNANSWERED:
            self.send_id._trigger_send(self.asked_at + UNANSWERED)
            return
        lines = self.line_ids.filtered(lambda line: line.state == 'planned')
        by_number = {line._get_number(): line for line in lines}
        for msgid in self._find_alike():
            try:
                found = self._read_own(msgid)
            except WeComError as error:
                if error.code != TOO_SOON:
                    raise
                self.send_id._trigger_send(fields.Datetime.now() + UNANSWERED)
                return
            if found and found <= by_number.keys():
                self._take(msgid, {by_number[number] for number in found})
                return
        self.write({'state': 'planned', 'asked_at': False})
        if self.to_tell == 'cancel':
            self._call_off()
        else:
            self.send_id._trigger_send()

    def _find_alike(self):
        """Return the msgids of sends with these words that WeCom lists since, and that aren't those of other tasks."""
        send, since = self.send_id, int(self.asked_at.timestamp()) - SKEW
        body = {'chat_type': 'group' if send.kind == 'chats' else 'single', 'start_time': since, 'limit': 100,
                'end_time': min(int(fields.Datetime.now().timestamp()) + SKEW, since + MONTH), 'filter_type': 0}
        kinds = send.material_ids.mapped('kind')
        alike = [row['msgid'] for row in self._read_pages('externalcontact/get_groupmsg_list_v2', body, 'group_msg_list')
                 if (row.get('text') or {}).get('content', '') == (send.text or '')
                 and [attachment['msgtype'] for attachment in row.get('attachments') or ()] == kinds]
        known = set(self.search([('app_id', '=', self.app_id.id), ('msgid', 'in', alike)]).mapped('msgid'))
        return [msgid for msgid in alike if msgid not in known]

    def _read_own(self, msgid):
        """Return WeCom's ids of those whom a send reaches through this member; none where it is another member's.

        :raise WeComError: also, with its code, while WeCom knows too little of the send yet
        """
        tasks = self._read_pages('externalcontact/get_groupmsg_task', {'msgid': msgid}, 'task_list')
        if [row['userid'].lower() for row in tasks] != [self.member_id.userid_key]:
            return set()
        return {row.get('external_userid') or row.get('chat_id') for row in self._read_results(msgid)}

    def _read_results(self, msgid):
        return self._read_pages('externalcontact/get_groupmsg_send_result',
                                {'msgid': msgid, 'userid': self.member_id.userid}, 'send_list')

    def _read_pages(self, path, body, name):
        rows, cursor = [], ''
        while True:
            answer = self.env['wecom.client']._call(
                self.app_id, path, {**body, **({'cursor': cursor} if cursor else {})}, expected=[TOO_SOON])
            rows += answer.get(name) or []
            cursor = answer.get('next_cursor')
            if not cursor:
                return rows
