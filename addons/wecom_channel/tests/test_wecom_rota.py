from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.fields import Command, Datetime
from odoo.tests import tagged

from odoo.addons.wecom_contact.tests.common import ContactCase

MONDAY = datetime(2026, 11, 23, 2, 0)  # 10:00 in Shanghai


@tagged('post_install', '-at_install')
class TestWecomRota(ContactCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zhang, cls.hao, cls.zhou = cls.env['wecom.member'].create([
            {'app_id': cls.app.id, 'userid': userid, 'name': name}
            for userid, name in (('ZhangWei', '张伟'), ('ChenHao', '陈浩'), ('XiaoZhou', '小周'))])

    def make(self, **values):
        channel = self.env['wecom.channel'].with_user(self.chen).create({
            'app_id': self.app.id, 'name': '环保展2026', 'tz': 'Asia/Shanghai',
            'member_ids': (self.zhang + self.member).ids, **values}).sudo()
        self.send()
        return channel

    def send(self):
        self.env.flush_all()
        self.run_job(lambda: self.env['wecom.channel']._cron_send())

    def listed(self, channel):
        return self.seen('state')['ways'][channel.config_id]['user']

    def scan(self, channel, name, at=None):
        """A customer scans the code; return the member to whom WeCom led him. What comes of it is known when this ends."""
        external = self.act('scan', name=name, way=channel.config_id)['external_userid']
        [relation] = [row for row in self.seen('state')['relations'] if row['external_userid'] == external]
        self.run_queue(self.event('add_external_contact', external, relation['userid'], State=channel.key))
        if at:
            self.contact(external).relation_ids.added_at = at
        self.send()
        return relation['userid']

    def relate(self, channel, member, count, at):
        contacts = self.env['wecom.contact'].create([
            {'app_id': self.app.id, 'external_userid': f'wm{member.id}{number}{at}', 'name': f'{number}'} for number in range(count)])
        self.env['wecom.relation'].create([
            {'contact_id': contact.id, 'member_id': member.id, 'channel': channel.key, 'added_at': at} for contact in contacts])

    def test_s0_g3_a_two_scans_are_two_leads_one_each_with_tag_and_source(self):
        self.env['wecom.tag']._sync(self.app)
        tag = self.env['wecom.tag'].with_user(self.chen).create({'app_id': self.app.id, 'group_name': '来源', 'name': '展会'}).sudo()
        self.env.flush_all()
        self.run_job(lambda: self.env['wecom.tag']._cron_tags())
        self.zhang.user_id = self.chen
        channel = self.make(tag_ids=tag.ids)
        dealt = {self.scan(channel, '王女士'), self.scan(channel, '李经理')}
        self.run_job(lambda: self.env['wecom.relation']._cron_send())

        leads = self.env['crm.lead'].search([('source_id', '=', channel.source_id.id)])
        self.assertEqual((dealt, leads.source_id.name), ({'ZhangWei', 'LiNa'}, '环保展2026'))
        self.assertEqual((set(leads.mapped('name')), leads.user_id), ({'王女士', '李经理'}, self.lina | self.chen))
        self.assertEqual([row['tags'] for row in self.seen('state')['relations']], [[tag.number]] * 2)
        [(_channel, scans, count, lost)] = self.env['wecom.channel.report'].with_user(self.chen)._read_group(
            [('channel_id', '=', channel.id)], ['channel_id'], ['added_count:sum', 'lead_count:sum', 'lost_count:sum'])
        self.assertEqual((scans, count, lost), (2, 2, 0))

    def test_ten_customers_are_dealt_evenly_and_wecom_is_told_once_for_each(self):
        channel = self.make(member_ids=(self.zhang + self.member + self.hao).ids)
        dealt = [self.scan(channel, f'客户{number}') for number in range(9)]
        calls = self.called().count('externalcontact/update_contact_way')
        self.send()

        self.assertEqual({name: dealt.count(name) for name in dealt}, {'ZhangWei': 3, 'LiNa': 3, 'ChenHao': 3})
        self.assertEqual((calls, self.called().count('externalcontact/update_contact_way')), (9, 9), "nothing differs: nothing is said")

    def test_a_burst_to_one_is_made_good_the_same_day(self):
        channel = self.make()
        first = channel.listed_ids
        self.relate(channel, first, 3, Datetime.now())
        self.send()
        other = channel.listed_ids
        dealt = [self.scan(channel, f'客户{number}') for number in range(3)]

        self.assertNotEqual(first, other)
        self.assertEqual(set(dealt), {other.userid})

    def test_wecom_may_deal_by_itself(self):
        channel = self.make(dealing='wecom')
        self.assertEqual(set(self.listed(channel)), {'ZhangWei', 'LiNa'})
        self.scan(channel, '王女士')
        self.assertEqual(self.called().count('externalcontact/update_contact_way'), 0)

    def test_beyond_the_daily_cap_the_others_answer_then_the_stand_in(self):
        with freeze_time(MONDAY):
            channel = self.make(daily_cap=1, fallback_id=self.zhou.id, dealing='wecom')
            self.relate(channel, self.zhang, 1, MONDAY - timedelta(hours=1))
            self.send()
            self.assertEqual(self.listed(channel), ['LiNa'])
            self.relate(channel, self.member, 1, MONDAY)
            self.send()
            self.assertEqual(self.listed(channel), ['XiaoZhou'])
        with freeze_time(datetime(2026, 11, 23, 16, 0)):  # midnight in Shanghai, still Monday in UTC
            self.send()
            self.assertEqual(set(self.listed(channel)), {'ZhangWei', 'LiNa'})

    def test_over_the_cap_is_better_than_nobody(self):
        channel = self.make(daily_cap=1, member_ids=self.zhang.ids)
        self.relate(channel, self.zhang, 2, Datetime.now())
        self.send()
        self.assertEqual((self.listed(channel), channel.problem), (['ZhangWei'], False))

    def test_windows_open_and_close_by_the_clock_of_the_channel(self):
        window = {'hour_from': 9, 'hour_to': 18, 'member_ids': self.hao.ids}
        night = {'hour_from': 22, 'hour_to': 2, 'member_ids': self.zhou.ids, 'mon': False, 'tue': False, 'wed': False, 'thu': False}
        with freeze_time(MONDAY):
            channel = self.make(window_ids=[Command.create(window), Command.create(night)], member_ids=self.zhang.ids)
        for moment, answers in (
                (datetime(2026, 11, 23, 0, 59), 'ZhangWei'), (datetime(2026, 11, 23, 1, 0), 'ChenHao'),
                (datetime(2026, 11, 23, 9, 59), 'ChenHao'), (datetime(2026, 11, 23, 10, 0), 'ZhangWei'),
                (datetime(2026, 11, 27, 14, 0), 'XiaoZhou'),  # Friday, 22:00
                (datetime(2026, 11, 27, 17, 59), 'XiaoZhou'),  # Saturday, 01:59: Friday's night
                (datetime(2026, 11, 27, 18, 0), 'ZhangWei'),
                (datetime(2026, 11, 28, 2, 0), 'ZhangWei')):  # Saturday, 10:00
            with self.subTest(moment), freeze_time(moment):
                self.send()
                self.assertEqual(self.listed(channel), [answers])

    def test_the_next_opening_is_met_on_the_minute(self):
        with freeze_time(datetime(2026, 11, 23, 0, 55)):
            self.env['ir.cron.trigger'].search([]).unlink()
            self.make(window_ids=[Command.create({'hour_from': 9, 'hour_to': 18, 'member_ids': self.hao.ids})])
            cron = self.env.ref('wecom_channel.ir_cron_wecom_channel')
            self.assertIn(datetime(2026, 11, 23, 1, 0), self.env['ir.cron.trigger'].search([('cron_id', '=', cron.id)]).mapped('call_at'))

    def test_summer_time_moves_the_window_with_the_clock(self):
        channel = self.make(tz='Europe/Berlin', window_ids=[Command.create({'hour_from': 9, 'hour_to': 18, 'member_ids': self.hao.ids})])
        for moment, answers in ((datetime(2026, 3, 27, 8, 0), self.hao), (datetime(2026, 3, 30, 7, 0), self.hao),
                                (datetime(2026, 3, 27, 7, 59), self.zhang | self.member)):
            self.assertTrue(channel._choose_members(moment)[channel] <= answers, moment)

    def test_leavers_and_who_may_have_no_customers_leave_all_codes(self):
        channel = self.make(fallback_id=self.zhou.id)
        self.zhang._leave()
        self.send()
        self.assertEqual(self.listed(channel), ['LiNa'])
        self.control('act', act='changes', userid='LiNa', serves=False)
        self.run_resync()
        self.send()
        self.assertEqual((self.listed(channel), self.member.has_customers), (['XiaoZhou'], False))
        self.zhou._leave()
        self.send()
        self.assertIn('Nobody can answer', channel.problem)
        self.member.has_customers = True
        self.send()
        self.assertEqual((self.listed(channel), channel.problem), (['LiNa'], False))

    def test_what_the_job_notes_is_in_the_language_of_who_is_responsible(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.app.user_id.lang = 'zh_CN'
        channel = self.make(member_ids=self.zhang.ids)
        self.zhang._leave()
        self.send()

        self.assertEqual(channel.problem, channel.with_context(lang='zh_CN')._get_nobody())
        self.assertNotEqual(channel.problem, channel._get_nobody())

    def test_members_of_another_corp_are_refused(self):
        stranger = self.env['wecom.member'].create(
            {'app_id': self.make_app('1000003', corp_id='wwother').id, 'userid': 'X', 'name': '外人'})
        with self.assertRaisesRegex(ValidationError, '外人'):
            self.make(member_ids=stranger.ids)

    def test_whom_wecom_refuses_is_named_and_left_out_until_tomorrow(self):
        self.control('act', act='changes', userid='ZhangWei', status=4)
        channel = self.make(dealing='wecom')

        self.assertEqual((self.listed(channel), bool(self.zhang.refused_until)), (['LiNa'], True))
        self.assertIn('张伟', channel.problem)

    def test_the_limit_of_all_codes_is_told_in_a_sentence(self):
        self.control('settings', most_ways=0)
        channel = self.make()
        self.assertEqual((channel.config_id, channel.to_send), (False, False))
        self.assertIn('500,000', channel.problem)

    def test_the_welcome_is_that_of_the_open_window(self):
        channel = self.make(welcome='白天', window_ids=[
            Command.create({'hour_from': 18, 'hour_to': 9, 'member_ids': self.hao.ids, 'welcome': '夜里'})])
        self.assertEqual(channel.window_ids.display_name, 'Monday–Friday 18:00–09:00')
        self.assertEqual(channel._find_greeting(MONDAY).welcome, '白天')
        self.assertEqual(channel._find_greeting(datetime(2026, 11, 23, 12, 0)).welcome, '夜里')

    def test_bad_windows_are_refused_in_a_sentence(self):
        for values, sentence in (({'hour_from': 9, 'hour_to': 9}, 'from one hour'), ({'hour_to': 25}, 'from one hour'),
                                 ({'member_ids': []}, 'between one and 100'),
                                 (dict.fromkeys(('mon', 'tue', 'wed', 'thu', 'fri'), False), 'weekday')):
            with self.subTest(sentence), self.assertRaisesRegex(ValidationError, sentence):
                self.make(window_ids=[Command.create({'member_ids': self.hao.ids, **values})])
