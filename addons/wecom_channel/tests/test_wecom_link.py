from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.wecom_contact.tests.common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomLink(ContactCase):

    def make(self, **values):
        channel = self.env['wecom.channel'].with_user(self.chen).create({
            'app_id': self.app.id, 'name': '官网', 'kind': 'link', 'member_ids': self.member.ids, **values}).sudo()
        self.send()
        return channel

    def send(self):
        self.env.flush_all()
        self.run_job(lambda: self.env['wecom.channel']._cron_send())

    def links(self):
        return self.seen('state')['links']

    def event_of_links(self, change, link=''):
        self.clock += 1
        self.run_queue(f'<xml><Event>customer_acquisition</Event><ChangeType>{change}</ChangeType><LinkId>{link}</LinkId>'
                       f'<CreateTime>{self.clock}</CreateTime></xml>')

    def read_days(self):
        self.run_job(lambda: self.env['wecom.link.day']._cron_read())

    def test_a_link_is_made_changed_and_taken_away(self):
        channel = self.make()
        [link] = self.links().values()
        self.assertEqual((channel.config_id, channel.url), (link['link_id'], f'{link["url"]}?customer_channel={channel.key}'))
        self.assertEqual((link['range']['user_list'], len(link['link_name']) <= 30), (['LiNa'], True))

        channel.with_user(self.chen).name = '一个长得要命要命的官网首页名字叫做什么'
        self.send()
        self.assertIn('一个长得要命', self.links()[channel.config_id]['link_name'])
        channel.with_user(self.chen).active = False
        self.send()
        self.assertEqual((self.links(), channel.config_id, channel.url), ({}, False, False))

    def test_who_comes_by_a_link_counts_for_its_channel_and_taps_are_read_daily(self):
        channel = self.make()
        external = self.act('opens_url', url=channel.url, name='王女士')['external_userid']
        self.act('taps_link', link=channel.config_id)
        self.run_queue(self.event('add_external_contact', external, State=channel.key))
        self.read_days()
        self.read_days()

        self.assertEqual(self.contact(external).relation_ids.channel, channel.key)
        self.assertEqual((self.contact(external).lead_ids.source_id, channel.relation_count), (channel.source_id, 1))
        [(taps, added, leads)] = self.env['wecom.channel.report'].with_user(self.chen)._read_group(
            [('channel_id', '=', channel.id)], [], ['click_count:sum', 'added_count:sum', 'lead_count:sum'])
        self.assertEqual((taps, added, leads), (2, 1, 1))
        self.assertEqual((self.app.link_total, self.app.link_balance), (100, 99))

    def test_an_app_without_the_permission_is_told_and_its_codes_go_on(self):
        self.control('settings', may_link=False)
        link = self.make()
        code = self.make(kind='code', name='展会')
        self.read_days()

        self.assertIn('获客助手', link.problem)
        self.assertEqual((bool(code.config_id), code.problem, self.app.state, self.app.problem), (True, False, 'enabled', False))
        self.control('settings', may_link=True, most_links=0)
        link.with_user(self.chen).name = '官网2'
        self.send()
        self.assertIn('as many customer links', link.problem)

    def test_the_end_of_the_allowance_and_of_a_link_is_told(self):
        channel = self.make()
        for change in ('balance_low', 'balance_exhausted', 'quota_expire_soon'):
            self.event_of_links(change)
        self.event_of_links('link_unavailable', channel.config_id)
        self.assertIn("doesn't work", channel.problem)
        self.act('deletes_link', link=channel.config_id)
        self.event_of_links('delete_link', channel.config_id)

        self.assertIn('Somebody deleted', channel.problem)
        self.assertEqual((channel.config_id, len(self.app.activity_ids)), (False, 5))

    def test_a_kind_is_chosen_once_and_wecoms_words_are_not_changed(self):
        channel = self.make()
        with self.assertRaisesRegex(UserError, 'make a new one'):
            channel.with_user(self.chen).kind = 'code'
        with self.assertRaises(AccessError):
            channel.with_user(self.chen).url = 'https://evil.example'
        with self.assertRaises(AccessError):
            channel.with_user(self.chen).listed_ids = [(6, 0, [])]

    def test_a_temporary_code_is_for_one_customer_and_then_dead(self):
        channel = self.make(kind='temporary', conclusion='再见', expires_days=2)
        [way] = self.seen('state')['ways'].values()
        self.assertEqual((way['type'], way['is_temp'], way['expires_in'], way['conclusions']['text']['content']),
                         (1, True, 2 * 86400, '再见'))
        external = self.act('scan', way=channel.config_id)['external_userid']
        self.run_queue(self.event('add_external_contact', external, State=channel.key))
        self.send()
        self.assertEqual((channel.active, channel.config_id, channel.relation_count), (False, False, 1))
        relation = self.contact(external).relation_ids
        relation.with_user(self.lina).action_end_temporary_chat()
        self.assertTrue(self.seen('state')['relations'][0]['chat_closed'])
        relation.channel = False
        with self.assertRaisesRegex(UserError, 'no temporary chat'):
            relation.with_user(self.lina).action_end_temporary_chat()
