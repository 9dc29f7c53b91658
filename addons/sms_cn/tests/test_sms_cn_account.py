import json
import logging
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sms.tools.sms_api import SmsApi
from odoo.addons.sms_cn.models.sms_cn_provider import SmsCnProvider

from .common import CODE_TEXT, CODE_WORDING, SmsCnCase

LOGGERS = ('odoo.addons.sms_cn.models.sms_cn_account', 'odoo.addons.sms_cn.models.sms_cn_provider')


@tagged('post_install', '-at_install')
class TestSmsCnAccount(SmsCnCase):

    def failing(self, account, code):
        self.settings({account.provider: {'fail_next': [code]}})
        sms = self.sms(account)
        with mute_logger(*LOGGERS):
            sms.send()
        return sms

    def activities(self, account):
        self.env.invalidate_all()
        kind = self.env.ref('sms_cn.mail_activity_type_failure')
        return account.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    # === sending === #

    def test_code_reaches_the_phone_through_either_vendor(self):
        for account in (self.aliyun, self.tencent):
            sms = self.sms(account)

            sms.send()

            self.assertEqual(sms.state, 'pending', account.provider)
            received = [message for message in self.received() if message['vendor'] == account.provider]
            self.assertEqual([(message['number'], message['text']) for message in received],
                             [('13800138000', f'【东实环境】{CODE_TEXT}')])
            message = self.env['sms.cn.message'].search([('account_id', '=', account.id)])
            self.assertEqual((message.number, message.serial, message.state), ('13800138000', received[0]['serial'], 'sent'))

    def test_variables_go_by_name_to_aliyun_and_by_order_to_tencent(self):
        self.sms(self.aliyun).send()
        self.sms(self.tencent).send()

        aliyun, tencent = self.received('calls')
        self.assertEqual(json.loads(aliyun['query']['TemplateParam']), {'code': '135790', 'minutes': '5'})
        self.assertEqual(json.loads(tencent['body'])['TemplateParamSet'], ['135790', '5'])

    def test_scheduled_job_sends_messages_of_several_companies_each_its_own_way(self):
        messages = self.sms(self.aliyun) + self.sms(self.tencent, number='13900139000')

        messages._send()

        self.assertEqual({message['vendor']: message['number'] for message in self.received()},
                         {'aliyun': '13800138000', 'tencent': '13900139000'})

    def test_company_without_gateway_sends_as_before(self):
        company = self.env['res.company'].create({'name': 'Without'})

        self.assertEqual(company._get_sms_api_class(), SmsApi)
        with patch.object(SmsApi, '_contact_iap', return_value=[]) as iap:
            self.env['sms.sms'].create({'number': '13800138000', 'body': 'x', 'company_id': company.id}).send()
        self.assertEqual(iap.call_count, 1)
        self.assertFalse(self.received())

    def test_one_text_to_many_is_one_call_for_a_full_batch(self):
        messages = self.env['sms.sms'].create([
            {'number': f'139{number:08d}', 'body': CODE_TEXT, 'company_id': self.tencent.company_id.id} for number in range(201)])

        messages.send()

        self.assertEqual(len(self.received('calls')), 2)
        self.assertEqual(len(self.received()), 201)
        self.assertEqual(set(messages.mapped('state')), {'pending'})

    def test_same_number_twice_gets_one_message(self):
        messages = self.sms(self.aliyun) + self.sms(self.aliyun, number='13800138000')

        messages.send()

        self.assertEqual(len(self.received()), 1)
        self.assertEqual(messages.mapped('state'), ['pending', 'pending'])
        message = self.env['sms.cn.message'].search([('account_id', '=', self.aliyun.id)])
        self.assertEqual(set(message.sms_uuids), set(messages.mapped('uuid')))

    # === what isn't sent === #

    def test_text_without_approved_template_is_not_sent(self):
        sms = self.sms(self.aliyun, body="今晚八折")

        sms.send()

        self.assertEqual((sms.state, sms.failure_type), ('error', 'sms_registration_needed'))
        self.assertIn("No approved template covers this text", sms.failure_reason)
        self.assertFalse(self.received('calls'))

    def test_wrong_and_foreign_numbers_are_not_sent_and_the_others_are(self):
        wrong, foreign, good = (self.sms(self.aliyun, number=number) for number in ('0769-22334455', '+85298765432', '13800138000'))

        (wrong + foreign + good).send()

        self.assertEqual([wrong.failure_type, foreign.failure_type], ['sms_number_format', 'sms_country_not_supported'])
        self.assertEqual(good.state, 'pending')
        self.assertEqual(len(self.received()), 1)

    def test_tencent_judges_each_number_for_itself(self):
        self.settings({'tencent': {'credit': 1}})
        messages = self.sms(self.tencent) + self.sms(self.tencent, number='13900139000')

        with mute_logger(*LOGGERS):
            messages.send()

        self.assertEqual(messages.sorted('id').mapped('state'), ['pending', 'error'])
        self.assertEqual(messages[1].failure_type, 'sms_credit')

    def test_vendors_code_becomes_failure_type_and_sentence(self):
        for account, code, failure_type, words in (
                (self.aliyun, 'isv.AMOUNT_NOT_ENOUGH', 'sms_credit', "no credit left"),
                (self.aliyun, 'SignatureDoesNotMatch', 'sms_acc', "doesn't accept our account"),
                (self.aliyun, 'isv.SMS_TEMPLATE_ILLEGAL', 'sms_registration_needed', "has not approved"),
                (self.aliyun, 'isv.BUSINESS_LIMIT_CONTROL', 'sms_server', "Too many messages"),
                (self.aliyun, 'Throttling.User', 'sms_server', "Too many messages"),
                (self.aliyun, 'isv.INVENTED_TOMORROW', 'sms_server', "doesn't answer as it should"),
                (self.tencent, 'FailedOperation.InsufficientBalanceInSmsPackage', 'sms_credit', "no credit left"),
                (self.tencent, 'LimitExceeded.PhoneNumberThirtySecondLimit', 'sms_server', "Too many messages"),
                (self.tencent, 'AuthFailure.SecretIdNotFound', 'sms_acc', "doesn't accept our account")):
            sms = self.failing(account, code)

            self.assertEqual((sms.state, sms.failure_type), ('error', failure_type), code)
            self.assertIn(words, sms.failure_reason)
            self.assertIn(code, sms.failure_reason)
            self.assertFalse(self.received())

    def test_wrong_secret_is_noticed_by_the_gateway(self):
        for account in (self.aliyun, self.tencent):
            account.key_secret = 'wrong'
            sms = self.sms(account)

            with mute_logger(*LOGGERS):
                sms.send()

            self.assertEqual(sms.failure_type, 'sms_acc', account.provider)
        self.assertFalse(self.received())

    def test_gateway_out_of_reach_is_a_failure_not_a_success(self):
        self.aliyun.endpoint = 'http://127.0.0.1:9'
        sms = self.sms(self.aliyun)

        with mute_logger(*LOGGERS):
            sms.send()

        self.assertEqual((sms.state, sms.failure_type), ('error', 'sms_server'))
        self.assertIn("Whether the message was sent is unknown", sms.failure_reason)

    def test_answer_that_is_no_json_is_a_failure(self):
        self.aliyun.endpoint = f'{self.gateway.url}/messages#'
        with patch.object(SmsCnProvider, '_post', side_effect=SmsCnProvider._post, autospec=True) as post, mute_logger(*LOGGERS):
            sms = self.sms(self.aliyun)
            sms.send()

        self.assertEqual(post.call_count, 1)
        self.assertEqual(sms.state, 'error')

    # === alarm === #

    def test_out_of_credit_calls_the_responsible_once_until_it_works_again(self):
        self.failing(self.aliyun, 'isv.AMOUNT_NOT_ENOUGH')
        self.failing(self.aliyun, 'isv.AMOUNT_NOT_ENOUGH')

        self.assertIn("no credit left", self.aliyun.problem)
        self.assertEqual(self.activities(self.aliyun).user_id, self.aliyun.user_id)
        self.assertEqual(len(self.activities(self.aliyun)), 1)

        self.sms(self.aliyun).send()

        self.assertFalse(self.aliyun.problem)
        self.assertFalse(self.activities(self.aliyun))

    def test_one_wrong_number_or_a_throttle_calls_nobody(self):
        self.failing(self.aliyun, 'isv.MOBILE_NUMBER_ILLEGAL')
        self.failing(self.aliyun, 'isv.BUSINESS_LIMIT_CONTROL')

        self.assertFalse(self.aliyun.problem)
        self.assertFalse(self.activities(self.aliyun))

    def test_alarm_is_asked_for_in_another_transaction(self):
        """Who wanted the message rolls back, e.g. a code not sent; nobody may overlook the empty account for that."""
        self.settings({'aliyun': {'fail_next': ['isv.AMOUNT_NOT_ENOUGH']}})
        opened = []
        cursor = self.env.registry.cursor

        def watched(*args, **kwargs):
            opened.append(True)
            return cursor(*args, **kwargs)

        with patch.object(self.env.registry, 'cursor', watched), mute_logger(*LOGGERS):
            self.sms(self.aliyun).send()

        self.assertEqual(len(opened), 1)

    # === secrets === #

    def test_neither_secret_nor_number_nor_code_is_logged(self):
        self.settings({'aliyun': {'fail_next': ['isv.AMOUNT_NOT_ENOUGH']}})
        with self.assertLogs('odoo', logging.INFO) as logs:
            self.sms(self.aliyun).send()
            self.sms(self.aliyun).send()
            self.aliyun.endpoint = 'http://127.0.0.1:9'
            self.sms(self.aliyun).send()

        said = '\n'.join(logs.output)
        self.assertIn('isv.AMOUNT_NOT_ENOUGH', said)
        for secret in ('fake-aliyun-secret', 'fake-aliyun-id', '13800138000', '135790'):
            self.assertNotIn(secret, said)

    def test_text_of_a_message_is_not_kept(self):
        self.sms(self.aliyun).send()

        message = self.env['sms.cn.message'].search([('account_id', '=', self.aliyun.id)])
        self.assertNotIn('135790', json.dumps(message.read()[0], default=str))

    # === set-up === #

    def test_address_in_the_clear_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "must begin with https"):
            self.aliyun.endpoint = 'http://dysmsapi.aliyuncs.com'
        self.aliyun.endpoint = 'https://dysmsapi-vpc.cn-beijing.aliyuncs.com'

    def test_tencent_needs_its_app_id(self):
        with self.assertRaisesRegex(ValidationError, "SDK AppID"):
            self.tencent.app_id = False

    def test_signature_is_written_without_brackets(self):
        with self.assertRaisesRegex(ValidationError, "without brackets"):
            self.aliyun.sign_name = '【东实环境】'

    def test_company_has_one_gateway_in_use(self):
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
            self.aliyun.copy({'key_id': 'x', 'key_secret': 'y'})

    def test_settings_lead_to_the_companys_gateway(self):
        settings = self.env['res.config.settings'].with_company(self.aliyun.company_id).create({})

        self.assertEqual(settings.sms_cn_account_id, self.aliyun)
        self.assertEqual(settings.action_open_sms_cn_account()['res_id'], self.aliyun.id)

    # === test button === #

    def test_button_sends_a_sample_through_the_same_path(self):
        test = self.env['sms.cn.test'].create({'account_id': self.aliyun.id, 'number': '13800138000'})

        self.assertEqual(test.text, CODE_WORDING.replace('${code}', '123456').replace('${minutes}', '123456'))
        test.action_send()

        self.assertEqual([message['number'] for message in self.received()], ['13800138000'])
        self.assertEqual(self.aliyun.last_success_at, fields.Datetime.now())

    def test_button_says_what_is_wrong(self):
        self.settings({'aliyun': {'fail_next': ['isv.SMS_SIGNATURE_ILLEGAL']}})
        test = self.env['sms.cn.test'].create({'account_id': self.aliyun.id, 'number': '13800138000'})

        with self.assertRaisesRegex(UserError, "has not approved the signature"), mute_logger(*LOGGERS):
            test.action_send()
