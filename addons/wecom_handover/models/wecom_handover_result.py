from functools import partial

from odoo import api, fields, models

from odoo.addons.wecom.models.exclusive import run_step
from odoo.addons.wecom.models.wecom_client import WeComError
from odoo.addons.wecom.tools import envelope
from odoo.addons.wecom_contact.models.wecom_relation import ALLOTTED

from ..const import FORGOTTEN, ON_THE_WAY, RESULTS

SKEW = 300  # seconds that WeCom's clock and ours may differ


class WecomHandover(models.Model):
    """What became of those who were asked for: WeCom tells of no success by an event, so it is asked."""
    _inherit = 'wecom.handover'

    @api.model
    def _cron_ask(self):
        """Ask for the results of all who wait; each customer's end in a transaction of its own."""
        waiting = self.env['wecom.handover.line'].search([('state', '=', 'waiting'), ('handover_id.app_id.state', '=', 'enabled')])
        for app, lines in waiting.grouped(lambda line: line.handover_id.app_id).items():
            lines = lines.with_context(lang=app.user_id.lang)  # people read what is noted
            try:
                found = lines._ask_results()
            except WeComError as error:  # of one app: the others go on
                self._trigger_ask(fields.Datetime.add(fields.Datetime.now(), seconds=max(error.seconds, 60)))
                continue
            for left, line in zip(reversed(range(len(lines))), lines):
                run_step(self.env, partial(line._take_result, *found.get(line, (None, None))))
                self.env['ir.cron']._commit_progress(1, remaining=left)


class WecomHandoverLine(models.Model):
    _inherit = 'wecom.handover.line'

    def _ask_results(self):
        """Return {line: (status, moment)} of the lines that WeCom lists.

        It lists every handover between two members, earlier ones too, and those refused without a time (D:96333).

        :raise WeComError: when it can't be asked
        """
        found = {}
        for handover, lines in self.grouped(lambda line: line.handover_id).items():
            rows = {}
            for row in self._read_results(handover):
                rows.setdefault(row['external_userid'], []).append(row)
            for line in lines:
                row = line._find_own(rows.get(line.contact_id.external_userid, []))
                if row:
                    found[line] = row['status'], envelope.moment(row['takeover_time']) if row.get('takeover_time') else None
        return found

    @api.model
    def _read_results(self, handover):
        path = 'externalcontact/resigned/transfer_result' if handover.is_resigned else 'externalcontact/transfer_result'
        body = {'handover_userid': handover.giver_id.userid, 'takeover_userid': handover.taker_id.userid, 'cursor': ''}
        while True:
            answer = self.env['wecom.client']._call(handover.app_id, path, body)
            yield from answer.get('customer') or []
            body = {**body, 'cursor': answer.get('next_cursor') or ''}
            if not body['cursor']:
                return

    def _find_own(self, rows):
        """Return the row that is about this line, not about an earlier handover of the same customer between the same two."""
        began = self.tried_at.timestamp() - SKEW
        timed = [row for row in rows if (row.get('takeover_time') or 0) >= began]
        if timed:
            return max(timed, key=lambda row: row['takeover_time'])
        refusals = [row for row in rows if not row.get('takeover_time')]
        earlier = self.search_count([
            ('contact_id', '=', self.contact_id.id), ('giver_id', '=', self.giver_id.id), ('taker_id', '=', self.taker_id.id),
            ('state', 'in', ('refused', 'full')), ('id', '<', self.id)])
        if len(refusals) > earlier or (refusals and self.tried_at < fields.Datetime.now() - FORGOTTEN):
            return refusals[-1]
        return None

    def _ask_unanswered(self):
        """Learn what became of calls without an answer; what WeCom has never heard of is planned again.

        :raise WeComError: when it can't be asked
        """
        customers = self.filtered('contact_id')
        found = customers._ask_results()
        for line in customers:
            if line in found:
                line.write({'state': 'waiting', 'code': 0})
                line._take_result(*found[line])
            elif line.code in ON_THE_WAY:
                line._finish('failed', line.code, line._get_sentence(line.code))
            else:
                line.write({'state': 'planned', 'tried_at': False})
        for line in self - customers:
            line.chat_id._fetch()
            if line.chat_id.owner_id == line.taker_id:
                line._finish('done')
            else:
                line.write({'state': 'planned', 'tried_at': False})

    def _take_result(self, status, moment):
        """Write down what WeCom says of one customer; his records follow when he has passed over."""
        state = RESULTS.get(status)
        if state == 'done':
            self._finish('done')
            self._take_over(moment or fields.Datetime.now())
            self._move_records()
        elif state == 'refused':
            self._finish('refused', problem=self.env._("The customer didn't want to pass over: speak to him, or hand him to another."))
        elif state == 'full':
            self._finish('full', problem=self._get_sentence(40099))
        elif state is None and self.tried_at < fields.Datetime.now() - FORGOTTEN:
            self._finish('failed', problem=self.env._("WeCom doesn't know of this handover (any more): fetch the customer again."))

    def _take_over(self, moment):
        """End the old relation and begin the new one: names, notes and tags carry over, and WeCom is told of them."""
        old, contact = self.relation_id, self.contact_id
        old._end('transferred', moment)
        new = contact.relation_ids.filtered(lambda relation: relation.member_id == self.taker_id)
        vals = {name: old[name] for name in ('remark', 'description', 'remark_corp_name', 'mobiles')
                if old[name] and not new[name]}
        if not new or new.state != 'active':
            vals |= {'state': 'active', 'added_at': moment, 'ended_at': False, 'add_way': ALLOTTED}
        vals |= {'tag_ids': [(4, tag.id) for tag in old.tag_ids], 'is_unsent': True, 'has_unsent_notes': True}
        if new:
            new.write(vals)
        else:
            old.create({'contact_id': contact.id, 'member_id': self.taker_id.id, **vals})
        self.env.ref('wecom_contact.ir_cron_wecom_relation_send').sudo()._trigger()
        contact._mark_stale()
        contact._message_log(body=self.env._(
            "Passed over from %(giver)s to %(taker)s on WeCom.", giver=self.giver_id.name, taker=self.taker_id.name))
