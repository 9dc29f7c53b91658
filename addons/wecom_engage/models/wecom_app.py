import calendar
from datetime import UTC, timedelta

from odoo import fields, models

from odoo.addons.wecom_handover.const import DAY_ZONE


class WecomApp(models.Model):
    """How many group sends a customer may get: one rule for the whole corp, set in WeCom's client and told by no call (D:92135)."""
    _inherit = 'wecom.app'

    send_quota = fields.Selection([
        ('month', "One for each day of the month"),
        ('week', "Seven a week"),
        ('day', "One a day"),
    ], string="Group sends a customer may get", required=True, default='month',
        help="As set in WeCom under 群发助手 › 设置群发规则; sends made by members themselves count, too.")

    def _get_send_quota(self, moment):
        """Return how many group sends a customer may get, and from when until when they count.

        :param moment: within the period
        :return: (number, first moment, first moment after), in UTC
        """
        day = moment.replace(tzinfo=UTC).astimezone(DAY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        days = calendar.monthrange(day.year, day.month)[1]
        most, first, length = {
            'month': (days, day.replace(day=1), days),
            'week': (7, day - timedelta(days=day.weekday()), 7),
            'day': (1, day, 1),
        }[self.send_quota]
        since = first.astimezone(UTC).replace(tzinfo=None)
        return most, since, since + timedelta(days=length)
