import time
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.wecom_contact.models.wecom_loss import WecomLoss

from .common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomLoss(ContactCase):

    def setUp(self):
        super().setUp()
        self.external = self.friend()
        self.run_queue(self.event('add_external_contact', self.external))
        self.customer = self.contact(self.external)

    def told(self):
        return self.customer.loss_ids.activity_ids.user_id

    def end(self, change, **more):
        self.act('customer_deletes' if change == 'del_follow_user' else 'member_deletes', userid='LiNa', external_userid=self.external,
                 **({'by_transfer': True} if more else {}))
        text = self.event(change, self.external, at=self.later(), **more)
        self.run_queue(text)
        self.run_queue(text)

    def later(self):
        return int(time.time()) + 5

    def test_check_05_a_customer_who_deletes_us_is_recorded_and_told_once(self):
        self.end('del_follow_user')

        self.assertRecordValues(self.customer.loss_ids, [{'side': 'lost', 'member_id': self.member.id}])
        self.assertEqual((self.customer.relation_ids.state, self.customer.member_count), ('lost', 0))
        self.assertEqual(self.told(), self.lina + self.chen)
        self.assertEqual(len(self.customer.loss_ids.activity_ids), 2)
        self.assertTrue(self.customer.loss_ids.alerted_at and self.customer.lead_ids.active)

    def test_check_05_a_member_who_deletes_a_customer_is_told_to_his_leader(self):
        self.end('del_external_contact')

        self.assertEqual((self.customer.loss_ids.side, self.told()), ('removed', self.chen))
        self.assertIn('李娜', self.customer.loss_ids.activity_ids.summary)

    def test_check_05_a_handover_is_no_loss(self):
        self.end('del_external_contact', Source='DELETE_BY_TRANSFER')

        self.assertEqual(self.customer.relation_ids.state, 'transferred')
        self.assertFalse(self.customer.loss_ids)

    @mute_logger('odoo.addons.wecom_contact.models.wecom_loss')
    def test_check_05_an_alarm_that_fails_undoes_nothing_and_comes_later(self):
        with patch.object(WecomLoss, '_alert', side_effect=ValueError):
            self.end('del_follow_user')
        self.assertEqual((self.customer.relation_ids.state, len(self.customer.loss_ids), self.told()), ('lost', 1, self.env['res.users']))

        self.run_job(lambda: self.env['wecom.loss']._cron_alert())
        self.assertEqual(self.told(), self.lina + self.chen)

    def test_check_05_added_again_he_is_a_friend_and_the_loss_is_history(self):
        self.end('del_follow_user')
        self.control('clock', advance=60)
        self.friend(external_userid=self.external)
        self.run_queue(self.event('add_external_contact', self.external, at=self.later() + 60))

        self.assertEqual((self.customer.relation_ids.state, self.customer.relation_ids.ended_at), ('active', False))
        self.assertEqual((len(self.customer.loss_ids), len(self.customer.lead_ids)), (1, 1))
        self.assertEqual((self.customer.loss_ids.outcome, self.customer.loss_ids.activity_ids), ('won', self.env['mail.activity']))

    # WINNING BACK ----------------------------------------------------------

    def test_a_loss_is_a_to_do_with_deadline_and_script_and_ends_with_its_result(self):
        self.end('del_follow_user')
        loss = self.customer.loss_ids.with_user(self.lina)
        todo = loss.activity_ids.filtered(lambda activity: activity.user_id == self.lina)
        self.assertEqual(todo.date_deadline, fields.Date.add(fields.Date.context_today(loss), days=2))
        self.assertIn('Call', str(todo.note))

        with self.assertRaisesRegex(UserError, "choose the reason first"):
            loss.action_give_up()
        loss.reason_id = self.env.ref('wecom_contact.loss_reason_price')
        loss.action_give_up()
        self.assertRecordValues(loss, [{'outcome': 'given_up', 'closed_by_id': self.lina.id, 'activity_ids': []}])
        loss.action_win_back()
        self.assertEqual(loss.outcome, 'given_up', "what is closed stays closed")
        for values in ({'side': 'removed'}, {'outcome': 'won'}, {'reason': 'x', 'happened_at': '2020-01-01'}):
            with self.subTest(values), self.assertRaises(AccessError):
                loss.write(values)

    def test_he_is_won_back_by_adding_somebody_else_of_ours(self):
        self.end('del_follow_user')
        self.act('scan', name='王女士', userid='ChenHao', external_userid=self.external)
        self.run_queue(self.event('add_external_contact', self.external, 'ChenHao'))
        self.assertRecordValues(self.customer.loss_ids, [{'outcome': 'won', 'closed_by_id': False}])

    # PROTECTING WHAT THE COMPANY HAS ---------------------------------------

    def test_s0_2_b_a_customer_deleted_by_his_member_is_recorded_told_and_kept(self):
        partner = self.env['res.partner'].create({'name': '王经理', 'user_id': self.lina.id})
        self.customer.partner_id = partner
        self.end('del_external_contact')

        self.assertRecordValues(self.customer.loss_ids, [{'member_id': self.member.id, 'side': 'removed', 'user_id': self.lina.id}])
        self.assertTrue(self.customer.loss_ids.happened_at)
        self.assertEqual(self.told(), self.chen)
        self.assertTrue(partner.active and self.customer.lead_ids.active)
        for record in (partner, self.customer.lead_ids, self.customer, self.customer.loss_ids):
            with self.subTest(record._name), self.assertRaisesRegex(AccessError, "not allowed to delete"):
                record.with_user(self.lina).unlink()
        with self.assertRaisesRegex(UserError, "archive the contact instead"):
            partner.unlink()
        self.assertTrue(partner.exists() and self.customer.lead_ids.exists())

    def test_s0_2_b_who_deletes_many_is_a_risk_of_which_leader_and_compliance_are_told_once(self):
        officer = new_test_user(self.env, login='officer.c', groups='base.group_user,wecom_contact.group_compliance')
        externals = [self.external, *(self.friend() for _number in range(3))]
        for number, external in enumerate(externals):
            if number:
                self.run_queue(self.event('add_external_contact', external))
            self.external = external
            self.end('del_external_contact')
            risk = self.env['wecom.risk'].search([('member_id', '=', self.member.id)])
            self.assertEqual(risk.loss_count, {0: 0, 1: 0, 2: 3, 3: 4}[number])
        self.assertEqual((risk.activity_ids.user_id, len(risk.activity_ids)), (self.chen + officer, len(risk.activity_ids.user_id)))

        with self.assertRaisesRegex(UserError, "conclusion first"):
            risk.with_user(self.chen).action_close()
        risk.with_user(self.chen).conclusion = '离职前清理，已谈话'
        risk.with_user(self.chen).action_close()
        self.assertRecordValues(risk, [{'state': 'closed', 'closed_by_id': self.chen.id, 'activity_ids': []}])
        with self.assertRaises(AccessError):
            risk.with_user(self.chen).state = 'open'
