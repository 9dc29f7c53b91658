from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.wecom.models.wecom_client import WeComError

from ..const import REMINDERS, REMINDERS_WITHIN
from .wecom_send import OPEN


class WecomSendTask(models.Model):
    """What one member is asked to send: one call, known to WeCom by its msgid, which the member confirms in his client."""
    _name = 'wecom.send.task'
    _description = "WeCom group send of one member"
    _order = 'due_at desc, id desc'

    send_id = fields.Many2one('wecom.send', "Group send", required=True, readonly=True, index=True, ondelete='cascade')
    app_id = fields.Many2one(related='send_id.app_id', store=True)
    company_id = fields.Many2one(related='send_id.company_id', store=True)
    member_id = fields.Many2one('wecom.member', "Member", required=True, readonly=True, index=True, ondelete='restrict')
    user_id = fields.Many2one(related='member_id.user_id', store=True, index='btree_not_null', string="User")
    is_directed = fields.Boolean(compute='_compute_is_directed', export_string_translation=False)
    preview = fields.Html(related='send_id.preview')
    state = fields.Selection([
        ('planned', "Planned"),
        ('asking', "Being asked"),
        ('waiting', "Waits for the member"),
        ('done', "Confirmed"),
        ('failed', "Refused by WeCom"),
        ('expired', "Never confirmed"),
        ('cancelled', "Cancelled"),
    ], required=True, readonly=True, default='planned')
    msgid = fields.Char("WeCom ID", readonly=True)
    due_at = fields.Datetime("To be asked", required=True, readonly=True)
    asked_at = fields.Datetime("Asked", readonly=True)
    poll_at = fields.Datetime("Next look", readonly=True)
    polled_at = fields.Datetime("Looked at", readonly=True)
    confirmed_at = fields.Datetime("Confirmed at", readonly=True)
    to_tell = fields.Selection([
        ('remind', "Remind"),
        ('cancel', "Cancel"),
    ], "On its way to WeCom", readonly=True)
    reminders = fields.Json(readonly=True, help="When WeCom was asked to remind the member.")
    reminder_count = fields.Integer("Reminders within 24 hours", compute='_compute_reminder_count')
    problem = fields.Char(readonly=True)
    line_ids = fields.One2many('wecom.send.line', 'task_id', "Customers and chats", readonly=True)
    line_count = fields.Integer("All", compute='_compute_counts')
    sent_count = fields.Integer("Sent", compute='_compute_counts')
    unsent_count = fields.Integer("Not yet sent", compute='_compute_counts')

    _msgid_uniq = models.UniqueIndex("(app_id, msgid)", "The task is known already.")
    _open_idx = models.Index("(state, due_at) WHERE state IN ('planned', 'asking', 'waiting')")

    # === COMPUTE METHODS === #

    @api.depends('send_id.name', 'member_id.name')
    def _compute_display_name(self):
        for task in self:
            task.display_name = f'{task.send_id.name} – {task.member_id.name}'

    @api.depends('send_id.user_id')
    @api.depends_context('uid')
    def _compute_is_directed(self):
        """Whether the reader may remind the member and call it off."""
        is_manager = self.env.user.has_group('wecom_contact.group_manager')
        for task in self:
            task.is_directed = is_manager or task.send_id.user_id == self.env.user

    @api.depends('reminders')
    def _compute_reminder_count(self):
        for task in self:
            task.reminder_count = len(task._get_recent_reminders())

    @api.depends('line_ids.state')
    def _compute_counts(self):
        counts = {}
        for task, state, count in self.env['wecom.send.line']._read_group(
                [('task_id', 'in', self.ids)], ['task_id', 'state'], ['__count']):
            counts.setdefault(task, {})[state] = count
        for task in self:
            own = counts.get(task, {})
            task.line_count = sum(own.values())
            task.sent_count = own.get('sent', 0)
            task.unsent_count = own.get('planned', 0) + own.get('unsent', 0)

    # === ACTION METHODS === #

    def _check_whose(self):
        """Whose send it is, and managers, may remind and call off; a member confirms or leaves it in WeCom."""
        self.check_access('read')
        if not all(task.is_directed for task in self):
            raise AccessError(self.env._("Only who launched a group send, or a manager, may do this."))

    def action_remind(self):
        """Have WeCom remind the members; it does so three times within 24 hours at most (D:97610)."""
        self._check_whose()
        waiting = self.filtered(lambda task: task.state == 'waiting')
        if not waiting:
            raise UserError(self.env._("Nobody is waited for here: remind members who have been asked and haven't confirmed."))
        if tired := waiting.filtered(lambda task: task.reminder_count >= REMINDERS)[:1]:
            raise UserError(self.env._(
                "“%(task)s”: WeCom reminds a member at most three times within 24 hours; try again tomorrow.", task=tired.display_name))
        # sudo: tasks are written by nobody by hand
        waiting.sudo().filtered(lambda task: not task.to_tell).to_tell = 'remind'
        self.env['wecom.send']._trigger_result()
        return True

    def action_cancel(self):
        """Call the send off for these members; what they sent already stays sent."""
        self._check_whose()
        # sudo: the same
        self.sudo()._call_off()
        return True

    def action_refresh(self):
        """Ask WeCom, soon, what came of these."""
        self.check_access('read')
        # sudo: the same
        self.sudo().filtered(lambda task: task.state == 'waiting').poll_at = fields.Datetime.now()
        self.env['wecom.send']._trigger_result()
        return True

    def action_open_lines(self):
        self.ensure_one()
        return {'type': 'ir.actions.act_window', 'res_model': 'wecom.send.line', 'view_mode': 'list,kanban',
                'name': self.display_name, 'domain': [('task_id', '=', self.id)]}

    # === BUSINESS METHODS === #

    def _get_recent_reminders(self):
        since = fields.Datetime.to_string(fields.Datetime.now() - REMINDERS_WITHIN)
        return [moment for moment in self.reminders or [] if moment > since]

    def _call_off(self):
        """End what WeCom wasn't asked for; have WeCom stop the rest."""
        running = self.filtered(lambda task: task.state in OPEN)
        running.filtered(lambda task: task.state == 'planned')._finish('cancelled', 'cancelled')
        running.filtered(lambda task: task.state != 'planned').to_tell = 'cancel'
        self.env['wecom.send']._trigger_result()

    def _finish(self, state, lines=None, problem=False):
        """End tasks, with the lines of which nothing was heard."""
        self.write({'state': state, 'problem': problem, 'to_tell': False, 'poll_at': False})
        if lines:
            self.line_ids.filtered(lambda line: line.state in ('planned', 'unsent')).write({'state': lines, 'problem': problem})
        self.send_id._settle()

    def _each(self, job, again):
        """Do a job on each, a transaction each; an app that WeCom refuses holds up no other's.

        :param job: name of a method
        :param again: function (moment) that wakes the cron
        """
        stopped = self.env['wecom.app']
        for left, task in zip(reversed(range(len(self))), self):
            if task.app_id not in stopped:
                stopped |= task._attempt(job, again)
            if not self.env['ir.cron']._commit_progress(1, remaining=left):
                return

    def _attempt(self, job, again):
        """Do it; return the app when it had better be left alone for now."""
        try:
            getattr(self.with_context(lang=self.send_id.user_id.lang), job)()  # who launched it reads what is noted
        except WeComError as error:
            again(fields.Datetime.add(fields.Datetime.now(), seconds=max(error.seconds, 60)))
            return self.app_id
        return self.env['wecom.app']
