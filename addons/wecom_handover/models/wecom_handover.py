from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..const import CHATS_PER_DAY, DAY_ZONE, TIMES, WITHIN

OPEN = ('planned', 'sent', 'waiting')
AGAIN = ('refused', 'full', 'failed')


class WecomHandover(models.Model):
    """A member's customers and group chats pass to another member; what became of each is kept for good."""
    _name = 'wecom.handover'
    _inherit = ['mail.thread']
    _description = "WeCom handover"
    _order = 'id desc'
    _mail_post_access = 'read'

    app_id = fields.Many2one('wecom.app', "App", required=True, readonly=True, ondelete='restrict')
    company_id = fields.Many2one(related='app_id.company_id', store=True)
    company_ids = fields.Many2many(
        'res.company', string="Companies", readonly=True, help="Whose records follow: those of who started it, and of the new member.")
    giver_id = fields.Many2one('wecom.member', "From", required=True, readonly=True, index=True, ondelete='restrict')
    taker_id = fields.Many2one('wecom.member', "To", required=True, readonly=True, index=True, ondelete='restrict')
    giver_user_id = fields.Many2one('res.users', "User before", readonly=True, index='btree_not_null', ondelete='restrict')
    taker_user_id = fields.Many2one('res.users', "User after", readonly=True, index='btree_not_null', ondelete='restrict')
    is_resigned = fields.Boolean("After leaving", readonly=True, help="He had left the corp: WeCom has other limits then.")
    reason = fields.Char(required=True, readonly=True)
    message = fields.Char("Message to the customers", readonly=True, help="WeCom sends it to customers who passed over on the job.")
    started_by_id = fields.Many2one('res.users', "Started by", required=True, readonly=True, ondelete='restrict')
    started_at = fields.Datetime("Started", required=True, readonly=True)
    line_ids = fields.One2many('wecom.handover.line', 'handover_id', "Customers and chats", readonly=True)
    record_ids = fields.One2many('wecom.handover.record', 'handover_id', "Records", readonly=True)
    state = fields.Selection([
        ('running', "Running"),
        ('done', "Done"),
    ], compute='_compute_state', store=True)
    line_count = fields.Integer("All", compute='_compute_counts')
    open_count = fields.Integer("Under way", compute='_compute_counts')
    done_count = fields.Integer("Passed over", compute='_compute_counts')
    failed_count = fields.Integer("Not passed over", compute='_compute_counts')
    record_count = fields.Integer("Number of records", compute='_compute_record_count')
    progress = fields.Float(compute='_compute_counts')
    last_day = fields.Date("Until", compute='_compute_counts', help="The day on which the last of them is asked for.")

    # === COMPUTE METHODS === #

    @api.depends('giver_id.name', 'taker_id.name')
    def _compute_display_name(self):
        for handover in self:
            handover.display_name = f'{handover.giver_id.name} → {handover.taker_id.name}'

    @api.depends('line_ids.state')
    def _compute_state(self):
        running = {handover for handover, in self.env['wecom.handover.line']._read_group(
            [('handover_id', 'in', self.ids), ('state', 'in', OPEN)], ['handover_id'])}
        for handover in self:
            handover.state = 'running' if handover._origin in running else 'done'

    @api.depends('line_ids.state')
    def _compute_counts(self):
        counts, days = {}, {}
        for handover, state, count, day in self.env['wecom.handover.line']._read_group(
                [('handover_id', 'in', self.ids)], ['handover_id', 'state'], ['__count', 'planned_for:max']):
            counts.setdefault(handover, {})[state] = count
            days[handover] = max(filter(None, (day, days.get(handover))), default=False)
        for handover in self:
            own = counts.get(handover, {})
            handover.line_count = sum(own.values())
            handover.open_count = sum(own.get(state, 0) for state in OPEN)
            handover.done_count = own.get('done', 0)
            handover.failed_count = sum(own.get(state, 0) for state in AGAIN)
            ended = handover.line_count - handover.open_count
            handover.progress = 100.0 * ended / handover.line_count if handover.line_count else 100.0
            handover.last_day = days.get(handover, False)

    @api.depends('record_ids')
    def _compute_record_count(self):
        counts = dict(self.env['wecom.handover.record']._read_group([('handover_id', 'in', self.ids)], ['handover_id'], ['__count']))
        for handover in self:
            handover.record_count = counts.get(handover, 0)

    # === ACTION METHODS === #

    def _check_manager(self):
        """Handing over is a manager's matter: nobody gives away, or takes, other people's customers."""
        if not self.env.user.has_group('wecom_contact.group_manager'):
            raise AccessError(self.env._("Only those who see all WeCom customers may hand customers over; ask your manager."))
        self.check_access('read')

    def action_cancel(self):
        """Leave what hasn't been asked for yet with its member; what WeCom has begun goes on."""
        self._check_manager()
        # sudo: nobody writes handovers by hand
        planned_sudo = self.sudo().line_ids.filtered(lambda line: line.state == 'planned')
        planned_sudo.write({'state': 'cancelled', 'ended_at': fields.Datetime.now()})
        for handover in planned_sudo.handover_id:
            handover._message_log(body=self.env._("%(user)s cancelled what had not been asked for yet.", user=self.env.user.name))
        return True

    def action_again(self):
        """Open the wizard for what didn't pass over: another member may take it."""
        self.ensure_one()
        return self.line_ids.action_again()

    def action_open_lines(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.handover.line', 'view_mode': 'list,kanban',
                'name': self.display_name, 'domain': [('handover_id', '=', self.id)], 'context': {'search_default_again': True}}

    def action_open_records(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.handover.record', 'view_mode': 'list,kanban',
                'name': self.display_name, 'domain': [('handover_id', '=', self.id)], 'context': {'search_default_group_kind': True}}

    # === BUSINESS METHODS === #

    @api.model
    def _start(self, values, relations, chats, with_rest=False):
        """Note who hands what to whom, and let the job ask WeCom.

        :param values: of the handover; who may start it, the caller has checked
        :param relations: `wecom.relation` of the giver, of one app
        :param chats: `wecom.chat` of the giver
        :param with_rest: records of the giver behind which no customer on WeCom stands follow now
        """
        handover = self.create({**values, 'started_by_id': self.env.uid, 'started_at': fields.Datetime.now()})
        today = self._get_day()
        often = {} if handover.is_resigned else self._get_too_often(relations.contact_id)
        lines = [{'handover_id': handover.id, 'relation_id': relation.id, 'planned_for': today,
                  **self.env['wecom.handover.line']._prepare_too_often(often.get(relation.contact_id))} for relation in relations]
        for day, part in self._plan_chats(handover.giver_id, chats):
            lines += [{'handover_id': handover.id, 'chat_id': chat.id, 'planned_for': day} for chat in part]
        self.env['wecom.handover.line'].create(lines)
        if with_rest:
            handover._move_rest()
        self._trigger_send()
        return handover

    @api.model
    def _get_day(self):
        """Return WeCom's today."""
        return fields.Datetime.now().astimezone(DAY_ZONE).date()

    @api.model
    def _trigger_send(self, at=None):
        self.env.ref('wecom_handover.ir_cron_wecom_handover_send').sudo()._trigger(at)

    @api.model
    def _trigger_ask(self, at=None):
        self.env.ref('wecom_handover.ir_cron_wecom_handover_ask').sudo()._trigger(at)

    @api.model
    def _get_too_often(self, contacts):
        """Return {contact: the day from which he may be handed over on the job again}, of those for whom WeCom would refuse now."""
        since = fields.Datetime.now() - WITHIN
        tried = {}
        # sudo: history counts, whoever may see it
        for line in self.env['wecom.handover.line'].sudo().search(
                [('contact_id', 'in', contacts.ids), ('handover_id.is_resigned', '=', False), ('tried_at', '>', since),
                 ('state', 'in', ('sent', 'waiting', 'done', 'refused', 'full'))], order='tried_at'):
            tried.setdefault(line.contact_id.with_env(contacts.env), []).append(line.tried_at)
        return {contact: (times[-TIMES] + WITHIN + timedelta(days=1)).astimezone(DAY_ZONE).date()
                for contact, times in tried.items() if len(times) >= TIMES}

    @api.model
    def _plan_chats(self, giver, chats):
        """Return [(day, chats)]: as many a day as WeCom lets one owner give, less what is planned already."""
        parameter = self.env['ir.config_parameter'].sudo().get_param('wecom_handover.chats_per_day', '')
        most = int(parameter) if parameter.isdigit() and int(parameter) else CHATS_PER_DAY
        today, plan, waiting = self._get_day(), [], chats
        taken = {}
        # sudo: what others plan counts, too
        for day, count in self.env['wecom.handover.line'].sudo()._read_group(
                [('handover_id.giver_id', '=', giver.id), ('chat_id', '!=', False), ('planned_for', '>=', today),
                 ('state', 'in', ('planned', 'sent', 'done'))], ['planned_for:day'], ['__count']):
            taken[day] = count
        day = today
        while waiting:
            room = max(0, most - taken.get(day, 0))
            if room:
                plan.append((day, waiting[:room]))
                waiting = waiting[room:]
            day += timedelta(days=1)
        return plan
