import importlib.util
import json
import time
import urllib.request
from pathlib import Path

from odoo.tests import TransactionCase

FAKES = Path(__file__).resolve().parents[3] / 'tests/fakes'
CODE_TEXT = "您的验证码是135790，5分钟内有效，请勿告诉他人。"
CODE_WORDING = "您的验证码是${code}，${minutes}分钟内有效，请勿告诉他人。"


def fake_gateway():
    """The gateways of `tests/fakes/sms.py` as a process of its own."""
    spec = importlib.util.spec_from_file_location('fakes_running', FAKES / 'running.py')
    running = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(running)
    return running.Fake('sms')


class GatewayMixin:
    """A fake gateway for the whole class, and a company with an account at each vendor."""

    @classmethod
    def setUpGateway(cls):
        cls.gateway = fake_gateway().start()
        cls.addClassCleanup(cls.gateway.stop)
        cls.settings({
            'aliyun': {'templates': {'SMS_1': "您的验证码是${code}，${minutes}分钟内有效，请勿告诉他人。"}},
            'tencent': {'templates': {'1001': "您的验证码是{1}，{2}分钟内有效，请勿告诉他人。"}},
        })
        cls.companies = cls.env['res.company'].create([{'name': 'Aliyun & Co'}, {'name': 'Tencent & Co'}])
        cls.aliyun, cls.tencent = cls.env['sms.cn.account'].create([{
            'company_id': company.id, 'provider': provider, 'sign_name': '东实环境', 'key_id': f'fake-{provider}-id',
            'key_secret': f'fake-{provider}-secret', 'app_id': '1400006666', 'endpoint': cls.gateway.url,
            'template_ids': [(0, 0, {'name': 'Code', 'kind': 'code', 'code': code, 'wording': CODE_WORDING})],
        } for company, provider, code in zip(cls.companies, ('aliyun', 'tencent'), ('SMS_1', '1001'), strict=True)])

    @classmethod
    def settings(cls, values):
        cls._post('/settings', values)

    @classmethod
    def _post(cls, path, values=None):
        request = urllib.request.Request(cls.gateway.url + path, json.dumps(values or {}).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def received(self, kind='messages'):
        with urllib.request.urlopen(f'{self.gateway.url}/{kind}.json', timeout=10) as answer:
            return json.load(answer)

    def wait_until_reported(self, count=1):
        for _attempt in range(100):
            if sum(message['state'] != 'waiting' for message in self.received()) >= count:
                return
            time.sleep(0.05)
        self.fail("the fake gateway reported nothing")

    def sms(self, account, number='+86 138 0013 8000', body=CODE_TEXT, **values):
        return self.env['sms.sms'].create({'number': number, 'body': body, 'company_id': account.company_id.id, **values})


class SmsCnCase(GatewayMixin, TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpGateway()

    def setUp(self):
        super().setUp()
        self._post('/reset')
        self.settings({'outcomes': {}, 'aliyun': {'credit': 1000, 'fail_next': []}, 'tencent': {'credit': 1000, 'fail_next': []}})
        # alarms are written in a transaction of their own
        self.registry_enter_test_mode()
