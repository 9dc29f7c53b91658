from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

JOBS_FIELDS = {'state', 'user_id', 'launched_at', 'task_ids', 'line_ids', 'step_id'}
OPEN = ('planned', 'asking', 'waiting')


class WecomSend(models.Model):
    """A group send (群发): one message that members are asked to send to their customers or group chats.

    WeCom sends nothing by itself: each member gets a task and confirms it. What came of it, WeCom tells for each customer.
    """
    _name = 'wecom.send'
    _inherit = ['mail.thread', 'wecom.words.mixin']
    _description = "WeCom group send"
    _order = 'planned_at desc, id desc'
    _mail_post_access = 'read'

    _transitions = {
        'launch': (('draft',), 'planned'),
        'reopen': (('planned',), 'draft'),
        'begin': (('planned',), 'sending'),
        'finish': (('sending',), 'done'),
        'cancel': (('draft', 'planned', 'sending'), 'cancelled'),
    }

    name = fields.Char(required=True, help="Only seen here.")
    app_id = fields.Many2one('wecom.app', "App", required=True, ondelete='restrict',
                             default=lambda self: self.env['wecom.channel']._default_app_id())
    company_id = fields.Many2one(related='app_id.company_id', store=True)
    user_id = fields.Many2one('res.users', "Launched by", required=True, readonly=True, copy=False, index=True,
                              default=lambda self: self.env.user, help="Who gets it is sought with this person's rights.")
    kind = fields.Selection([
        ('customers', "Customers"),
        ('chats', "Group chats"),
    ], "Goes to", required=True, default='customers')
    planned_at = fields.Datetime("When", copy=False, help="Empty: as soon as it is launched.")
    is_working_hours = fields.Boolean(
        "Only in working hours", default=True, help="A member is asked at the next beginning of his working hours, else of his company's.")
    launched_at = fields.Datetime("Launched", readonly=True, copy=False)
    state = fields.Selection([
        ('draft', "Draft"),
        ('planned', "Planned"),
        ('sending', "Waits for members"),
        ('done', "Done"),
        ('cancelled', "Cancelled"),
    ], required=True, readonly=True, default='draft', copy=False, tracking=True)
    step_id = fields.Many2one('wecom.sop.step', "Step of an SOP", readonly=True, copy=False, index='btree_not_null', ondelete='restrict')
    sop_id = fields.Many2one(related='step_id.sop_id', store=True, index='btree_not_null')
    task_ids = fields.One2many('wecom.send.task', 'send_id', "Members asked", readonly=True)
    line_ids = fields.One2many('wecom.send.line', 'send_id', "Customers and chats", readonly=True)
    line_count = fields.Integer("All", compute='_compute_counts')
    sent_count = fields.Integer("Sent", compute='_compute_counts')
    unsent_count = fields.Integer("Not yet sent", compute='_compute_counts')
    missed_count = fields.Integer("Not received", compute='_compute_counts', help="No friend any more, had enough, or refused by WeCom.")

    _due_idx = models.Index("(planned_at) WHERE state = 'planned'")

    # === COMPUTE METHODS === #

    @api.depends('line_ids.state')
    def _compute_counts(self):
        counts = {}
        for send, state, count in self.env['wecom.send.line']._read_group(
                [('send_id', 'in', self.ids)], ['send_id', 'state'], ['__count']):
            counts.setdefault(send, {})[state] = count
        for send in self:
            own = counts.get(send, {})
            send.line_count = sum(own.values())
            send.sent_count = own.get('sent', 0)
            send.unsent_count = own.get('planned', 0) + own.get('unsent', 0)
            send.missed_count = send.line_count - send.sent_count - send.unsent_count - own.get('cancelled', 0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        """What members were asked to send stays as it was."""
        self._check_fields(vals)
        if not self.env.su and (begun := self.filtered(lambda send: send.state != 'draft')[:1]):
            raise UserError(self.env._("“%(send)s” was launched: press Back to Draft as long as it waits for its time.", send=begun.name))
        return super().write(vals)

    def _check_fields(self, vals):
        if not self.env.su and vals.keys() & JOBS_FIELDS:
            raise AccessError(self.env._("How far a group send is, is changed by its buttons and its job."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_launched(self):
        if launched := self.filtered('task_ids')[:1]:
            raise UserError(self.env._("“%(send)s” was sent and counts for what customers may still get; it stays.", send=launched.name))

    # === ACTION METHODS === #

    def action_launch(self):
        """Ask the members when it is time, in the name of who presses the button."""
        self.check_access('write')
        for send in self:
            if not send._says_something():
                raise UserError(self.env._("“%(send)s” says nothing yet: write a text or add an attachment.", send=send.name))
            if send.state == 'draft' and not send._find_targets():
                raise UserError(self.env._(
                    "“%(send)s” would reach nobody: choose other members, tags or customers of yours.", send=send.name))
        now = fields.Datetime.now()
        for send_sudo in self._transition('launch'):
            send_sudo.write({'user_id': self.env.uid, 'launched_at': now, 'planned_at': max(send_sudo.planned_at or now, now)})
            self._trigger_send(send_sudo.planned_at)
        return True

    def action_reopen(self):
        """Take a send back that hasn't begun."""
        self._transition('reopen')
        return True

    def action_cancel(self):
        """Call the send off; what members sent already stays sent (D:97611)."""
        self._transition('cancel').task_ids._call_off()
        return True

    def action_remind(self):
        """Have WeCom remind the members who haven't confirmed."""
        self.check_access('write')
        return self.task_ids.filtered(lambda task: task.state == 'waiting').action_remind()

    def action_refresh(self):
        """Ask WeCom, soon, what came of it."""
        self.check_access('read')
        return self.task_ids.action_refresh()

    def action_open_lines(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.send.line', 'view_mode': 'list,kanban',
                'name': self.name, 'domain': [('send_id', '=', self.id)], 'context': {'search_default_group_member': True}}

    def _transition(self, verb):
        """Change the state of those that may; return them (sudo), those that are there already not among them."""
        self.check_access('write')
        before, after = self._transitions[verb]
        # sudo: the state is written by buttons and the job only
        todo_sudo = self.sudo().filtered(lambda send: send.state in before)
        todo_sudo.write({'state': after})
        return todo_sudo

    # === BUSINESS METHODS === #

    @api.model
    def _trigger_send(self, at=None):
        self.env.ref('wecom_engage.ir_cron_wecom_send').sudo()._trigger(at)

    @api.model
    def _trigger_result(self, at=None):
        self.env.ref('wecom_engage.ir_cron_wecom_send_result').sudo()._trigger(at)

    def _settle(self):
        """Finish those whose members have all been heard of."""
        running = {send for send, in self.env['wecom.send.task']._read_group(
            [('send_id', 'in', self.ids), ('state', 'in', OPEN)], ['send_id'])}
        self.filtered(lambda send: send not in running)._transition('finish')
