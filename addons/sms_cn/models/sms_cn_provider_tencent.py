import json
import time
from urllib.parse import urlsplit

from odoo import models

from ..const import TENCENT_CODES
from ..tools import signing
from .sms_cn_provider import GatewayError, Outcome

STATES = {'SUCCESS': 'delivered', 'FAIL': 'failed'}
#: the one region in which every account can call the SMS service
REGION = 'ap-guangzhou'


class SmsCnProviderTencent(models.AbstractModel):
    """腾讯云短信, API 2021-01-11."""
    _name = 'sms.cn.provider.tencent'
    _inherit = 'sms.cn.provider'
    _description = "SMS gateway of Tencent Cloud"

    _endpoint = 'https://sms.tencentcloudapi.com'
    _largest_batch = 200
    _codes = TENCENT_CODES

    def _send(self, account, numbers, template, values):
        answer = self._call(account, 'SendSms', {
            'PhoneNumberSet': [f'+86{number}' for number in numbers], 'SmsSdkAppId': account.app_id,
            'SignName': account.sign_name, 'TemplateId': template.code,
            'TemplateParamSet': [values[name] for name in template._variable_list()],
        })
        outcomes = {}
        for status in answer.get('SendStatusSet') or []:
            number = str(status.get('PhoneNumber')).removeprefix('+86')
            sent = status.get('Code') == 'Ok'
            outcomes[number] = Outcome(serial=status.get('SerialNo')) if sent else Outcome(
                code=str(status.get('Code')), message=str(status.get('Message') or ''))
        return outcomes

    def _query(self, message):
        sent_at = int(message.sent_at.timestamp())
        answer = self._call(message.account_id, 'PullSmsSendStatusByPhoneNumber', {
            'SmsSdkAppId': message.account_id.app_id, 'PhoneNumber': f'+86{message.number}', 'Offset': 0, 'Limit': 100,
            'BeginTime': sent_at - 60, 'EndTime': int(time.time()) + 60,
        })
        for status in answer.get('PullSmsSendStatusSet') or []:
            if status.get('SerialNo') == message.serial and status.get('ReportStatus') in STATES:
                return STATES[status['ReportStatus']], status.get('Description') or ''
        return None, ''

    def _call(self, account, action, parameters):
        body, now = json.dumps(parameters, ensure_ascii=False).encode(), int(time.time())
        host = urlsplit(account._get_endpoint()).netloc
        answer = self._post(account, {
            'Host': host, 'Content-Type': signing.TENCENT_CONTENT_TYPE, 'X-TC-Action': action, 'X-TC-Version': '2021-01-11',
            'X-TC-Timestamp': str(now), 'X-TC-Region': REGION,
            'Authorization': signing.tencent_authorization(account.key_id, account.key_secret, 'sms', host, now, body),
        }, body=body).get('Response') or {}
        if error := answer.get('Error'):
            raise GatewayError(str(error.get('Code')), str(error.get('Message') or ''))
        return answer
