from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.wecom.models.wecom_client import WeComError

REFUSED_MEMBER = (41054, 40003, 60111)  # not activated, or gone though the address book doesn't tell yet
AGAIN = timedelta(hours=1)  # until a refused change is tried again by itself
CRON_PERIOD = timedelta(minutes=10)


class WecomChannel(models.Model):
    """Who answers a code at a moment: those of the open window, within their caps, one after the other or as WeCom deals.

    WeCom knows neither windows nor caps, only a list of members; a job keeps that list right, and says nothing when it is.
    """
    _inherit = 'wecom.channel'

    dealing = fields.Selection([
        ('even', "One after the other"),
        ('wecom', "As WeCom deals"),
    ], "Customers are dealt", required=True, default='even', help=(
        "One after the other: the code leads to one member at a time, to the next as soon as a customer has come. "
        "As WeCom deals: the code leads to all of them, and WeCom chooses."))
    daily_cap = fields.Integer(
        "Customers a day", help="For each member; 0 is without limit. Beyond it the others answer, then the stand-in.")
    fallback_id = fields.Many2one(
        'wecom.member', "Stand-in", domain="[('company_id', '=', company_id)]", ondelete='restrict',
        help="Answers when nobody else can: outside the time windows, beyond the limit, or when all have left.")
    tz = fields.Selection(_tz_get, "Time zone", required=True, default=lambda self: self.env.user.tz or 'Asia/Shanghai')
    window_ids = fields.One2many('wecom.channel.window', 'channel_id', "Time windows", copy=True)
    listed_ids = fields.Many2many(
        'wecom.member', 'wecom_channel_listed_rel', string="Answers now", readonly=True, copy=False, context={'active_test': False},
        help="To whom the code leads on WeCom.")

    # === WHO ANSWERS === #

    def _choose_members(self, now=None):
        """Return {channel: members to whom the code should lead}; none where nobody can answer.

        Over the cap is better than nobody: a customer who scans must find somebody.
        """
        now = now or fields.Datetime.now()
        today, last = self._count_adds(now)
        chosen = {}
        for channel in self:
            window = channel._find_window(now)
            asked = (window.member_ids if window else channel.member_ids).filtered(lambda member: member._is_usable(now))
            free = asked.filtered(lambda member: not channel.daily_cap or today.get((channel.key, member), 0) < channel.daily_cap)
            members = free or channel.fallback_id.filtered(lambda member: member._is_usable(now)) or asked
            if channel.dealing == 'even':
                # Fewest today, so that a burst that WeCom sent to one is made good; then whose last one is longest ago.
                members = members.sorted(lambda member: (
                    today.get((channel.key, member), 0), last.get((channel.key, member), datetime.min), member.id))[:1]
            chosen[channel] = members
        return chosen

    def _count_adds(self, now):
        """Return ({(key, member): customers today}, {(key, member): when the last one came}); a day is one of the channel's time zone."""
        relations, today = self.env['wecom.relation'], {}
        for start, channels in self.grouped(lambda channel: channel._get_day_start(now)).items():
            today |= {(key, member): count for key, member, count in relations._read_group(
                [('channel', 'in', channels.mapped('key')), ('added_at', '>=', start)], ['channel', 'member_id'], ['__count'])}
        last = {(key, member): moment for key, member, moment in relations._read_group(
            [('channel', 'in', self.mapped('key')), ('added_at', '!=', False)], ['channel', 'member_id'], ['added_at:max'])}
        return today, last

    def _find_window(self, moment):
        """Return the first time window that is open then, or none."""
        return self.window_ids.filtered(lambda window: window._is_open(moment))[:1]

    def _find_greeting(self, moment):
        """Return what is said then: the open window, when it says something of its own, else the code; None when neither does."""
        return next((greeting for greeting in (self._find_window(moment), self) if greeting._says_something()), None)

    def _to_local(self, moment):
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.tz))

    def _to_utc(self, day, minutes=0):
        """Return the naive UTC moment so many minutes by the clock after the beginning of a day here."""
        return (datetime.combine(day, time(), ZoneInfo(self.tz)) + timedelta(minutes=minutes)).astimezone(UTC).replace(tzinfo=None)

    def _get_day_start(self, now):
        return self._to_utc(self._to_local(now).date())

    def _get_next_change(self, now):
        """Return when somebody else may have to answer though no customer came: a window, a new day, a member whom WeCom refused."""
        today = self._to_local(now).date()
        moments = [moment for window in self.window_ids for moment in window._get_boundaries(now)]
        moments += [self._to_utc(today + timedelta(days=1))] if self.daily_cap else []
        moments += [member.refused_until for member in self.member_ids | self.window_ids.member_ids if member.refused_until]
        return min((moment for moment in moments if moment > now), default=None)

    # === WHAT WECOM IS TOLD === #

    @api.model
    def _cron_send(self):
        self._refresh()
        super()._cron_send()
        now = fields.Datetime.now()
        moments = filter(None, (channel._get_next_change(now) for channel in self.search([('config_id', '!=', False)])))
        soonest = min(moments, default=None)
        if soonest and soonest < now + CRON_PERIOD:
            self._trigger_send(soonest)

    @api.model
    def _refresh(self):
        """Mark the codes that lead to others than they should."""
        channels = self.search([('config_id', '!=', False), ('to_send', '=', False)])
        tried = fields.Datetime.now() - AGAIN
        for channel, members in channels._choose_members().items():
            nobody = channel._in_words_of_app()._get_nobody()
            if not members:
                if channel.problem != nobody:
                    channel.problem = nobody
            elif channel.problem == nobody or (
                    members != channel.listed_ids and not (channel.problem and channel.write_date > tried)):
                channel.to_send = 'edit'

    @api.model
    def _get_nobody(self):
        return self.env._("Nobody can answer this code: choose members who are there, or a stand-in.")

    def _send(self):
        """Tell WeCom; members whom it refuses are left out for a while and named."""
        refused = self.env['wecom.member']
        if self.to_send != 'delete':
            while True:
                members = self._choose_members()[self]
                if not members:
                    raise WeComError('business', self._get_nobody())
                self.listed_ids = members
                try:
                    super()._send()
                    break
                except WeComError as error:
                    found = members._find_refused(self.app_id) if error.code in REFUSED_MEMBER else refused
                    if not found:
                        raise
                    refused |= found
        else:
            super()._send()
        if refused:
            self.problem = self.env._(
                "WeCom lets nobody add %(members)s: not activated, not verified or gone. They are left out until tomorrow.",
                members=', '.join(refused.mapped('name')))
