import json
import time
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.sms_cn.models.sms_cn_message import KEPT_DAYS, POLLS

from .common import GatewayMixin, SmsCnCase


@tagged('post_install', '-at_install')
class TestSmsCnMessage(SmsCnCase):

    def sent(self, account, number='13800138000'):
        sms = self.sms(account, number=number)
        sms.send()
        return self.env['sms.cn.message'].search([('account_id', '=', account.id)], limit=1)

    def poll(self, message):
        message.next_poll_at = fields.Datetime.now()
        self.env.ref('sms_cn.ir_cron_poll').method_direct_trigger()

    def test_report_is_fetched_from_either_vendor(self):
        for account in (self.aliyun, self.tencent):
            message = self.sent(account)
            self.wait_until_reported(len(self.received()))

            self.poll(message)

            self.assertEqual((message.state, message.carrier_code), ('delivered', 'DELIVERED'), account.provider)
            self.assertTrue(message.reported_at)
            self.assertFalse(message.next_poll_at)

    def test_failed_report_reaches_the_notification(self):
        self.settings({'outcomes': {'13700137000': 'MOBILE_NOT_ON_SERVICE'}})
        partner = self.env['res.partner'].create({'name': 'Wang', 'phone': '+8613700137000'})
        note = partner.with_company(self.aliyun.company_id)._message_sms("您的验证码是135790，5分钟内有效，请勿告诉他人。")
        notification = self.env['mail.notification'].search([('mail_message_id', '=', note.id)])
        sms = self.env['sms.sms'].search([('mail_message_id', '=', note.id)])
        if sms.state == 'outgoing':
            sms.send()
        self.assertEqual(notification.notification_status, 'pending')
        self.wait_until_reported()

        self.poll(self.env['sms.cn.message'].search([('account_id', '=', self.aliyun.id)]))

        self.assertEqual((notification.notification_status, notification.failure_type), ('bounce', 'sms_invalid_destination'))

    def test_nothing_known_yet_is_asked_again_later_and_at_last_left(self):
        self.settings({'report_after': 3600})
        self.addCleanup(self.settings, {'report_after': 0.2})
        message = self.sent(self.aliyun)

        with patch.object(type(self.env['sms.cn.provider.aliyun']), '_query', return_value=(None, '')):
            for expected in POLLS[1:]:
                self.poll(message)
                self.assertEqual(message.state, 'sent')
                self.assertGreaterEqual(message.next_poll_at, message.sent_at + timedelta(minutes=1))
                self.assertLessEqual(message.next_poll_at, message.sent_at + timedelta(minutes=expected + 1))
            self.poll(message)

        self.assertEqual(message.state, 'unknown')
        self.assertEqual(message.polls, len(POLLS))

    @mute_logger('odoo.addons.sms_cn.models.sms_cn_provider')
    def test_gateway_out_of_reach_leaves_the_message_waiting(self):
        message = self.sent(self.aliyun)
        self.aliyun.endpoint = 'http://127.0.0.1:9'

        self.poll(message)

        self.assertEqual((message.state, message.polls), ('sent', 1))

    def test_numbers_are_forgotten_after_a_year(self):
        message = self.sent(self.aliyun)

        with freeze_time(fields.Datetime.now() + timedelta(days=KEPT_DAYS - 1)):
            self.env['sms.cn.message']._gc_messages()
        self.assertTrue(message.exists())
        with freeze_time(fields.Datetime.now() + timedelta(days=KEPT_DAYS + 1)):
            self.env['sms.cn.message']._gc_messages()
        self.assertFalse(message.exists())


@tagged('post_install', '-at_install')
class TestReportDoor(GatewayMixin, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpGateway()

    def setUp(self):
        super().setUp()
        self.sms(self.aliyun).send()
        self.message = self.env['sms.cn.message'].search([('account_id', '=', self.aliyun.id)], limit=1)

    def push(self, body, token=None):
        address = f'/sms_cn/report/{token or self.aliyun.report_token}'
        return self.url_open(address, data=body, headers={'Content-Type': 'application/json'}, method='POST')

    def report(self, **values):
        return [{'phone_number': '13800138000', 'success': True, 'err_code': 'DELIVERED', 'biz_id': self.message.serial, **values}]

    def test_push_of_the_vendor_ends_in_a_signed_question(self):
        """The gateway itself pushes; the job it wakes asks, and only that answer counts."""
        self.settings({'aliyun': {'callback': self.aliyun.report_url.replace(self.aliyun.get_base_url(), self.base_url())}})
        self.addCleanup(self.settings, {'aliyun': {'callback': ''}})
        self.sms(self.aliyun, number='13900139000').send()
        self.env.flush_all()
        with self.allow_requests(all_requests=True):
            message = self.env['sms.cn.message'].search([('number', '=', '13900139000')])
            self.wait_for(lambda: self.received()[-1].get('callback'))

        self.assertEqual(self.received()[-1]['callback'], 200)
        self.assertLessEqual(message.next_poll_at, fields.Datetime.now())

        self.env.ref('sms_cn.ir_cron_poll').method_direct_trigger()

        self.assertEqual(message.state, 'delivered')
        self.assertEqual([call['action'] for call in self.received('calls')][-1], 'QuerySendDetails')

    def wait_for(self, condition):
        for _attempt in range(50):
            if condition():
                self.env.invalidate_all()
                return
            time.sleep(0.1)
        self.fail("the push did not arrive")

    def test_forged_push_changes_no_state(self):
        answer = self.push(json.dumps(self.report(success=False, err_code='FORGED')))

        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json(), {'code': 0, 'msg': 'OK', 'result': 0, 'errmsg': 'OK'})
        self.assertEqual(self.message.state, 'sent')
        self.assertLessEqual(self.message.next_poll_at, fields.Datetime.now())

    def test_push_to_one_account_does_not_touch_messages_of_another(self):
        before = self.message.next_poll_at

        self.push(json.dumps(self.report()), token=self.tencent.report_token)

        self.assertEqual(self.message.next_poll_at, before)

    def test_address_nobody_gave_is_not_found(self):
        self.assertEqual(self.push('[]', token='x' * 43).status_code, 404)
        self.assertEqual(self.url_open(f'/sms_cn/report/{self.aliyun.report_token}').status_code, 405)

    def test_what_is_no_push_is_refused(self):
        for body in ('', 'x', '{}', '[1]', '[' * 100_000, 'null'):
            self.assertEqual(self.push(body).status_code, 400, body[:10])
        self.assertEqual(self.push('[' + ' ' * 300_000 + ']').status_code, 413)
        self.assertEqual(self.push('[{"biz_id": {"a": 1}}, {}]').status_code, 200)
