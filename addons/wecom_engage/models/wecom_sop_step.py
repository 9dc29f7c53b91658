from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

TIMING = {'sop_id', 'day', 'date', 'weekday', 'hour'}


class WecomSopStep(models.Model):
    """What an SOP sends at one time."""
    _name = 'wecom.sop.step'
    _inherit = ['wecom.words.mixin']
    _description = "Step of a WeCom SOP"
    _order = 'sop_id, day, date, weekday, hour, id'

    sop_id = fields.Many2one('wecom.sop', "SOP", required=True, index=True, ondelete='cascade')
    app_id = fields.Many2one(related='sop_id.app_id')
    company_id = fields.Many2one(related='sop_id.company_id', store=True)
    kind = fields.Selection(related='sop_id.kind')
    day = fields.Integer("Day", help="Days after the customer was enrolled; 0 is the same day.")
    date = fields.Date()
    weekday = fields.Selection([
        ('0', "Monday"),
        ('1', "Tuesday"),
        ('2', "Wednesday"),
        ('3', "Thursday"),
        ('4', "Friday"),
        ('5', "Saturday"),
        ('6', "Sunday"),
    ], "Every")
    hour = fields.Float("Time", required=True, default=9.0)
    next_at = fields.Datetime("Next", readonly=True, copy=False)
    send_ids = fields.One2many('wecom.send', 'step_id', "Group sends", readonly=True)
    line_count = fields.Integer("All", compute='_compute_line_counts')
    sent_count = fields.Integer("Sent", compute='_compute_line_counts')

    @api.depends('kind', 'day', 'date', 'weekday', 'hour')
    @api.depends_context('lang')
    def _compute_display_name(self):
        weekdays = dict(self._fields['weekday']._description_selection(self.env))
        for step in self:
            when = self.env._("Day %(day)s", day=step.day) if step.kind == 'personal' else weekdays[step.weekday] if step.weekday \
                else format_date(self.env, step.date)
            minutes = round(step.hour * 60)
            step.display_name = f'{when} {minutes // 60:02}:{minutes % 60:02}'

    @api.depends('send_ids')
    def _compute_line_counts(self):
        counts = {}
        for send, state, count in self.env['wecom.send.line']._read_group(
                [('send_id.step_id', 'in', self.ids)], ['send_id', 'state'], ['__count']):
            own = counts.setdefault(send.step_id.id, {})
            own[state] = own.get(state, 0) + count
        for step in self:
            own = counts.get(step.id, {})
            step.line_count, step.sent_count = sum(own.values()), own.get('sent', 0)

    @api.constrains('sop_id', 'day', 'date', 'weekday', 'hour')
    def _check_when(self):
        for step in self:
            if not 0 <= step.hour < 24:
                raise ValidationError(self.env._("“%(sop)s”: a time lies between 0:00 and 23:59.", sop=step.sop_id.name))
            if step.kind == 'personal' and not 0 <= step.day <= 3650:
                raise ValidationError(self.env._("“%(sop)s”: a step lies 0 to 3650 days after the first.", sop=step.sop_id.name))
            if (step.kind == 'customers' and not step.date) or (step.kind == 'chats' and bool(step.date) == bool(step.weekday)):
                raise ValidationError(self.env._(
                    "“%(sop)s”: give each step a date, or, for group chats, a weekday instead.", sop=step.sop_id.name))

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.sop_id._check_is_off()
        return steps

    def write(self, vals):
        if vals.keys() & TIMING:
            self.sop_id._check_is_off()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.sop_id._check_is_off()
        if used := self.filtered('send_ids')[:1]:
            raise UserError(self.env._(
                "“%(sop)s”: step %(step)s was sent already and stays.", sop=used.sop_id.name, step=used.display_name))

    def _make_send(self, **values):
        """Return a new group send of this step, planned or begun by the caller."""
        return self.env['wecom.send'].create({
            **self.sop_id._prepare_send(), 'name': f'{self.sop_id.name} – {self.display_name}', 'step_id': self.id, 'text': self.text,
            'material_ids': self.material_ids.ids, 'user_id': self.sop_id.user_id.id, 'launched_at': fields.Datetime.now(), **values})
