from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import EngageCase


class SopCase(EngageCase):

    def make_sop(self, *steps, user=None, on=True, **values):
        """:param steps: the time and words of each"""
        sop = self.env['wecom.sop'].with_user(user or self.chen).create({
            'app_id': self.app.id, 'name': '餐厨客户', 'tag_ids': self.tag.ids, 'tz': 'Asia/Shanghai',
            'step_ids': [(0, 0, {'text': f'第{number}条', **step}) for number, step in enumerate(steps, 1)], **values})
        if on:
            sop.action_switch_on()
            self.run_sops()
        return sop.sudo()

    def staged(self, **values):
        return self.make_sop({'day': 0}, {'day': 3}, {'day': 7}, kind='personal', **values)

    def run_sops(self):
        self.env.flush_all()
        self.run_job(lambda: self.env['wecom.sop']._cron_run())
        self.run_sends()

    def at(self, text):
        self.go_to(text)
        self.run_sops()

    def texts(self, external):
        """What members were asked to send this customer."""
        return [send['text']['content'] for send in self.seen('state')['group_sends'].values()
                if external in [row.get('external_userid') for row in send['rows']]]

    def enrolment(self, external):
        return self.env['wecom.sop.enrolment'].search([('contact_id', '=', self.contact(external).id)])

    def dues(self, external):
        return [(due.due_at, due.state) for due in self.enrolment(external).due_ids]


