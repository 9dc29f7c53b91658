from datetime import UTC, datetime, timedelta, timezone
from unittest.mock import patch

from freezegun import api as freezer
from freezegun import freeze_time

from odoo.addons.wecom_contact.tests.common import ContactCase

CHINA = timezone(timedelta(hours=8))


class EngageCase(ContactCase):
    """张伟 has three customers tagged 餐厨 and one without, 李娜 two tagged; both clocks, ours and WeCom's, move together."""

    BEGIN = '2026-03-01 08:00'
    has_world = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch('odoo.addons.wecom_engage.models.wecom_send_ask.UNANSWERED', timedelta(0)))
        cls.zhang = cls.env['res.users'].create({
            'name': '张伟', 'login': 'zhangwei.e', 'group_ids': [(4, cls.env.ref('sales_team.group_sale_salesman').id)]})
        cls.zhang_member = cls.env['wecom.member'].create(
            {'app_id': cls.app.id, 'userid': 'ZhangWei', 'name': '张伟', 'user_id': cls.zhang.id})
        # round the clock, but for tests about hours
        cls.env.company.resource_calendar_id.attendance_ids.unlink()
        cls.env.company.resource_calendar_id.write({'tz': 'Asia/Shanghai', 'attendance_ids': [
            (0, 0, {'name': 'x', 'dayofweek': str(day), 'hour_from': 0, 'hour_to': 24, 'day_period': 'morning'}) for day in range(7)]})

    def setUp(self):
        super().setUp()
        self.time = self.enterContext(freeze_time(self.moment(self.BEGIN)))
        if self.has_world:
            self.make_world()

    def make_world(self):
        self.control('clock', advance=self.moment(self.BEGIN).timestamp() - freezer.real_time())
        self.env['wecom.tag']._sync(self.app)
        self.tag = self.env['wecom.tag'].search([('app_id', '=', self.app.id), ('name', '=', '重点')])
        self.zhangs = self.customers(self.zhang_member, 4)
        self.linas = self.customers(self.member, 2)
        self.put_tag(self.relations(self.zhangs[:3] + self.linas))

    # TIME ------------------------------------------------------------------

    @staticmethod
    def moment(text):
        """Return a moment told in China's time."""
        return datetime.fromisoformat(text).replace(tzinfo=CHINA)

    @staticmethod
    def utc(text):
        """The same as Odoo keeps it."""
        return datetime.fromisoformat(text) - timedelta(hours=8)

    def go_to(self, text):
        moment = self.moment(text)
        passed = moment - datetime.now(UTC)
        self.control('clock', advance=passed.total_seconds())
        self.time.move_to(moment)
        self.env.invalidate_all()

    def pass_time(self, **length):
        self.control('clock', advance=timedelta(**length).total_seconds())
        self.time.tick(timedelta(**length))
        self.env.invalidate_all()

    # PEOPLE ----------------------------------------------------------------

    def customers(self, member, count):
        """Return the ids of so many customers of a member, known here and there."""
        externals = self.control('customers', count=count, userid=member.userid)['external_userid']
        contacts = self.env['wecom.contact'].with_context(tracking_disable=True).create([
            {'app_id': self.app.id, 'external_userid': external, 'name': f'{member.name}的客户{number}'}
            for number, external in enumerate(externals)])
        self.env['wecom.relation'].create([
            {'contact_id': contact.id, 'member_id': member.id, 'added_at': '2026-01-05 08:00:00'} for contact in contacts])
        return externals

    def relations(self, externals):
        return self.env['wecom.relation'].search([('contact_id.app_id', '=', self.app.id), ('contact_id.external_userid', 'in', externals)])

    def contacts(self, externals):
        return self.relations(externals).contact_id

    def put_tag(self, relations, on=True):
        relations.write({'tag_ids': self.tag.ids if on else False})

    # SENDS -----------------------------------------------------------------

    def make_send(self, user=None, **values):
        return self.env['wecom.send'].with_user(user or self.chen).create(
            {'app_id': self.app.id, 'name': '停运通知', 'text': '周五停运一天', **values})

    def launch(self, user=None, **values):
        send = self.make_send(user, **values)
        send.action_launch()
        self.run_sends()
        return send.sudo()

    def run_sends(self):
        self.env.flush_all()
        self.run_job(lambda: self.env['wecom.send']._cron_send())

    def run_results(self):
        self.env.flush_all()
        self.run_job(self.look_again)

    def look_again(self):
        """As if the time had come."""
        self.env['wecom.send.task'].search([('state', '=', 'waiting')]).poll_at = datetime(2026, 1, 1)
        self.env['wecom.send']._cron_result()

    def confirm(self, task):
        self.act('confirms_send', msgid=task.msgid, userid=task.member_id.userid)

    def sends_there(self):
        """What WeCom has and nobody called off: [{member: ids}]."""
        found = [{row['userid']: sorted(other.get('external_userid') or other['chat_id'] for other in send['rows'])
                 for row in send['rows']} for send in self.seen('state')['group_sends'].values() if not send['cancelled']]
        return sorted(found, key=lambda rows: sorted(rows))

    def states(self, send):
        return {line._get_number(): line.state for line in send.line_ids}
