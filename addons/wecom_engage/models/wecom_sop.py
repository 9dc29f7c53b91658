from datetime import UTC, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.wecom.models.exclusive import run_step

JOBS_FIELDS = {'state', 'user_id', 'enrolment_ids'}
AUDIENCE = {'app_id', 'kind', 'member_ids', 'tag_ids', 'tag_match', 'tz'}


class WecomSop(models.Model):
    """A standard operating procedure (SOP): which group sends members are asked for without anybody pressing a button."""
    _name = 'wecom.sop'
    _inherit = ['mail.thread']
    _description = "WeCom SOP"
    _order = 'name, id'

    _transitions = {
        'switch_on': (('off',), 'on'),
        'switch_off': (('on',), 'off'),
    }

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    app_id = fields.Many2one('wecom.app', "App", required=True, ondelete='restrict',
                             default=lambda self: self.env['wecom.channel']._default_app_id())
    company_id = fields.Many2one(related='app_id.company_id', store=True)
    user_id = fields.Many2one('res.users', "Switched on by", readonly=True, copy=False)
    kind = fields.Selection([  # each has a model `wecom.sop.kind.<kind>`
        ('customers', "Customers, on a date"),
        ('chats', "Group chats, on a date or every week"),
        ('personal', "Each customer in stages, from his tag on"),
    ], required=True, default='personal', tracking=True)
    member_ids = fields.Many2many('wecom.member', string="Members", help="Whose customers or group chats; empty: all members'.")
    tag_ids = fields.Many2many('wecom.tag', string="Tags")
    tag_match = fields.Selection([
        ('any', "any of the tags"),
        ('all', "all of the tags"),
    ], "Customers with", required=True, default='any')
    tz = fields.Selection(_tz_get, "Time zone", required=True, default=lambda self: self.env.company.partner_id.tz or 'Asia/Shanghai')
    is_working_hours = fields.Boolean(
        "Only in working hours", default=True, help="What falls outside of a member's working hours waits for their next beginning.")
    state = fields.Selection([
        ('off', "Off"),
        ('on', "On"),
    ], required=True, readonly=True, default='off', copy=False, tracking=True)
    step_ids = fields.One2many('wecom.sop.step', 'sop_id', "Steps", copy=True)
    enrolment_ids = fields.One2many('wecom.sop.enrolment', 'sop_id', "Enrolled customers", readonly=True)
    running_count = fields.Integer("Running", compute='_compute_counts')
    enrolled_count = fields.Integer("Enrolled", compute='_compute_counts')
    send_count = fields.Integer("Group sends", compute='_compute_counts')
    target_count = fields.Integer("Customers or chats concerned", compute='_compute_foresight')
    full_count = fields.Integer("Had enough", compute='_compute_foresight')

    # === COMPUTE METHODS === #

    def _compute_counts(self):
        counts = {}
        for sop, state, count in self.env['wecom.sop.enrolment']._read_group(
                [('sop_id', 'in', self.ids)], ['sop_id', 'state'], ['__count']):
            counts.setdefault(sop, {})[state] = count
        sends = dict(self.env['wecom.send']._read_group([('sop_id', 'in', self.ids)], ['sop_id'], ['__count']))
        for sop in self:
            own = counts.get(sop, {})
            sop.running_count, sop.enrolled_count = own.get('running', 0), sum(own.values())
            sop.send_count = sends.get(sop, 0)

    @api.depends('app_id', 'kind', 'member_ids', 'tag_ids', 'tag_match')
    def _compute_foresight(self):
        for sop in self:
            draft = self.env['wecom.send'].new({**sop._prepare_send(), 'state': 'draft'})
            is_by_hand = sop.kind == 'personal' and not sop.tag_ids
            sop.target_count, sop.full_count = (0, 0) if is_by_hand else (draft.target_count, draft.full_count)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_fields(vals)
        if vals.keys() & (AUDIENCE | {'active'}):
            self._check_is_off()
        if 'kind' in vals and (used := self.filtered(lambda sop: sop.kind != vals['kind'] and (sop.send_count or sop.enrolled_count))[:1]):
            raise UserError(self.env._("“%(sop)s” has worked already and keeps its kind; make another one.", sop=used.name))
        return super().write(vals)

    def _check_fields(self, vals):
        if not self.env.su and vals.keys() & JOBS_FIELDS:
            raise AccessError(self.env._("Whether an SOP is on is changed by its buttons; the rest of its progress by its job."))

    def _check_is_off(self):
        if running := self.filtered(lambda sop: sop.state == 'on')[:1]:
            raise UserError(self.env._("“%(sop)s” is on: switch it off, change when and to whom it speaks, switch it on again.",
                                       sop=running.name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if used := self.filtered(lambda sop: sop.send_count or sop.enrolled_count)[:1]:
            raise UserError(self.env._("“%(sop)s” has worked already; archive it instead.", sop=used.name))

    # === ACTION METHODS === #

    def action_switch_on(self):
        """Work from now on; what lies in the past is left out."""
        self.check_access('write')
        for sop in self:
            if mute := sop.step_ids.filtered(lambda step: not step._says_something())[:1]:
                raise UserError(self.env._("“%(sop)s”: step %(step)s says nothing yet.", sop=sop.name, step=mute.display_name))
            if not sop.step_ids:
                raise UserError(self.env._("“%(sop)s” has no step yet: add what is to be sent, and when.", sop=sop.name))
            sop.step_ids._check_when()
        for sop_sudo in self._transition('switch_on'):
            sop_sudo.user_id = self.env.user
            sop_sudo._get_kind()._begin(sop_sudo)
        self._trigger_run()
        return True

    def action_switch_off(self):
        """Pause: nothing more is sent; what waits for members waits on."""
        self._transition('switch_off')
        return True

    def action_open_enrolments(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.sop.enrolment', 'view_mode': 'list,kanban,form',
                'name': self.name, 'domain': [('sop_id', '=', self.id)], 'context': {'search_default_running': 1}}

    def action_open_sends(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.send', 'view_mode': 'list,kanban,form',
                'name': self.name, 'domain': [('sop_id', '=', self.id)]}

    def _transition(self, verb):
        """Change the state of those that may; return them (sudo), those that are there already not among them."""
        self.check_access('write')
        before, after = self._transitions[verb]
        # sudo: the state is written by buttons only
        todo_sudo = self.sudo().filtered(lambda sop: sop.state in before)
        todo_sudo.write({'state': after})
        return todo_sudo

    # === BUSINESS METHODS === #

    @api.model
    def _trigger_run(self, at=None):
        self.env.ref('wecom_engage.ir_cron_wecom_sop').sudo()._trigger(at)

    @api.model
    def _cron_run(self):
        """Let each SOP that is on do what is due; one transaction each."""
        sops = self.search([('state', '=', 'on'), ('app_id.state', '=', 'enabled')], order='id')
        for left, sop in zip(reversed(range(len(sops))), sops):
            run_step(self.env, partial(sop._get_kind()._run, sop))  # a person may enrol the same customers just now
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                return

    def _get_kind(self):
        return self.env[f'wecom.sop.kind.{self.kind}']

    def _prepare_send(self):
        """Return whom a group send of this SOP reaches."""
        return {'name': self.name, 'app_id': self.app_id.id, 'kind': 'chats' if self.kind == 'chats' else 'customers',
                'member_ids': self.member_ids._origin.ids, 'tag_ids': self.tag_ids._origin.ids, 'tag_match': self.tag_match,
                'is_working_hours': self.is_working_hours}

    def _get_relation_domain(self):
        """Return which relations are of members and tags of this SOP."""
        return self.env['wecom.send'].new(self._prepare_send())._get_target_domain()

    def _get_moment(self, day, hour):
        """Return the moment of a day's hour in the SOP's time zone, as Odoo keeps it."""
        local = datetime.combine(day, time(), ZoneInfo(self.tz)) + timedelta(hours=hour)
        return local.astimezone(UTC).replace(tzinfo=None, microsecond=0)

    def _get_day(self, moment):
        """Return the day of a moment in the SOP's time zone."""
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.tz)).date()
