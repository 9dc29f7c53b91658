import base64
import time
from contextlib import suppress

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.wecom.tests.cuts import CutsMixin
from odoo.addons.wecom_contact.tests.common import ContactCase

ONCE = ('sent', 'unknown', 'refused')
PNG = base64.b64encode(b'\x89PNG\r\n\x1a\n' + bytes(50))


@tagged('post_install', '-at_install')
class TestWecomCutsChannel(CutsMixin, ContactCase):
    """Codes, links, ways into group chats, files, welcomes.

    What WeCom holds under a number that it tells once, and lists nowhere, can be made twice after a lost answer: a temporary code, a
    group-join code, a file. Then ours is known and works, and at most one more is there, of which nobody has the picture.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zhang = cls.env['wecom.member'].create({'app_id': cls.app.id, 'userid': 'ZhangWei', 'name': '张伟'})

    # CODES -----------------------------------------------------------------

    def flow_code_add(self):
        return self.code_flow(self.make())

    def flow_code_find(self):
        """It was made, but its number got lost: sought by its channel."""
        channel = self.make()
        self.lose_answer('externalcontact/add_contact_way')
        return self.code_flow(channel)

    def flow_code_change(self):
        channel = self.make(sent=True)
        channel.with_user(self.chen).write({'name': '新名字'})
        return self.code_flow(channel)

    def flow_code_delete(self):
        channel = self.make(sent=True)
        channel.with_user(self.chen).active = False
        return self.code_flow(channel, count=0)

    def flow_code_refused(self):
        """WeCom refuses a member without naming him: each is asked about."""
        self.zhang.refused_until = False
        self.act('changes', userid='ZhangWei', status=2)
        channel = self.make(member_ids=(self.member + self.zhang).ids)
        job, check_code = self.code_flow(channel, is_told=True)

        def check():
            check_code()
            self.assertEqual(self.ways(channel)[0]['user'], ['LiNa'])
            self.assertIn('张伟', channel.problem)
        return job, check

    def flow_temporary(self):
        channel = self.make(kind='temporary')

        def check():
            ways = self.ways(channel)
            self.assertIn(channel.config_id, [way['config_id'] for way in ways])
            self.assertLessEqual(len(ways), 2, "at most one unseen, ours known")
            self.assert_settled(channel)
        return self.send, check

    def flow_temporary_chat(self):
        """A person ends it, is told that WeCom gave no answer, and presses again."""
        channel = self.make(kind='temporary', sent=True)
        external = self.act('scan', way=channel.config_id, name='患者')['external_userid']
        self.run_queue(self.event('add_external_contact', external, State=channel.key))
        relation = self.contact(external).relation_ids

        def job():
            with suppress(UserError):
                relation.with_user(self.lina).action_end_temporary_chat()

        def check():
            [row] = [row for row in self.seen('state')['relations'] if row['external_userid'] == external]
            self.assertTrue(row['chat_closed'])
        return job, check

    # LINKS -----------------------------------------------------------------

    def flow_link_add(self):
        return self.link_flow(self.make(kind='link'))

    def flow_link_find(self):
        channel = self.make(kind='link')
        self.lose_answer('externalcontact/customer_acquisition/create_link')
        return self.link_flow(channel)

    def flow_link_change(self):
        channel = self.make(kind='link', sent=True)
        channel.with_user(self.chen).write({'name': '新名字'})
        return self.link_flow(channel)

    def flow_link_delete(self):
        channel = self.make(kind='link', sent=True)
        channel.with_user(self.chen).active = False
        return self.link_flow(channel, count=0)

    def flow_link_days(self):
        channel = self.make(kind='link', sent=True)
        for _tap in range(2):
            self.act('taps_link', link=channel.config_id)
        self.act('opens_url', url=channel.url)

        def check():
            days = self.env['wecom.link.day'].search([('channel_id', '=', channel.id)])
            self.assertEqual(days.mapped('click_count'), [3])
            used = sum(tap['added'] for link in self.seen('state')['links'].values() for tap in link['taps'])
            self.assertEqual((self.app.link_total, self.app.link_balance), (100, 100 - used))
        return lambda: self.env['wecom.link.day']._cron_read(), check

    # WAYS INTO GROUP CHATS -------------------------------------------------

    def flow_way_add(self):
        return self.way_flow(self.make_way(), most=2)

    def flow_way_picture(self):
        return self.way_flow(self.make_way())

    def flow_way_change(self):
        way = self.make_way(sent=True)
        way.with_user(self.chen).name = '新群'
        return self.way_flow(way)

    def flow_way_delete(self):
        way = self.make_way(sent=True)
        way.with_user(self.chen).active = False
        return self.way_flow(way, most=0)

    # FILES AND WELCOMES ----------------------------------------------------

    def flow_upload(self):
        material = self.env['wecom.material'].create({'app_id': self.app.id, 'name': '公司资质', 'kind': 'image', 'file': PNG})
        self.make(sent=True, material_ids=material.ids)
        known = set(self.seen('state')['media_at'])

        def check():
            new = set(self.seen('state')['media_at']) - known
            self.assertIn(material.media_id, new)
            self.assertLessEqual(len(new), 2, "at most one copy that nobody uses, which WeCom forgets in three days")
            self.assertFalse(material.problem)
        return lambda: self.env['wecom.material']._cron_upload(), check

    def flow_welcome(self):
        """The one thing that isn't done again: better no welcome than two."""
        channel = self.make(sent=True, welcome='您好')
        external = self.friend(state=channel.key)
        code = next(code for code, row in self.seen('state')['welcome'].items() if row['external_userid'] == external)
        self.run_queue(self.event('add_external_contact', external, State=channel.key, WelcomeCode=code, at=int(time.time())))

        def check():
            welcome = self.env['wecom.welcome'].search([('contact_id.external_userid', '=', external)])
            self.assertIn(welcome.state, ONCE)
            self.assertFalse(welcome.code)
            self.assertLessEqual(self.called().count('externalcontact/send_welcome_msg'), 1)
        return lambda: self.env['wecom.welcome']._cron_send(), check

    FLOWS = (
        ('externalcontact/list_contact_way', flow_code_find),
        ('externalcontact/get_contact_way', flow_code_find),
        ('externalcontact/add_contact_way', flow_code_add),
        ('externalcontact/add_contact_way', flow_temporary),
        ('externalcontact/update_contact_way', flow_code_change),
        ('externalcontact/del_contact_way', flow_code_delete),
        ('externalcontact/close_temp_chat', flow_temporary_chat),
        ('user/get', flow_code_refused),
        ('externalcontact/customer_acquisition/statistic', flow_link_days),
        ('externalcontact/customer_acquisition_quota', flow_link_days),
        ('externalcontact/customer_acquisition/list_link', flow_link_find),
        ('externalcontact/customer_acquisition/get', flow_link_find),
        ('externalcontact/customer_acquisition/create_link', flow_link_add),
        ('externalcontact/customer_acquisition/update_link', flow_link_change),
        ('externalcontact/customer_acquisition/delete_link', flow_link_delete),
        ('externalcontact/groupchat/add_join_way', flow_way_add),
        ('externalcontact/groupchat/get_join_way', flow_way_picture),
        ('externalcontact/groupchat/update_join_way', flow_way_change),
        ('externalcontact/groupchat/del_join_way', flow_way_delete),
        ('media/upload', flow_upload),
        ('externalcontact/send_welcome_msg', flow_welcome),
    )

    def test_nothing_is_lost_or_doubled_wherever_the_line_is_cut(self):
        self.cut_everywhere()

    # HELPERS ---------------------------------------------------------------

    def send(self):
        self.env['wecom.channel']._cron_send()

    def make(self, sent=False, **values):
        channel = self.env['wecom.channel'].with_user(self.chen).create(
            {'app_id': self.app.id, 'name': '展台', 'dealing': 'wecom', 'member_ids': self.member.ids, **values}).sudo()
        if sent:
            self.env.flush_all()
            self.run_job(self.send)
        return channel

    def lose_answer(self, path):
        self.control('settings', hang_up_after={path: 1})
        self.env.flush_all()
        self.run_job(self.send)
        self.control('settings', hang_up_after={})

    def ways(self, channel):
        return [way for way in self.seen('state')['ways'].values() if way['state'] == channel.key]

    def assert_settled(self, record, is_told=False):
        self.assertEqual((record.to_send, bool(record.problem)), (False, is_told))
        self.assertEqual(bool(record.qr_picture), record.active, "its picture is kept, too")

    def code_flow(self, channel, count=1, is_told=False):
        def check():
            ways = self.ways(channel)
            self.assertEqual([(way['config_id'], way['remark']) for way in ways], [(channel.config_id, channel.name)] * count)
            self.assert_settled(channel, is_told)
        return self.send, check

    def link_flow(self, channel, count=1):
        def check():
            links = [link for link in self.seen('state')['links'].values() if link['link_name'].endswith(channel.key)]
            self.assertEqual([(link['link_id'], link['link_name'].partition(' ')[0]) for link in links],
                             [(channel.config_id, channel.name)] * count)
            self.assert_settled(channel)
        return self.send, check

    def make_way(self, sent=False):
        numbers = [self.act('opens_chat', name='环保群', owner='LiNa')['chat_id']]
        chats = self.env['wecom.chat'].union(*self.env['wecom.chat']._ensure(self.app, numbers).values())
        way = self.env['wecom.join.way'].with_user(self.chen).create(
            {'app_id': self.app.id, 'name': '展会群', 'chat_ids': chats.ids}).sudo()
        if sent:
            self.env.flush_all()
            self.run_job(lambda: self.env['wecom.join.way']._cron_send())
        return way

    def way_flow(self, way, most=1):
        def check():
            there = {number: row for number, row in self.seen('state')['join_ways'].items() if row['state'] == way.key}
            self.assertLessEqual(len(there), most, "at most one unseen, ours known")
            self.assertEqual(bool(way.config_id), bool(most))
            if way.config_id:
                self.assertEqual(there[way.config_id]['remark'], way.name)
            self.assert_settled(way)
        return lambda: self.env['wecom.join.way']._cron_send(), check