@tagged('post_install', '-at_install')
class TestWecomSop(SopCase):

    # CUSTOMERS ON A DATE ---------------------------------------------------

    def test_s0_2_c_on_a_date_one_task_with_exactly_his_tagged_customers(self):
        sop = self.make_sop({'date': date(2026, 3, 10), 'hour': 9.0}, kind='customers', member_ids=self.zhang_member.ids)
        self.assertEqual((sop.target_count, sop.step_ids.next_at), (3, self.utc('2026-03-10 09:00')))

        self.at('2026-03-10 08:59')
        self.assertEqual(self.sends_there(), [])
        self.at('2026-03-10 09:00')
        self.assertEqual(self.sends_there(), [{'ZhangWei': sorted(self.zhangs[:3])}])
        send = self.env['wecom.send'].search([('sop_id', '=', sop.id)])
        self.confirm(send.task_ids)
        self.run_results()
        self.at('2026-03-10 09:30')
        self.assertEqual(self.states(send), dict.fromkeys(self.zhangs[:3], 'sent'))
        self.assertEqual((sop.send_count, sop.step_ids.line_count, sop.step_ids.sent_count), (1, 3, 3))

    def test_what_lay_in_the_past_when_it_was_switched_on_is_left_out(self):
        self.go_to('2026-03-10 09:01')
        sop = self.make_sop({'date': date(2026, 3, 10), 'hour': 9.0}, {'date': date(2026, 3, 11)}, kind='customers')
        self.assertEqual(self.sends_there(), [])
        sop.with_user(self.chen).action_switch_off()
        self.at('2026-03-11 10:00')
        sop.with_user(self.chen).action_switch_on()
        self.run_sops()
        self.assertEqual(self.sends_there(), [])

    # GROUP CHATS -----------------------------------------------------------

    def test_s0_2_d_every_monday_the_group_chats_of_the_members_chosen(self):
        chats = [self.act('opens_chat', name=name, owner=owner)['chat_id'] for name, owner in (
            ('G1', 'ZhangWei'), ('G2', 'ZhangWei'), ('G3', 'LiNa'))]
        for number in self.env['wecom.chat']._ensure(self.app, chats).values():
            number._fetch()
        sop = self.make_sop({'weekday': '0', 'hour': 10.0}, kind='chats', tag_ids=False, member_ids=self.zhang_member.ids)

        for day in (2, 9):
            self.at(f'2026-03-{day:02} 09:59')
            self.assertEqual(len(self.sends_there()), day // 7)
            self.at(f'2026-03-{day:02} 10:00')
        self.assertEqual(self.sends_there(), [{'ZhangWei': sorted(chats[:2])}] * 2)
        first, second = self.env['wecom.send'].search([('sop_id', '=', sop.id)], order='id')
        self.confirm(first.task_ids)
        self.run_results()
        self.assertEqual((self.states(first), self.states(second)), (dict.fromkeys(chats[:2], 'sent'), dict.fromkeys(chats[:2], 'unsent')))
        self.assertEqual(sop.step_ids.next_at, self.utc('2026-03-16 10:00'))

    # STAGES ----------------------------------------------------------------

    def test_s0_2_f_on_day_0_3_and_7_until_the_tag_is_lost(self):
        self.put_tag(self.relations(self.zhangs + self.linas), on=False)
        self.staged()
        one, other = self.zhangs[:2]
        self.put_tag(self.relations([one, other]))
        self.at('2026-03-01 09:00')
        self.assertEqual((self.texts(one), self.texts(other)), (['第1条'], ['第1条']))
        self.at('2026-03-04 09:00')
        self.assertEqual(self.texts(one), ['第1条', '第2条'])

        self.go_to('2026-03-05 12:00')
        self.put_tag(self.relations([one]), on=False)
        self.run_sops()
        self.assertEqual(self.dues(one), [
            (self.utc('2026-03-01 09:00'), 'made'), (self.utc('2026-03-04 09:00'), 'made'), (self.utc('2026-03-08 09:00'), 'cancelled')])
        self.assertEqual((self.enrolment(one).state, self.enrolment(one).end), ('ended', 'tag'))
        self.at('2026-03-08 09:00')
        self.assertEqual((self.texts(one), self.texts(other)), (['第1条', '第2条'], ['第1条', '第2条', '第3条']))
        self.assertEqual(self.enrolment(other).state, 'done')

    def test_one_call_serves_all_customers_of_a_member_with_the_same_words(self):
        self.staged()
        self.at('2026-03-01 09:00')
        self.assertEqual(self.sends_there(), [{'LiNa': sorted(self.linas)}, {'ZhangWei': sorted(self.zhangs[:3])}])

    def test_who_is_tagged_after_the_hour_gets_the_first_step_at_once(self):
        self.put_tag(self.relations(self.zhangs + self.linas), on=False)
        self.staged()
        self.go_to('2026-03-01 15:20')
        self.put_tag(self.relations(self.zhangs[:1]))
        self.run_sops()
        self.assertEqual(self.texts(self.zhangs[0]), ['第1条'])
        self.assertEqual(self.dues(self.zhangs[0])[1], (self.utc('2026-03-04 09:00'), 'planned'))

    def test_check_10_a_customer_of_two_owners_is_in_an_sop_once(self):
        both = self.relations(self.zhangs[:1])
        self.act('scan', userid='LiNa', external_userid=self.zhangs[0])
        self.put_tag(both.create({'contact_id': both.contact_id.id, 'member_id': self.member.id}))
        self.staged()
        for day in ('01', '04', '08', '09'):
            self.at(f'2026-03-{day} 09:00')
        self.assertEqual(len(self.enrolment(self.zhangs[0])), 1)
        self.assertEqual(self.texts(self.zhangs[0]), ['第1条', '第2条', '第3条'])

        self.put_tag(self.relations(self.zhangs[:1]), on=False)
        self.run_sops()
        self.put_tag(self.relations(self.zhangs[:1]))
        self.at('2026-03-20 09:00')
        self.assertEqual(len(self.texts(self.zhangs[0])), 3, "who had it all doesn't begin again")

    def test_another_member_who_has_the_customer_goes_on(self):
        self.staged()
        own = self.relations(self.zhangs[:1])
        self.act('scan', userid='LiNa', external_userid=self.zhangs[0])
        self.put_tag(own.create({'contact_id': own.contact_id.id, 'member_id': self.member.id}))
        self.at('2026-03-01 09:00')

        own._end('lost')
        self.at('2026-03-04 09:00')
        self.assertEqual((self.enrolment(self.zhangs[0]).member_id, self.enrolment(self.zhangs[0]).state), (self.member, 'running'))
        self.assertIn({'LiNa': sorted([*self.linas, self.zhangs[0]])}, self.sends_there())
        self.relations(self.zhangs[:1])._end('lost')
        self.run_sops()
        self.assertEqual((self.enrolment(self.zhangs[0]).state, self.enrolment(self.zhangs[0]).end), ('ended', 'relation'))

    def test_what_waits_for_working_hours_is_cancelled_with_the_tag(self):
        self.env.company.resource_calendar_id.attendance_ids.filtered(lambda hours: hours.dayofweek == '6').unlink()
        self.staged()
        self.at('2026-03-01 09:00')  # a Sunday
        self.assertEqual(self.sends_there(), [])
        self.put_tag(self.relations(self.linas), on=False)
        self.run_sops()
        self.at('2026-03-02 00:00')
        self.assertEqual(self.sends_there(), [{'ZhangWei': sorted(self.zhangs[:3])}])

    def test_check_10_days_and_hours_are_those_of_the_sops_time_zone(self):
        sop = self.staged(tz='America/New_York')
        self.assertEqual(self.dues(self.zhangs[0])[0][0], self.utc('2026-03-01 08:00'), "28 February 19:00 there: at once")
        self.assertEqual([str(moment) for moment, _state in self.dues(self.zhangs[0])[1:]],
                         ['2026-03-03 14:00:00', '2026-03-07 14:00:00'])
        sop.with_user(self.chen).action_switch_off()
        self.assertEqual(str(sop._get_moment(date(2026, 3, 9), 9.5)), '2026-03-09 13:30:00', "summer time since the 8th")

    def test_a_customer_who_had_enough_is_not_asked_for(self):
        self.app.send_quota = 'day'
        self.control('settings', group_sends_per='day')
        send = self.launch(contact_ids=self.contacts(self.zhangs[:1]).ids)
        self.confirm(send.task_ids)
        self.run_results()
        self.staged()
        self.at('2026-03-01 09:00')
        self.assertEqual((len(self.texts(self.zhangs[0])), len(self.texts(self.zhangs[1]))), (1, 1))
        self.assertEqual(self.enrolment(self.zhangs[0]).due_ids[0].line_state, 'limit')

    # PEOPLE ----------------------------------------------------------------

    def test_a_person_stops_it_with_a_reason_and_begins_it_anew(self):
        self.staged()
        enrolment = self.enrolment(self.linas[0]).with_user(self.lina)
        with self.assertRaises(UserError):
            enrolment.action_stop()
        enrolment.reason = '客户不想收到'
        enrolment.action_stop()
        self.at('2026-03-01 09:00')
        self.assertEqual((enrolment.state, enrolment.end, self.texts(self.linas[0])), ('ended', 'person', []))
        with self.assertRaises(AccessError):
            enrolment.state = 'running'
        self.go_to('2026-03-05 08:00')
        enrolment.action_begin_anew()
        self.at('2026-03-05 09:00')
        self.assertEqual(self.texts(self.linas[0]), ['第1条'])

    def test_s0_g1_c_tag_and_sop_for_chosen_customers(self):
        self.put_tag(self.relations(self.zhangs + self.linas), on=False)
        sop = self.staged(on=False)
        five = self.contacts(self.zhangs[:4] + self.linas[:1])
        change = self.env['wecom.tag.change'].with_user(self.chen).with_context(
            active_model='wecom.contact', active_ids=five.ids).new({'sop_id': sop.id})
        change._onchange_sop_id()
        self.assertEqual((change.tag_ids._origin, change.concerned_count), (self.tag, 5), "its only tag is chosen with it")

        for user, chosen, count in ((self.lina, five & self.contacts(self.linas), 1), (self.chen, five, 5), (self.chen, five, 5)):
            change = self.env['wecom.tag.change'].with_user(user).with_context(
                active_model='wecom.contact', active_ids=chosen.ids).create({'sop_id': sop.id, 'tag_ids': self.tag.ids})
            change.action_apply()
            self.assertEqual(len(sop.enrolment_ids), count)
        self.run_job(lambda: self.env['wecom.relation']._cron_send())
        there = {row['external_userid'] for row in self.seen('state')['relations'] if self.tag.number in row['tags']}
        self.assertEqual((sop.enrolment_ids.contact_id, there), (five, set(self.zhangs[:4] + self.linas[:1])))
        sop.with_user(self.chen).action_switch_on()
        self.at('2026-03-01 09:00')
        self.assertEqual(self.sends_there(), [{'LiNa': self.linas[:1]}, {'ZhangWei': sorted(self.zhangs)}])

        change = self.env['wecom.tag.change'].with_user(self.chen).create({
            'contact_ids': five.ids, 'sop_id': sop.id, 'tag_ids': self.env['wecom.tag'].search([('name', '=', '普通')], limit=1).ids})
        with self.assertRaises(UserError):
            change.action_apply()

    # HANDING OVER ----------------------------------------------------------

    def test_check_09_a_running_sop_follows_the_customer_to_his_new_member(self):
        sop = self.staged(member_ids=self.zhang_member.ids)
        self.at('2026-03-01 09:00')
        wizard = self.env['wecom.handover.start'].with_user(self.chen).create({
            'giver_id': self.zhang_member.id, 'taker_id': self.member.id, 'reason': '调岗', 'is_chosen': True,
            'relation_ids': self.relations(self.zhangs[:1]).ids})
        handover = self.env['wecom.handover'].browse(wizard.action_start()['res_id'])
        self.run_job(lambda: self.env['wecom.handover']._cron_send())
        self.go_to('2026-03-02 10:00')
        self.run_job(lambda: self.env['wecom.handover']._cron_ask())

        enrolment = self.enrolment(self.zhangs[0])
        self.assertEqual((enrolment.member_id, enrolment.state), (self.member, 'running'))
        self.assertIn('wecom.sop.enrolment', handover.record_ids.kind_id.mapped('model'))
        self.at('2026-03-04 09:00')
        self.assertEqual(self.texts(self.zhangs[0]), ['第1条', '第2条'])
        self.assertIn({'LiNa': self.zhangs[:1]}, self.sends_there())
        self.assertEqual(sop.running_count, 3)

    # BAD INPUT -------------------------------------------------------------

    def test_steps_without_words_or_time_and_sops_that_are_on(self):
        for values in ({'kind': 'customers', 'step_ids': [(0, 0, {'text': 'x'})]}, {'step_ids': [(0, 0, {'text': 'x', 'hour': 24})]},
                       {'kind': 'chats', 'step_ids': [(0, 0, {'text': 'x', 'weekday': '0', 'date': '2026-03-01'})]},
                       {'step_ids': [(0, 0, {'text': 'x', 'day': -1})]}, {'step_ids': []}, {'step_ids': [(0, 0, {'text': ' '})]}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.make_sop(**values)
        turned = self.make_sop({'day': 1}, on=False).with_user(self.chen)
        turned.kind = 'customers'
        with self.assertRaises(UserError):
            turned.action_switch_on()
        sop = self.staged().with_user(self.chen)
        for change in ({'tag_ids': False}, {'tz': 'UTC'}, {'active': False}, {'step_ids': [(0, 0, {'text': 'x', 'day': 9})]},
                       {'step_ids': [(1, sop.step_ids[0].id, {'day': 1})]}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                sop.write(change)
        sop.step_ids[1].text = '新的话'
        self.at('2026-03-01 09:00')
        sop.action_switch_off()
        with self.assertRaises(UserError):
            sop.step_ids[0].unlink()
        with self.assertRaises(UserError):
            sop.unlink()
