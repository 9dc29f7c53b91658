from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import EngageCase


@tagged('post_install', '-at_install')
class TestWecomSend(EngageCase):

    # WHO -------------------------------------------------------------------

    def test_each_member_is_asked_once_for_his_customers_with_the_tag(self):
        send = self.make_send(tag_ids=self.tag.ids)
        self.assertEqual((send.target_count, send.target_member_count, send.full_count), (5, 2, 0))

        send.action_launch()
        self.assertFalse(self.sends_there(), "nothing foreign happens in the button's transaction")
        self.run_sends()

        self.assertEqual(self.sends_there(), [{'LiNa': sorted(self.linas)}, {'ZhangWei': sorted(self.zhangs[:3])}])
        self.assertEqual((send.state, set(self.states(send).values())), ('sending', {'unsent'}))

    def test_a_customer_of_two_members_is_asked_for_by_his_own_salesperson_only(self):
        self.act('scan', userid='LiNa', external_userid=self.zhangs[0])
        both = self.relations(self.zhangs[:1])
        self.put_tag(both.create({'contact_id': both.contact_id.id, 'member_id': self.member.id}))
        self.env['crm.lead'].create({'name': '餐厨', 'wecom_contact_id': both.contact_id.id, 'user_id': self.lina.id})

        self.launch(tag_ids=self.tag.ids)

        self.assertEqual(self.sends_there(), [{'LiNa': sorted([*self.linas, self.zhangs[0]])}, {'ZhangWei': sorted(self.zhangs[1:3])}])

    def test_chosen_customers_and_a_further_filter(self):
        self.launch(contact_ids=self.contacts(self.zhangs[3:] + self.linas[:1]).ids)
        self.assertEqual(self.sends_there(), [{'LiNa': self.linas[:1]}, {'ZhangWei': self.zhangs[3:]}])

        self.launch(domain="[('name', 'ilike', '客户1')]")
        self.assertEqual(self.sends_there()[1::2], [{'LiNa': self.linas[1:]}, {'ZhangWei': self.zhangs[1:2]}])

    def test_group_chats_get_it_through_their_owners(self):
        chats = [self.act('opens_chat', name=f'群{owner}', owner=owner)['chat_id'] for owner in ('ZhangWei', 'LiNa', 'ZhangWei')]
        self.run_resync()
        self.run_job(lambda: self.env['wecom.chat']._cron_fetch())

        send = self.launch(kind='chats', member_ids=self.zhang_member.ids)
        self.confirm(send.task_ids)
        self.run_results()

        self.assertEqual(self.sends_there(), [{'ZhangWei': sorted([chats[0], chats[2]])}])
        self.assertEqual((self.states(send), send.state), (dict.fromkeys([chats[0], chats[2]], 'sent'), 'done'))

    # HONESTY ---------------------------------------------------------------

    def test_check_10_sent_is_only_what_wecom_says_was_sent(self):
        send = self.launch(tag_ids=self.tag.ids, member_ids=self.zhang_member.ids)
        self.run_results()
        self.assertEqual((send.sent_count, send.unsent_count, send.task_ids.state), (0, 3, 'waiting'), "asked isn't sent")

        self.act('customer_deletes', userid='ZhangWei', external_userid=self.zhangs[1])
        self.confirm(send.task_ids)
        self.assertEqual(send.sent_count, 0, "nobody has asked WeCom yet")
        self.run_results()

        self.assertEqual(self.states(send), {self.zhangs[0]: 'sent', self.zhangs[1]: 'no_friend', self.zhangs[2]: 'sent'})
        self.assertEqual((send.state, send.task_ids.state, send.sent_count, send.missed_count), ('done', 'done', 2, 1))
        self.assertEqual(set(send.line_ids.filtered('sent_at').mapped('sent_at')), {self.utc('2026-03-01 08:00')})

    def test_who_is_refused_by_wecom_is_told_and_the_rest_goes_on(self):
        send = self.make_send(tag_ids=self.tag.ids, member_ids=self.zhang_member.ids)
        send.action_launch()
        self.act('member_deletes', userid='ZhangWei', external_userid=self.zhangs[0])  # and we don't know
        self.run_sends()

        self.assertEqual(self.states(send), {self.zhangs[0]: 'refused', self.zhangs[1]: 'unsent', self.zhangs[2]: 'unsent'})

    def test_a_member_out_of_sight_holds_up_nobody(self):
        self.control('settings', fail_next={'externalcontact/add_msg_template': [60011]})
        send = self.launch(tag_ids=self.tag.ids)

        self.assertEqual(sorted(send.task_ids.mapped('state')), ['failed', 'waiting'])
        self.assertEqual((self.app.state, len(self.sends_there())), ('enabled', 1))
        self.assertIn('60011', send.task_ids.filtered(lambda task: task.state == 'failed').problem)

    def test_wecom_is_asked_more_and_more_seldom_and_not_at_full_hours(self):
        task = self.launch(tag_ids=self.tag.ids, member_ids=self.zhang_member.ids).task_ids
        self.assertEqual(task.poll_at, self.utc('2026-03-01 08:03'), "two minutes later, out of the crowd")
        for now, then in (('2026-03-01 12:00', '2026-03-01 13:03'), ('2026-03-05 12:10', '2026-03-05 18:10')):
            self.go_to(now)
            self.run_results()
            self.assertEqual(task.poll_at, self.utc(then))

        self.go_to('2026-04-01 08:00')
        self.run_results()
        self.assertEqual((task.state, task.send_id.state, set(task.line_ids.mapped('state'))), ('expired', 'done', {'expired'}))

    # LIMITS ----------------------------------------------------------------

    def test_check_10_who_had_enough_is_foreseen_and_not_asked(self):
        for quota, most in (('day', 1), ('week', 7), ('month', 31)):
            self.app.send_quota = quota
            self.control('settings', group_sends_per=quota)
            first = self.contacts(self.zhangs[:1])
            had = self.env['wecom.send.line'].search_count([('contact_id', '=', first.id), ('state', '=', 'sent')])
            for _number in range(most - had):
                send = self.launch(contact_ids=first.ids)
                self.confirm(send.task_ids)
                self.run_results()
                self.assertEqual(send.sent_count, 1)

            send = self.make_send(tag_ids=self.tag.ids, member_ids=self.zhang_member.ids)
            self.assertEqual((quota, send.target_count, send.full_count, send.near_count), (quota, 3, 1, 0))
            self.assertEqual(send.action_open_full()['domain'], [('id', 'in', first.ids)])
            send.action_launch()
            self.run_sends()
            self.assertEqual(self.states(send), {self.zhangs[0]: 'limit', self.zhangs[1]: 'unsent', self.zhangs[2]: 'unsent'})
            self.assertEqual(self.sends_there()[-1], {'ZhangWei': sorted(self.zhangs[1:3])})
            send.action_cancel()
            self.run_results()

    def test_check_10_who_may_have_enough_by_then_is_foreseen(self):
        self.app.send_quota = 'day'
        self.launch(tag_ids=self.tag.ids, member_ids=self.zhang_member.ids)

        send = self.make_send(tag_ids=self.tag.ids)
        self.assertEqual((send.target_count, send.full_count, send.near_count), (5, 0, 3))

        send.action_launch()
        self.run_sends()
        self.control('settings', group_sends_per='day')
        for task in self.env['wecom.send.task'].search([('state', '=', 'waiting')], order='id'):
            self.confirm(task)
        self.run_results()
        self.assertEqual({number: state for number, state in self.states(send).items() if number in self.zhangs},
                         dict.fromkeys(self.zhangs[:3], 'limit'), "as WeCom says")

    def test_the_month_of_wecom_is_chinas(self):
        self.assertEqual(
            self.app._get_send_quota(datetime(2026, 3, 31, 15, 59)), (31, datetime(2026, 2, 28, 16), datetime(2026, 3, 31, 16)))
        self.assertEqual(self.app._get_send_quota(datetime(2026, 3, 31, 16))[0], 30)
        self.app.send_quota = 'week'
        self.assertEqual(self.app._get_send_quota(datetime(2026, 3, 1, 15)), (7, datetime(2026, 2, 22, 16), datetime(2026, 3, 1, 16)))

    # WHEN ------------------------------------------------------------------

    def test_a_planned_send_goes_to_those_who_have_the_tag_then(self):
        send = self.make_send(tag_ids=self.tag.ids, planned_at=self.utc('2026-03-02 09:00'))
        send.action_launch()
        self.run_sends()
        self.assertEqual((send.state, self.sends_there()), ('planned', []))

        self.put_tag(self.relations(self.linas), on=False)
        self.go_to('2026-03-02 09:00')
        self.run_sends()
        self.assertEqual(self.sends_there(), [{'ZhangWei': sorted(self.zhangs[:3])}])

    def test_check_10_members_are_asked_in_their_own_working_hours(self):
        """李娜 works from 13:00, everybody else from 9:00 to 18:00, by China's clock; 1 March 2026 is a Sunday."""
        hours = [(0, 0, {'name': 'x', 'dayofweek': str(day), 'hour_from': 9, 'hour_to': 18, 'day_period': 'morning'}) for day in range(5)]
        self.env.company.resource_calendar_id.attendance_ids.unlink()
        self.env.company.resource_calendar_id.attendance_ids = hours
        late = self.env['resource.calendar'].create({'name': '下午', 'tz': 'Asia/Shanghai', 'attendance_ids': [(5,)] + [
            (0, 0, {'name': 'x', 'dayofweek': str(day), 'hour_from': 13, 'hour_to': 18, 'day_period': 'afternoon'}) for day in range(5)]})
        self.env['resource.resource'].create({'name': '李娜', 'user_id': self.lina.id, 'calendar_id': late.id, 'tz': 'Asia/Shanghai'})

        send = self.launch(tag_ids=self.tag.ids)
        due = {task.member_id.userid: task.due_at for task in send.task_ids}
        self.assertEqual(due, {'ZhangWei': self.utc('2026-03-02 09:00'), 'LiNa': self.utc('2026-03-02 13:00')})
        self.assertEqual(self.sends_there(), [])
        self.relations(self.zhangs[2:3])._end('removed')

        self.go_to('2026-03-02 09:00')
        self.run_sends()
        self.assertEqual(self.sends_there(), [{'ZhangWei': sorted(self.zhangs[:2])}], "who is no friend any more isn't asked for")
        self.assertEqual(self.states(send)[self.zhangs[2]], 'no_friend')
        self.go_to('2026-03-02 13:00')
        self.run_sends()
        self.assertEqual(len(self.sends_there()), 2)
        at_once = self.launch(tag_ids=self.tag.ids, is_working_hours=False, planned_at=self.utc('2026-03-02 13:00'))
        self.assertEqual(set(at_once.task_ids.mapped('due_at')), {self.utc('2026-03-02 13:00')})

    # REMINDING, CALLING OFF --------------------------------------------------

    def test_check_10_members_are_reminded_three_times_within_24_hours_at_most(self):
        send = self.launch(tag_ids=self.tag.ids, member_ids=self.zhang_member.ids)
        for _number in range(3):
            send.with_user(self.chen).action_remind()
            self.run_results()
            self.pass_time(hours=1)
        with self.assertRaises(UserError):
            send.with_user(self.chen).action_remind()
        self.assertEqual((self.called().count('externalcontact/remind_groupmsg_send'), send.task_ids.reminder_count), (3, 3))

        self.pass_time(hours=22)
        send.with_user(self.chen).action_remind()
        self.run_results()
        self.assertEqual((self.called().count('externalcontact/remind_groupmsg_send'), send.task_ids.problem), (4, False))

    def test_check_10_what_is_called_off_is_stopped_and_what_was_sent_stays_sent(self):
        send = self.launch(tag_ids=self.tag.ids)
        zhang = send.task_ids.filtered(lambda task: task.member_id == self.zhang_member)
        self.confirm(zhang)

        send.with_user(self.chen).action_cancel()
        self.run_results()
        self.confirm(send.task_ids - zhang)
        self.run_results()

        self.assertEqual(send.state, 'cancelled')
        self.assertEqual((zhang.state, set(zhang.line_ids.mapped('state'))), ('done', {'sent'}))
        self.assertEqual({line.state for line in send.line_ids - zhang.line_ids}, {'cancelled'})
        self.assertEqual([row['cancelled'] for row in self.seen('state')['group_sends'].values()], [True, True])

    def test_what_waits_for_its_time_can_be_taken_back_and_called_off(self):
        send = self.make_send(tag_ids=self.tag.ids, planned_at=self.utc('2026-03-02 09:00'))
        send.action_launch()
        with self.assertRaises(UserError):
            send.text = '另一段话'
        send.action_reopen()
        send.text = '另一段话'
        send.action_launch()
        send.action_cancel()
        self.go_to('2026-03-02 09:00')
        self.run_sends()
        self.assertEqual((send.state, self.sends_there()), ('cancelled', []))

    # BAD INPUT -------------------------------------------------------------

    def test_what_says_nothing_or_reaches_nobody_is_not_launched(self):
        for values in ({'text': ' '}, {'text': '好', 'domain': "[('name', '=', 'nobody')]"}):
            send = self.make_send(**values)
            with self.assertRaises(UserError):
                send.action_launch()
            self.assertEqual(send.state, 'draft')
        for values in ({'text': '好' * 1334}, {'domain': "[('nowhere', '=', 1)]"}, {'domain': 'import os'}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.make_send(**values)

    @mute_logger('odoo.addons.base.models.ir_access')
    def test_salespeople_reach_their_own_customers_only(self):
        send = self.make_send(self.lina, contact_ids=self.contacts(self.linas).ids, member_ids=(self.member + self.zhang_member).ids)
        everybody = self.make_send(self.lina)
        self.assertEqual((send.target_count, everybody.target_count), (2, 2))
        everybody.action_launch()
        self.run_sends()
        self.assertEqual(self.sends_there(), [{'LiNa': sorted(self.linas)}])

        with self.assertRaises(AccessError):
            everybody.with_user(self.lina).write({'state': 'draft'})
        with self.assertRaises(AccessError):
            self.make_send(self.lina, user_id=self.chen.id)

    def test_a_text_with_attachments_and_a_file_that_wecom_forgot(self):
        png = b'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
        image, link = self.env['wecom.material'].create([
            {'app_id': self.app.id, 'name': '海报', 'kind': 'image', 'file': png},
            {'app_id': self.app.id, 'name': '官网', 'kind': 'link', 'url': 'https://example.com'}])
        send = self.launch(tag_ids=self.tag.ids, member_ids=self.member.ids, material_ids=(image + link).ids)
        [there] = self.seen('state')['group_sends'].values()
        self.assertEqual([row['msgtype'] for row in there['attachments']], ['image', 'link'])
        self.assertEqual(there['attachments'][0]['image']['media_id'], image.media_id)
        self.assertEqual(send.preview.count('<span'), 3)

        before = image.media_id
        self.control('settings', fail_next={'externalcontact/add_msg_template': [40007]})
        self.launch(tag_ids=self.tag.ids, member_ids=self.member.ids, material_ids=image.ids)
        self.run_sends()
        self.assertEqual(len(self.sends_there()), 2)
        self.assertNotEqual(image.media_id, before)

    def test_as_many_calls_as_wecom_takes_customers_at_once(self):
        with patch.dict('odoo.addons.wecom_engage.models.wecom_send_audience.AT_ONCE', customers=2):
            send = self.launch(tag_ids=self.tag.ids, member_ids=self.zhang_member.ids)
        self.assertEqual(sorted(len(rows['ZhangWei']) for rows in self.sends_there()), [1, 2])
        self.assertEqual((len(send.task_ids), send.line_count), (2, 3))
