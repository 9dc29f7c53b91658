from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.wecom_contact.tests.common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomJoinWay(ContactCase):

    def setUp(self):
        super().setUp()
        self.numbers = [self.act('opens_chat', name=f'环保群{number}', owner='LiNa')['chat_id'] for number in range(2)]
        self.chats = self.env['wecom.chat'].union(*self.env['wecom.chat']._ensure(self.app, self.numbers).values())
        self.fetch()

    def fetch(self):
        self.run_job(lambda: self.env['wecom.chat']._cron_fetch())

    def send(self):
        self.env.flush_all()
        self.run_job(lambda: self.env['wecom.join.way']._cron_send())

    def make(self, **values):
        way = self.env['wecom.join.way'].with_user(self.chen).create({
            'app_id': self.app.id, 'name': '展会群', 'chat_ids': self.chats.ids, 'room_name': '环保交流', **values}).sudo()
        self.send()
        return way

    def ways(self):
        return self.seen('state')['join_ways']

    def join(self, way, name):
        joined = self.act('joins_by_way', way=way.config_id, name=name)
        self.env['wecom.chat'].union(*self.env['wecom.chat']._ensure(self.app, [joined['chat_id']]).values())._mark_stale()
        self.fetch()
        return joined

    def test_a_way_is_made_changed_and_taken_away(self):
        way = self.make()
        [there] = self.ways().values()
        self.assertEqual((there['chat_id_list'], there['state'], there['room_base_name']), (self.numbers, way.key, '环保交流'))
        self.assertEqual((way.config_id, way.qr_code), (there['config_id'], there['qr_code']))
        way.with_user(self.chen).is_growing = False
        self.send()
        self.assertEqual(self.ways()[way.config_id]['auto_create_room'], 0)
        way.with_user(self.chen).active = False
        self.send()
        self.assertEqual((self.ways(), way.config_id), ({}, False))

    def test_who_joined_and_left_by_it_is_counted(self):
        way = self.make()
        first = self.join(way, '王女士')
        self.join(way, '李经理')
        self.act('leaves_chat', chat_id=first['chat_id'], member=first['external_userid'])
        self.chats._mark_stale()
        self.fetch()

        self.assertEqual((way.joined_count, way.left_count), (2, 1))
        self.assertEqual(self.chats.participant_ids.filtered('channel').mapped('join_scene'), ['3', '3'])

    def test_a_chat_that_wecom_opened_is_kept_by_the_next_change(self):
        way = self.make()
        self.control('settings', room_size=1)
        opened = self.join(way, '王女士')['chat_id']
        way.with_user(self.chen).name = '展会群2'
        self.send()

        self.assertEqual(self.ways()[way.config_id]['chat_id_list'], [*self.numbers, opened])
        self.assertEqual(set(way.chat_ids.mapped('number')), {*self.numbers, opened})

    def test_bad_ways_are_refused_in_a_sentence(self):
        self.control('settings', fail_next={'externalcontact/groupchat/add_join_way': [41091]})
        self.assertIn('at most five', self.make().problem)
        with self.assertRaisesRegex(ValidationError, 'between one and 5'):
            self.make(chat_ids=[])
        with self.assertRaisesRegex(ValidationError, '40 letters'):
            self.make(room_name='群' * 41)
