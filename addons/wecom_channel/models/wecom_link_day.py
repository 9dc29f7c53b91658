from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.wecom.models.wecom_client import WeComError

LONGEST_BACK = timedelta(days=30)  # WeCom keeps 180 days; a link that was read daily misses none of them


class WecomLinkDay(models.Model):
    """How often a link was tapped on a day, as WeCom tells; asked daily."""
    _name = 'wecom.link.day'
    _description = "Day of a WeCom link"
    _order = 'date desc, id desc'

    channel_id = fields.Many2one('wecom.channel', "Channel code", required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(related='channel_id.company_id', store=True)
    date = fields.Date(required=True, readonly=True)
    click_count = fields.Integer("Taps", readonly=True)

    _day_uniq = models.UniqueIndex("(channel_id, date)", "The day is known already.")

    @api.model
    def _cron_read(self):
        """Read the allowance of each app and the days of each link since they were last read; today's is read again tomorrow."""
        links = self.env['wecom.channel'].search([('kind', '=', 'link'), ('config_id', '!=', False)])
        for app in links.app_id:
            app._read_link_quota()
        last = dict(self._read_group([('channel_id', 'in', links.ids)], ['channel_id'], ['date:max']))
        waiting = self.env['wecom.app']
        for left, link in zip(reversed(range(len(links))), links):
            if link.app_id in waiting:
                continue
            try:
                self._read(link, last.get(link))
            except WeComError as error:
                if error.policy != 'business':
                    waiting |= link.app_id
            self.env['ir.cron']._commit_progress(1, remaining=left)

    @api.model
    def _read(self, link, last):
        today = link._to_local(fields.Datetime.now()).date()
        first = max(last or link._to_local(link.create_date).date(), today - LONGEST_BACK)
        known = self.search([('channel_id', '=', link.id), ('date', '>=', first)]).grouped('date')
        for number in range((today - first).days + 1):
            day = first + timedelta(days=number)
            moment = int((link._to_utc(day, 12 * 60) - fields.Datetime.to_datetime('1970-01-01')).total_seconds())
            answer = link._get_kind()._call(link, 'statistic', {'link_id': link.config_id, 'start_time': moment, 'end_time': moment})
            vals = {'channel_id': link.id, 'date': day, 'click_count': answer['click_link_customer_cnt']}
            if day in known:
                known[day].write(vals)
            elif vals['click_count'] or day == today:
                self.create(vals)
