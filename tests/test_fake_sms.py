"""The SMS gateways of the tests take nothing unsigned; that a right signature passes is shown in `addons/sms_cn/tests`."""
import json
import urllib.error
import urllib.request

import pytest
from fakes.running import Fake


@pytest.fixture(scope='module')
def gateway():
    with Fake('sms') as running:
        yield running


def call(url, headers=None, body=b''):
    request = urllib.request.Request(url, body, headers or {}, method='POST')
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def get(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.read().decode()


@pytest.mark.parametrize(('headers', 'code'), [
    ({}, 'MissingParameter'),
    ({'Authorization': f'ACS3-HMAC-SHA256 Credential=nobody,SignedHeaders=host,Signature={"0" * 64}'}, 'InvalidAccessKeyId.NotFound'),
    ({'Authorization': f'ACS3-HMAC-SHA256 Credential=fake-aliyun-id,SignedHeaders=host,Signature={"0" * 64}'}, 'IncompleteSignature'),
])
def test_aliyun_refuses_what_is_not_signed(gateway, headers, code):
    assert call(f'{gateway.url}/?PhoneNumbers=13800138000', headers)['Code'] == code


def test_tencent_refuses_what_is_not_signed(gateway):
    answer = call(gateway.url, {'X-TC-Action': 'SendSms'}, b'{}')

    assert answer['Response']['Error']['Code'] == 'AuthFailure.InvalidAuthorization'


def test_refused_calls_leave_no_message(gateway):
    assert json.loads(get(f'{gateway.url}/messages.json')) == []
    assert '还没有短信' in get(f'{gateway.url}/messages')
