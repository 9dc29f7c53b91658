from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.wecom_contact.tests.common import ContactCase

HOLD_ON = {'onjob': 'externalcontact/transfer_customer', 'left': 'externalcontact/resigned/transfer_customer'}
NOW = '2026-11-22 04:00:00'


class HandoverCase(ContactCase):
    """张伟 hands over to 李娜; both clocks, ours and WeCom's, are moved together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zhang = new_test_user(cls.env, login='zhang.h', groups='sales_team.group_sale_salesman', name='张伟')
        cls.lina.name = '李娜'
        cls.team.member_ids = [(4, cls.zhang.id)]
        cls.giver = cls.env['wecom.member'].create(
            {'app_id': cls.app.id, 'userid': 'ZhangWei', 'name': '张伟', 'user_id': cls.zhang.id})
        cls.third = cls.env['wecom.member'].create({'app_id': cls.app.id, 'userid': 'ChenHao', 'name': '陈浩'})

    def setUp(self):
        super().setUp()
        self.time = self.enterContext(freeze_time(fields.Datetime.now()))

    def pass_time(self, **length):
        self.time.tick(timedelta(**length))
        self.control('clock', advance=int(timedelta(**length).total_seconds()))

    def customers(self, count, userid='ZhangWei'):
        """Return the relations of so many customers, known on both sides."""
        member = self.env['wecom.member'].search([('app_id', '=', self.app.id), ('userid', '=', userid)])
        names = self.control('customers', count=count, userid=userid)['external_userid']
        contacts = self.env['wecom.contact'].with_context(tracking_disable=True).create([
            {'app_id': self.app.id, 'external_userid': name, 'name': f'客户{number}'} for number, name in enumerate(names)])
        return self.env['wecom.relation'].create([
            {'contact_id': contact.id, 'member_id': member.id, 'added_at': '2026-01-05 08:00:00'} for contact in contacts])

    def chats(self, count):
        numbers = [self.act('opens_chat', name=f'群{number}', owner='ZhangWei')['chat_id'] for number in range(count)]
        return self.env['wecom.chat'].create([
            {'app_id': self.app.id, 'number': number, 'name': f'群{place}', 'owner_id': self.giver.id}
            for place, number in enumerate(numbers)])

    def wizard(self, relations=(), chats=(), taker=None, user=None, **values):
        return self.env['wecom.handover.start'].with_user(user or self.chen).create({
            'giver_id': self.giver.id, 'taker_id': (taker or self.member).id, 'reason': '调岗', 'is_chosen': True,
            'relation_ids': [(6, 0, [relation.id for relation in relations])], 'chat_ids': [(6, 0, [chat.id for chat in chats])], **values})

    def hand_over(self, relations=(), chats=(), send=True, **values):
        wizard = self.wizard(relations, chats, **values)
        handover = self.env['wecom.handover'].browse(wizard.action_start()['res_id'])
        if send:
            self.send()
        return handover

    def send(self):
        self.run_job(lambda: self.env['wecom.handover']._cron_send())

    def ask(self):
        self.run_job(lambda: self.env['wecom.handover']._cron_ask())

    def fate(self, relation, reason='customer_refused'):
        """What the customer will do; the event is not delivered."""
        self.act('transfer_refused', userid='LiNa', external_userid=relation.contact_id.external_userid, reason=reason)

    def states(self, handover):
        return dict(self.env['wecom.handover.line']._read_group([('handover_id', '=', handover.id)], ['state'], ['__count']))


@tagged('post_install', '-at_install')
class TestWecomHandover(HandoverCase):

    def test_check_09_inheritance_state_machine(self):
        """250 customers in three calls, 24 hours, then what became of each is asked; the owner moves with the customer only."""
        relations = self.customers(250)
        leads = self.env['crm.lead'].create([
            {'name': relation.contact_id.name, 'wecom_contact_id': relation.contact_id.id, 'user_id': self.zhang.id}
            for relation in relations[:4]])
        self.fate(relations[1])
        self.fate(relations[2], 'customer_limit_exceed')
        stranger = relations[3].contact_id
        stranger.external_userid = 'wmgone'  # WeCom no longer knows him

        handover = self.hand_over(relations, message='以后由李娜为您服务')
        self.assertEqual(self.called().count(HOLD_ON['onjob']), 3)
        self.assertEqual(self.states(handover), {'waiting': 249, 'failed': 1})
        line = handover.line_ids.filtered(lambda line: line.contact_id == stranger)
        self.assertEqual((line.code, line.problem), (40096, "WeCom doesn't know this customer (any more): compare the customers."))

        self.pass_time(hours=23)
        self.ask()
        self.assertEqual((self.states(handover), leads.user_id), ({'waiting': 249, 'failed': 1}, self.zhang))

        self.pass_time(hours=2)
        self.ask()
        self.assertEqual(self.states(handover), {'done': 247, 'refused': 1, 'full': 1, 'failed': 1})
        self.assertEqual(leads.mapped('user_id'), self.lina + self.zhang)
        self.assertEqual(leads.filtered(lambda lead: lead.user_id == self.lina), leads[0])
        self.assertEqual((handover.state, handover.done_count, handover.failed_count), ('done', 247, 3))
        self.assertEqual((relations[0].state, relations[1].state), ('transferred', 'active'))
        self.assertFalse(self.env['wecom.loss'].search([('relation_id', 'in', relations.ids)]))

        again = handover.with_user(self.chen).action_again()['context']
        self.assertEqual(len(again['default_relation_ids'][0][2]), 3, "refused, full, refused by WeCom: all can go to somebody else")

    def test_check_09_group_chats_over_days(self):
        """650 chats: 300 a day; each day's job asks for its own."""
        handover = self.hand_over(chats=self.chats(650))
        days = [(day.day, count) for day, count in self.env['wecom.handover.line']._read_group(
            [('handover_id', '=', handover.id)], ['planned_for:day'], ['__count'])]
        self.assertEqual([count for _day, count in days], [300, 300, 50])
        self.assertEqual(self.states(handover), {'done': 300, 'planned': 350})

        self.send()
        self.assertEqual(self.states(handover), {'done': 300, 'planned': 350}, "today WeCom takes no more")
        self.pass_time(days=1)
        self.send()
        self.pass_time(days=1)
        self.send()
        self.assertEqual((self.states(handover), handover.line_ids.chat_id.owner_id), ({'done': 650}, self.member))
        self.assertEqual(self.called().count('externalcontact/groupchat/onjob_transfer'), 7)

    def test_chats_of_a_day_that_others_used_up_come_tomorrow(self):
        chats = self.chats(2)
        self.env['ir.config_parameter'].set_param('wecom_handover.chats_per_day', '1')
        handover = self.hand_over(chats=chats)

        self.assertEqual(self.states(handover), {'done': 1, 'planned': 1})
        self.assertEqual(handover.last_day, handover._get_day() + timedelta(days=1))

    def test_a_third_time_within_90_days_is_known_before(self):
        relation = self.customers(1)
        for _time in range(2):
            self.fate(relation)
            self.hand_over(relation)
            self.pass_time(hours=25)
            self.ask()

        wizard = self.wizard(relation)
        self.assertEqual(wizard.too_often_ids, relation)
        self.assertIn("twice within 90 days", wizard.preview)
        handover = self.hand_over(relation)
        self.assertEqual((handover.line_ids.state, handover.line_ids.code, self.called().count(HOLD_ON['onjob'])), ('failed', 40128, 2))
        self.pass_time(days=91)
        self.assertFalse(self.wizard(relation).too_often_ids)

    def test_a_call_without_an_answer_is_asked_about_not_repeated(self):
        """Carried out, but the answer was lost: WeCom lists them. Cut off before: it doesn't, and they are asked for once more."""
        relations = self.customers(2)
        self.control('settings', delay={}, hang_up={HOLD_ON['onjob']: 1})
        handover = self.hand_over(relations)
        self.assertEqual(self.states(handover), {'sent': 2})

        self.send()
        self.assertEqual(self.states(handover), {'waiting': 2})
        self.assertEqual([name for name in self.called() if 'transfer' in name],
                         [HOLD_ON['onjob'], 'externalcontact/transfer_result', HOLD_ON['onjob']])

        handover.line_ids.sudo().state = 'sent'  # as if our server had died with the answer on its way
        self.send()
        self.assertEqual((self.states(handover), self.called().count(HOLD_ON['onjob'])), ({'waiting': 2}, 2))

    def test_an_app_at_its_limit_holds_back_no_other(self):
        far = self.far_app()
        giver, taker = self.env['wecom.member'].create([{'app_id': far.id, 'userid': name, 'name': name} for name in ('A', 'B')])
        contact = self.env['wecom.contact'].create({'app_id': far.id, 'external_userid': 'wmfar', 'name': '远方'})
        relation = self.env['wecom.relation'].create({'contact_id': contact.id, 'member_id': giver.id})
        waiting = self.hand_over(relation, giver_id=giver.id, taker=taker, send=False)
        handover = self.hand_over(self.customers(2))

        self.assertEqual((self.states(waiting), self.states(handover)), ({'planned': 1}, {'waiting': 2}))
        self.assertFalse(waiting.line_ids.tried_at)

    def test_limits_and_broken_settings_stop_the_job_and_lose_nothing(self):
        relations = self.customers(2)
        self.control('settings', fail_next={HOLD_ON['onjob']: [45009]})
        handover = self.hand_over(relations)
        self.assertEqual((self.states(handover), handover.line_ids.mapped('tried_at')), ({'planned': 2}, [False, False]))
        self.pass_time(minutes=61)
        self.send()
        self.assertEqual(self.states(handover), {'waiting': 2})

    def test_whole_refusals_are_shown_on_each(self):
        self.member.active = True
        self.act('leaves', userid='LiNa')
        handover = self.hand_over(self.customers(1), chats=self.chats(1))
        self.assertEqual(set(handover.line_ids.mapped('code')), {40003})
        self.assertEqual(self.states(handover), {'failed': 2})

    def test_names_notes_and_tags_carry_over(self):
        relation = self.customers(1)
        number, _tag = next(iter(self.seen('state')['tags'].values()))['tag'].popitem()
        tag = self.env['wecom.tag'].create({'app_id': self.app.id, 'number': number, 'name': '重点', 'group_name': '客户等级'})
        relation.write({'remark': '王经理', 'description': '采购', 'mobiles': '["13800138000"]', 'tag_ids': [(4, tag.id)]})
        self.hand_over(relation)
        self.pass_time(hours=25)
        self.ask()
        self.run_job(lambda: self.env['wecom.relation']._cron_send())
        self.run_job(lambda: self.env['wecom.contact']._cron_fetch())

        new = relation.contact_id.relation_ids - relation
        self.assertRecordValues(new, [{
            'member_id': self.member.id, 'state': 'active', 'remark': '王经理', 'description': '采购', 'add_way': '202',
            'tag_ids': tag.ids}])
        there = next(row for row in self.seen('state')['relations'] if row['external_userid'] == relation.contact_id.external_userid)
        self.assertEqual((there['userid'], there['remark'], there['tags']), ('LiNa', '王经理', [tag.number]))
        self.assertFalse(relation.contact_id.lead_ids, "who was a friend before becomes no lead")

    def test_an_event_of_failure_makes_us_ask(self):
        relation = self.customers(1)
        self.fate(relation)
        handover = self.hand_over(relation)
        self.pass_time(hours=25)
        cron = self.env.ref('wecom_handover.ir_cron_wecom_handover_ask')
        self.env['ir.cron.trigger'].search([('cron_id', '=', cron.id)]).unlink()
        self.run_queue(self.event('transfer_fail', relation.contact_id.external_userid, 'LiNa', FailReason='customer_refused'))

        self.assertEqual(self.states(handover), {'waiting': 1}, "the event alone ends nothing")
        self.assertTrue(self.env['ir.cron.trigger'].search([('cron_id', '=', cron.id)]))
        self.ask()
        self.assertEqual(self.states(handover), {'refused': 1})

    def test_a_refusal_of_before_is_not_taken_for_this_one(self):
        relation = self.customers(1)
        self.fate(relation)
        self.hand_over(relation)
        self.pass_time(hours=25)
        self.ask()
        second = self.hand_over(relation)
        self.ask()
        self.assertEqual(self.states(second), {'waiting': 1})
        self.pass_time(hours=25)
        self.ask()
        self.assertEqual(self.states(second), {'refused': 1})

    def test_refused_can_go_to_another_member_and_cancelled_stays(self):
        relation = self.customers(1)
        self.fate(relation)
        first = self.hand_over(relation)
        self.pass_time(hours=25)
        self.ask()
        context = first.with_user(self.chen).action_again()['context']
        self.assertEqual((context['default_giver_id'], context['default_relation_ids'][0][2]), (self.giver.id, relation.ids))

        second = self.hand_over(relation, taker=self.third, send=False)
        with self.assertRaisesRegex(UserError, "being handed over already"):
            self.hand_over(relation)
        second.with_user(self.chen).action_cancel()
        self.send()
        self.assertEqual((self.states(second), relation.state), ({'cancelled': 1}, 'active'))

    def test_nobody_gives_or_takes_others_customers(self):
        relation = self.customers(1)
        with self.assertRaises(AccessError):
            self.wizard(relation, user=self.lina)
        with self.assertRaises(AccessError):
            relation.with_user(self.zhang).action_hand_over()
        with self.assertRaises(AccessError):
            self.giver.with_user(self.lina).action_hand_over()
        handover = self.hand_over(relation)
        for action in ('action_cancel', 'action_again'):
            with self.assertRaises(AccessError):
                getattr(handover.with_user(self.lina), action)()
        for values, words in (({'taker': self.giver}, "himself"), ({'taker': self.third}, "already")):
            with self.assertRaisesRegex(UserError, words):
                self.hand_over(relation, **values)
        far = self.env['res.company'].create({'name': '别的公司'})
        self.third.user_id = new_test_user(
            self.env, login='far', groups='base.group_user', company_id=far.id, company_ids=[(6, 0, far.ids)])
        with self.assertRaisesRegex(UserError, "none of your companies"):
            self.hand_over(self.customers(1), taker=self.third)
