import time
from unittest.mock import patch

from odoo.tests import tagged
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
        return self.customer.activity_ids.user_id

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
        self.assertEqual(len(self.customer.activity_ids), 2)
        self.assertTrue(self.customer.loss_ids.alerted_at and self.customer.lead_ids.active)

    def test_check_05_a_member_who_deletes_a_customer_is_told_to_his_leader(self):
        self.end('del_external_contact')

        self.assertEqual((self.customer.loss_ids.side, self.told()), ('removed', self.chen))
        self.assertIn('李娜', self.customer.activity_ids.summary)

    def test_check_05_a_handover_is_no_loss(self):
        self.end('del_external_contact', Source='DELETE_BY_TRANSFER')

        self.assertEqual(self.customer.relation_ids.state, 'transferred')
        self.assertFalse(self.customer.loss_ids or self.customer.activity_ids)

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
