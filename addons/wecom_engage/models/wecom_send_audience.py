import ast
from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..const import AT_ONCE

WEEKS = timedelta(days=30)  # within which a member works again


class WecomSend(models.Model):
    """Who gets a send: chosen ones, or those of members with tags; and who can't get it, foreseen before it is launched."""
    _inherit = 'wecom.send'

    member_ids = fields.Many2many('wecom.member', string="Members", help="Empty: all members whose customers you see.")
    tag_ids = fields.Many2many('wecom.tag', string="Tags")
    tag_match = fields.Selection([
        ('any', "any of the tags"),
        ('all', "all of the tags"),
    ], "Customers with", required=True, default='any')
    contact_ids = fields.Many2many('wecom.contact', string="Chosen customers", help="Then nobody else gets it.")
    chat_ids = fields.Many2many('wecom.chat', string="Chosen group chats", help="Then no other chat gets it.")
    domain = fields.Char("Further filter", default='[]')
    target_count = fields.Integer("Will be reached", compute='_compute_foresight')
    target_member_count = fields.Integer("Members who will be asked", compute='_compute_foresight')
    full_count = fields.Integer("Had enough", compute='_compute_foresight')
    near_count = fields.Integer("May have had enough", compute='_compute_foresight')

    # === WHO === #

    @api.constrains('domain')
    def _check_domain(self):
        for send in self:
            send._get_filter()

    def _get_filter(self):
        try:
            domain = Domain(ast.literal_eval(self.domain or '[]'))
            self.env['wecom.contact'].sudo()._search(domain)
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(self.env._(
                "“%(send)s”: the filter can't be read; choose it in the editor again.", send=self.name)) from error
        return domain

    def _get_target_domain(self):
        """Return which relations, or chats, are meant; rights limit them further."""
        members = self.member_ids._origin
        if self.kind == 'chats':
            domain = Domain('app_id', '=', self.app_id.id) & Domain('owner_id.active', '=', True)
            if self.chat_ids:
                return domain & Domain('id', 'in', self.chat_ids._origin.ids)
            return domain & (Domain('owner_id', 'in', members.ids) if members else Domain.TRUE)
        domain = Domain('app_id', '=', self.app_id.id) & Domain('state', '=', 'active') & Domain('member_id.active', '=', True)
        if members:
            domain &= Domain('member_id', 'in', members.ids)
        if self.contact_ids:
            return domain & Domain('contact_id', 'in', self.contact_ids._origin.ids)
        tags = self.tag_ids._origin
        if tags:
            each = [Domain('tag_ids', 'in', tag.ids) for tag in tags]
            domain &= Domain.AND(each) if self.tag_match == 'all' else Domain.OR(each)
        extra = self._get_filter()
        return domain if extra.is_true() else domain & Domain('contact_id', 'any', extra)

    def _find_targets(self):
        """Return the chats, or one relation of each customer: that of his own salesperson, else the oldest of those meant."""
        found = self._get_target_model().search(self._get_target_domain())
        if self.kind == 'chats':
            return found
        # sudo: whose customer he is, is seen by leads and contacts that not everybody may read
        return found.sudo()._pick_owners().with_env(self.env)

    def _get_target_model(self):
        return self.env['wecom.chat' if self.kind == 'chats' else 'wecom.relation']

    # === FORESIGHT === #

    @api.depends('app_id', 'kind', 'member_ids', 'tag_ids', 'tag_match', 'contact_ids', 'chat_ids', 'domain', 'planned_at', 'state')
    @api.depends_context('uid')
    def _compute_foresight(self):
        """Count before it is launched, even before it is saved, whom it reaches and who can't get it any more."""
        for send in self:
            if send.state not in ('draft', 'planned') or not send.app_id:
                send.target_count = send.target_member_count = send.full_count = send.near_count = 0
                continue
            seeker = send if send.state == 'draft' else send._as_launcher()
            member, target = ('owner_id', 'id') if send.kind == 'chats' else ('member_id', 'contact_id')
            [[members, targets]] = seeker._get_target_model()._read_group(
                seeker._get_target_domain(), [], [f'{member}:count_distinct', f'{target}:count_distinct'])
            full, near = seeker._find_full()
            send.target_count, send.target_member_count = targets, members
            send.full_count, send.near_count = len(full), len(near)

    def _find_full(self):
        """Return (those who had as many sends as WeCom allows, those who may when others are confirmed), as far as known here."""
        moment = max(self.planned_at or fields.Datetime.now(), fields.Datetime.now())
        # sudo: salespeople don't see apps
        most, since, until = self.sudo().app_id._get_send_quota(moment)
        field = 'chat_id' if self.kind == 'chats' else 'contact_id'
        meant = self._get_target_model()._search(self._get_target_domain())
        if self.kind == 'customers':
            meant = self.env['wecom.contact']._search([('relation_ids', 'in', meant)])
        had = Domain('state', '=', 'sent') & Domain('sent_at', '>=', since) & Domain('sent_at', '<', until)
        waiting = Domain('state', 'in', ('planned', 'unsent'))
        # sudo: what others send counts, too
        lines_sudo = self.env['wecom.send.line'].sudo()
        full, near = (
            {target.with_env(self.env) for target, in lines_sudo._read_group(
                Domain(field, 'in', meant) & counted, [field], having=[('__count', '>=', most)])}
            for counted in (had, had | waiting))
        return full, near - full

    def action_open_full(self):
        """Show who had enough, or may have."""
        self.ensure_one()
        self.check_access('read')
        targets = set().union(*self._find_full())
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.chat' if self.kind == 'chats' else 'wecom.contact',
                'view_mode': 'list,form', 'name': self.name, 'domain': [('id', 'in', [target.id for target in targets])]}

    # === BEGINNING === #

    def _as_launcher(self):
        """Return the send as who launched it sees the world."""
        # sudo: the launcher's companies are no secret to the job
        return self.with_user(self.user_id).with_context(allowed_company_ids=self.sudo().user_id.company_ids.ids)

    def _begin(self):
        """Give each member a task with his customers or chats, as they are now."""
        launcher = self._as_launcher()
        try:
            targets, (full, _near) = launcher._find_targets(), launcher._find_full()
        except (UserError, ValidationError) as error:
            self._transition('cancel')
            self._message_log(body=str(error))
            return
        self._transition('begin')
        self._spread(targets.with_env(self.env), {target.id for target in full})

    def _spread(self, targets, full=()):
        """Make the tasks and their lines.

        :param targets: `wecom.relation` or `wecom.chat`
        :param full: ids of customers or chats who had enough: WeCom would refuse, so it isn't even asked
        """
        is_chats, most = self.kind == 'chats', AT_ONCE[self.kind]
        tasks, lines = [], []
        for member, own in targets.grouped('owner_id' if is_chats else 'member_id').items():
            asked = own.filtered(lambda target: (target if is_chats else target.contact_id).id not in full)
            for part in [asked[start:start + most] for start in range(0, len(asked), most)]:
                tasks.append({'send_id': self.id, 'member_id': member.id, 'due_at': self._get_due(member)})
                lines.append((part, {'state': 'planned'}))
            if left := own - asked:
                tasks.append({'send_id': self.id, 'member_id': member.id, 'state': 'done', 'due_at': self.planned_at})
                lines.append((left, {'state': 'limit', 'problem': self.env._("Had as many as WeCom allows; not asked.")}))
        field = 'chat_id' if is_chats else 'relation_id'
        made = self.env['wecom.send.task'].create(tasks)
        self.env['wecom.send.line'].create([
            {'task_id': task.id, field: target.id, **vals} for task, (part, vals) in zip(made, lines) for target in part])
        for moment in set(made.filtered(lambda task: task.state == 'planned').mapped('due_at')):
            self._trigger_send(moment)
        self._settle()

    def _get_due(self, member):
        """Return when a member may be asked: at the planned time, or when he works next."""
        moment = self.planned_at
        # sudo: working hours belong to employees
        user_sudo = member.sudo().user_id
        company_sudo = (self.company_id or user_sudo.company_id or self.user_id.company_id).sudo()
        calendar_sudo = user_sudo.resource_calendar_id or company_sudo.resource_calendar_id
        if not self.is_working_hours or not calendar_sudo:
            return moment
        resource_sudo = user_sudo.resource_ids[:1]
        begin = moment.replace(tzinfo=UTC)
        intervals = calendar_sudo._work_intervals_batch(begin, begin + WEEKS, resource_sudo)[resource_sudo.id]
        starts = [start for start, _end, _attendance in intervals]
        return starts[0].astimezone(UTC).replace(tzinfo=None) if starts else moment
