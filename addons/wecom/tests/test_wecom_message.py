from datetime import timedelta

from odoo.fields import Datetime
from odoo.tests import new_test_user, tagged

from odoo.addons.wecom.tools import card

from .common import WecomCase


@tagged('post_install', '-at_install')
class TestWecomMessage(WecomCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lina, cls.zhang = (new_test_user(cls.env, login=f'{name}.test', groups='base.group_user', notification_type='wecom',
                                             email=f'{name}@example.com') for name in ('lina', 'zhang'))
        cls.member = cls.env['wecom.member'].create({'app_id': cls.app.id, 'userid': 'LiNa', 'name': '李娜', 'user_id': cls.lina.id})
        cls.partner = cls.env['res.partner'].create({'name': '宏达电子'})

    def process(self):
        self.run_job(lambda: self.env['wecom.message']._process_queue())

    def outbox(self):
        return self.env['wecom.message'].search([('app_id', '=', self.app.id)], order='id')

    def received(self):
        return [(row['to'], row['dropped']) for row in self.seen('state')['messages']]

    def test_who_chose_wecom_gets_a_card_that_opens_the_record(self):
        message = self.partner.message_post(body="合同已签署", partner_ids=(self.lina + self.zhang).partner_id.ids)
        notices = message.notification_ids.grouped('res_partner_id')
        self.assertEqual(notices[self.lina.partner_id].notification_type, 'wecom')
        self.assertEqual(notices[self.zhang.partner_id].notification_type, 'email', "no member: an e-mail instead")
        self.process()

        [row] = self.seen('state')['messages']
        self.assertEqual((row['to'], row['type'], row['content']['title']), ('lina', 'textcard', '宏达电子'))
        self.assertIn('合同已签署', row['content']['description'])
        self.assertTrue(row['content']['url'].endswith(f'/mail/message/{message.id}'))
        self.assertEqual((self.outbox().state, notices[self.lina.partner_id].notification_status), ('done', 'sent'))

    def test_an_app_for_all_companies_sends_too(self):
        self.app.company_id = False
        self.partner.message_post(body="好", partner_ids=self.lina.partner_id.ids)
        self.process()

        self.assertEqual((self.outbox().state, self.received()), ('done', [('lina', False)]))

    def test_who_becomes_a_customer_gets_mails_again(self):
        self.lina.group_ids = self.env.ref('base.group_portal')

        self.assertEqual(self.lina.notification_type, 'email')

    def test_the_31st_in_a_minute_waits_instead_of_being_dropped(self):
        for number in range(32):
            self.env['wecom.message']._post(self.member, card.text(f'消息 {number}'))
        self.process()
        late = self.outbox().filtered(lambda message: message.state == 'pending')

        self.assertEqual(self.received(), [('lina', False)] * 30)
        self.assertEqual(len(late), 2)
        self.assertGreater(late[0].next_attempt_at, Datetime.now() + timedelta(seconds=50))

        self.outbox()._update({'next_attempt_at': False, 'processed_at': Datetime.now() - timedelta(minutes=2)})
        self.control('clock', advance=61)
        self.process()
        self.assertEqual(self.received(), [('lina', False)] * 32)

    def test_whom_wecom_does_not_know_is_told_the_others_get_it(self):
        stranger = self.env['wecom.member'].create({'app_id': self.app.id, 'userid': 'NoBody', 'name': 'Nobody'})
        self.env['wecom.message']._post(self.member + stranger, card.markdown('**好**'))
        self.process()

        self.assertEqual(self.outbox().mapped('state'), ['done', 'rejected'])
        self.assertEqual(self.called().count('message/send'), 1)
        self.assertIn('Read the address book', self.outbox()[1].error)

    def test_what_heals_is_tried_again_and_nothing_is_sent_meanwhile(self):
        for code in (45009, -1, 60020):
            with self.subTest(code):
                self.outbox().unlink()
                self.env['wecom.bucket'].search([]).closed_until = False
                self.app._restart()
                self.env['wecom.message']._post(self.member, card.text('好'))
                self.env.flush_all()
                self.control('settings', fail_next={'message/send': [code] * 4})
                self.process()

                self.assertEqual((self.outbox().state, self.received()), ('pending', []))
                self.assertGreater(self.outbox().next_attempt_at, Datetime.now() + timedelta(seconds=20))

    def test_texts_are_cut_by_bytes_at_a_letter(self):
        self.assertEqual(card.cut('环境' * 100, 14), '环境环…')
        self.assertEqual(card.cut(' 环境 ', 6), '环境')
