from odoo import api, fields, models

from odoo.addons.wecom.models.wecom_client import WeComError

from ..const import CUSTOMERS_AT_ONCE, DAY_IS_FULL, ON_THE_WAY


class WecomHandover(models.Model):
    """Asking WeCom to hand over: each call is noted before it is made, so that one without an answer is asked about, not repeated."""
    _inherit = 'wecom.handover'

    @api.model
    def _cron_send(self):
        """Ask for what is due; an app that must wait holds back no other."""
        lines = self.env['wecom.handover.line']
        for app in self.search([('line_ids.state', 'in', ('planned', 'sent')), ('app_id.state', '=', 'enabled')]).app_id:
            try:
                if not self._send_of(app):
                    self._trigger_send()  # the job's time is up
                    return
            except WeComError as error:
                self._trigger_send(fields.Datetime.add(fields.Datetime.now(), seconds=max(error.seconds, 60)))
                self.env['ir.cron']._commit_progress(0, remaining=0)
        if lines.search_count([('state', '=', 'sent'), ('handover_id.app_id.state', '=', 'enabled')], limit=1):
            self._trigger_send(fields.Datetime.add(fields.Datetime.now(), seconds=60))

    @api.model
    def _send_of(self, app):
        """Ask for what is due of one app, a hundred at a time.

        :return: seconds that the job has left
        :raise WeComError: when the app had better wait
        """
        self = self.with_context(lang=app.user_id.lang)  # people read what is noted
        # What is still "sent" was cut off: only one job of this kind runs.
        self.env['wecom.handover.line'].search([('state', '=', 'sent'), ('handover_id.app_id', '=', app.id)])._ask_unanswered()
        time_left = self.env['ir.cron']._commit_progress(0)
        while time_left and (batch := self._get_due_batch(app)):
            batch.write({'state': 'sent', 'tried_at': fields.Datetime.now()})
            self.env['ir.cron']._commit_progress(0)
            batch._send()
            time_left = self.env['ir.cron']._commit_progress(len(batch))
        return time_left

    @api.model
    def _get_due_batch(self, app):
        """Return lines of one handover and kind that one call takes."""
        due = [('state', '=', 'planned'), ('planned_for', '<=', self._get_day()), ('handover_id.app_id', '=', app.id)]
        first = self.env['wecom.handover.line'].search(due, order='id', limit=1)
        return self.env['wecom.handover.line'].search(
            [*due, ('handover_id', '=', first.handover_id.id), ('chat_id', '!=' if first.chat_id else '=', False)],
            order='id', limit=CUSTOMERS_AT_ONCE)


class WecomHandoverLine(models.Model):
    _inherit = 'wecom.handover.line'

    def _send(self):
        """Make one call for these lines and write down what it says of each.

        :raise WeComError: when the whole job had better wait
        """
        try:
            codes = self._send_chats() if self.chat_id else self._send_customers()
        except WeComError as error:
            if error.policy == 'business':
                self._finish('failed', error.code, self._get_sentence(error.code))
                return
            if error.policy == 'network' and error.sent:
                self.handover_id._trigger_send(fields.Datetime.add(fields.Datetime.now(), seconds=60))
                return  # it may have been carried out: asked before anything else next time
            self.write({'state': 'planned', 'tried_at': False})
            raise
        for code, lines in self.grouped(lambda line: codes.get(line, 0)).items():
            lines._take_answer(code)

    def _send_customers(self):
        """:return: {line: WeCom's code}"""
        handover = self.handover_id
        body = {'handover_userid': handover.giver_id.userid, 'takeover_userid': handover.taker_id.userid,
                'external_userid': self.contact_id.mapped('external_userid')}
        if not handover.is_resigned and handover.message:
            body['transfer_success_msg'] = handover.message
        path = 'externalcontact/resigned/transfer_customer' if handover.is_resigned else 'externalcontact/transfer_customer'
        rows = self.env['wecom.client']._call(handover.app_id, path, body)['customer']
        said = {row['external_userid']: row['errcode'] for row in rows}
        return {line: said.get(line.contact_id.external_userid, -1) for line in self}

    def _send_chats(self):
        """:return: {line: WeCom's code} of those that it didn't hand over"""
        handover = self.handover_id
        path = 'externalcontact/groupchat/transfer' if handover.is_resigned else 'externalcontact/groupchat/onjob_transfer'
        failed = self.env['wecom.client']._call(handover.app_id, path, {
            'chat_id_list': self.chat_id.mapped('number'), 'new_owner': handover.taker_id.userid})['failed_chat_list']
        said = {row['chat_id']: row['errcode'] for row in failed}
        return {line: said[line.chat_id.number] for line in self if line.chat_id.number in said}

    def _take_answer(self, code):
        if code == DAY_IS_FULL and self.chat_id:
            # Somebody else used up the owner's day: tomorrow.
            self.write({'state': 'planned', 'tried_at': False, 'planned_for': fields.Date.add(self.handover_id._get_day(), days=1)})
        elif code in ON_THE_WAY:
            self.code = code  # stays "sent": whether it is on its way to our member is asked next
        elif code:
            self._finish('failed', code, self._get_sentence(code))
        elif self.chat_id:
            self._take_chats()
        else:
            self.state = 'waiting'

    def _take_chats(self):
        """A chat has its new owner at once; what is done by a call causes no event."""
        for taker, lines in self.grouped('taker_id').items():
            lines.chat_id.write({'owner_id': taker.id})
        self._finish('done')
