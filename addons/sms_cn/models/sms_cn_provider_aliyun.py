import json
import uuid
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytz

from odoo import fields, models

from ..const import ALIYUN_CODES
from ..tools import signing
from .sms_cn_provider import GatewayError, Outcome

CHINA = pytz.timezone('Asia/Shanghai')
#: SendStatus of QuerySendDetails; 1 is "waiting for the carrier"
STATES = {2: 'failed', 3: 'delivered'}


class SmsCnProviderAliyun(models.AbstractModel):
    """阿里云短信服务, API 2017-05-25."""
    _name = 'sms.cn.provider.aliyun'
    _inherit = 'sms.cn.provider'
    _description = "SMS gateway of Aliyun"

    _endpoint = 'https://dysmsapi.aliyuncs.com'
    _largest_batch = 1000
    _codes = ALIYUN_CODES

    def _send(self, account, numbers, template, values):
        answer = self._call(account, 'SendSms', {
            'PhoneNumbers': ','.join(numbers), 'SignName': account.sign_name, 'TemplateCode': template.code,
            'TemplateParam': json.dumps({name: values[name] for name in template._variable_list()}, ensure_ascii=False),
        })
        return {number: Outcome(serial=answer.get('BizId')) for number in numbers}

    def _query(self, message):
        answer = self._call(message.account_id, 'QuerySendDetails', {
            'PhoneNumber': message.number, 'BizId': message.serial, 'PageSize': '10', 'CurrentPage': '1',
            'SendDate': fields.Datetime.context_timestamp(message.with_context(tz=CHINA.zone), message.sent_at).strftime('%Y%m%d'),
        })
        for detail in (answer.get('SmsSendDetailDTOs') or {}).get('SmsSendDetailDTO') or []:
            if state := STATES.get(detail.get('SendStatus')):
                return state, detail.get('ErrCode') or ''
        return None, ''

    def _call(self, account, action, parameters):
        query = signing.aliyun_query(parameters)
        headers = {
            'host': urlsplit(account._get_endpoint()).netloc,
            'x-acs-action': action,
            'x-acs-version': '2017-05-25',
            'x-acs-date': datetime.now(UTC).strftime('%Y-%m-%dT%H:%M:%SZ'),
            'x-acs-signature-nonce': uuid.uuid4().hex,
            'x-acs-content-sha256': signing.EMPTY_SHA256,
        }
        headers['Authorization'] = signing.aliyun_authorization(account.key_id, account.key_secret, query, headers)
        answer = self._post(account, headers, query=query)
        if answer.get('Code') != 'OK':
            raise GatewayError(str(answer.get('Code')), str(answer.get('Message') or ''))
        return answer
