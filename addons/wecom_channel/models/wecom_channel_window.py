from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import format_duration

WEEKDAYS = ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')
MOST_MEMBERS = 100


class WecomChannelWindow(models.Model):
    """When certain members answer a code: weekdays, from one hour to another of the channel's time zone; the first open one counts."""
    _name = 'wecom.channel.window'
    _inherit = ['wecom.greeting.mixin']
    _description = "Time window of a WeCom channel code"
    _order = 'sequence, id'

    channel_id = fields.Many2one('wecom.channel', "Channel code", required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='channel_id.company_id', store=True)
    sequence = fields.Integer(default=10)
    mon = fields.Boolean("Monday", default=True)
    tue = fields.Boolean("Tuesday", default=True)
    wed = fields.Boolean("Wednesday", default=True)
    thu = fields.Boolean("Thursday", default=True)
    fri = fields.Boolean("Friday", default=True)
    sat = fields.Boolean("Saturday")
    sun = fields.Boolean("Sunday")
    hour_from = fields.Float("From", required=True, default=9.0)
    hour_to = fields.Float("To", required=True, default=18.0, help="Not after the beginning: on the next day.")
    member_ids = fields.Many2many('wecom.member', string="Members", required=True, domain="[('company_id', '=', company_id)]")
    welcome = fields.Text(help="Instead of the code's; empty: as there. {customer} and {member} stand for their names.")

    @api.depends('hour_from', 'hour_to', *WEEKDAYS)
    def _compute_display_name(self):
        names = [self._fields[day].get_description(self.env, ['string'])['string'] for day in WEEKDAYS]
        for window in self:
            # Neighbouring days are one run: Monday–Friday.
            runs, before = [], None
            for day, name in zip(WEEKDAYS, names):
                if window[day] and runs and runs[-1][-1] == before:
                    runs[-1].append(name)
                elif window[day]:
                    runs.append([name])
                before = name
            days = ', '.join(run[0] if len(run) == 1 else f'{run[0]}–{run[-1]}' for run in runs)
            window.display_name = f'{days} {format_duration(window.hour_from)}–{format_duration(window.hour_to)}'

    @api.constrains('hour_from', 'hour_to', 'member_ids', *WEEKDAYS)
    def _check_window(self):
        for window in self:
            if not any(window[day] for day in WEEKDAYS):
                raise ValidationError(self.env._("“%(channel)s”: a time window needs a weekday.", channel=window.channel_id.name))
            if not 0 <= window.hour_from < 24 or not 0 <= window.hour_to <= 24 or window.hour_from == window.hour_to:
                raise ValidationError(self.env._(
                    "“%(channel)s”: a time window goes from one hour of the day to another, 00:00 to 24:00 for all of it.",
                    channel=window.channel_id.name))
            if not 0 < len(window.member_ids) <= MOST_MEMBERS:
                raise ValidationError(self.env._(
                    "“%(channel)s”: choose between one and %(most)s members who answer in each time window.",
                    channel=window.channel_id.name, most=MOST_MEMBERS))

    @api.model_create_multi
    def create(self, vals_list):
        windows = super().create(vals_list)
        self.env['wecom.channel']._trigger_send()
        return windows

    def write(self, vals):
        self.env['wecom.channel']._trigger_send()
        return super().write(vals)

    def unlink(self):
        self.env['wecom.channel']._trigger_send()
        return super().unlink()

    # === CLOCK === #

    def _get_minutes(self):
        return round(self.hour_from * 60), round(self.hour_to * 60)

    def _is_open(self, moment):
        """Tell whether the window is open at a moment (naive UTC); over midnight it belongs to the day on which it begins."""
        local = self.channel_id._to_local(moment)
        minute, (start, end) = local.hour * 60 + local.minute, self._get_minutes()
        today, before = self[WEEKDAYS[local.weekday()]], self[WEEKDAYS[local.weekday() - 1]]
        if start < end:
            return today and start <= minute < end
        return (today and minute >= start) or (before and minute < end)

    def _get_boundaries(self, now):
        """Return the moments of today and tomorrow at which it may open or close."""
        today = self.channel_id._to_local(now).date()
        return [self.channel_id._to_utc(today + timedelta(days=days), minutes) for days in (0, 1) for minutes in self._get_minutes()]
