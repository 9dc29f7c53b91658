#!/usr/bin/env python3
"""The SMS gateways of Aliyun (短信服务 2017-05-25) and Tencent Cloud (短信 2021-01-11) on one loopback port.

    tests/fakes/sms.py --port 0

says `SMS http://127.0.0.1:41235/` when it listens. A request counts only when its signature is right
(ACS3-HMAC-SHA256 or TC3-HMAC-SHA256), its time is near, its nonce new, its signature name (签名) and template approved,
its variables complete and its account in credit; refusals carry the vendors' real codes. What was sent stands on

    GET  /messages        a page to read: number, text as the phone would show it, state
    GET  /messages.json   the same for a program
    GET  /calls.json      every API call and what it was answered
    POST /settings        a JSON object over `SETTINGS` below: accounts, templates, credit, outcomes, callback addresses
    POST /reset           forget messages, calls and nonces

Delivery reports go to the callback address after `report_after` seconds, as the vendors push them: JSON, unsigned.
`fail_next` answers the next calls with the codes listed, whatever they ask. Nothing of the product is imported.
"""
import argparse
import datetime
import hashlib
import hmac
import html
import json
import re
import secrets
import signal
import sys
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SETTINGS = {
    'aliyun': {
        'keys': {'fake-aliyun-id': 'fake-aliyun-secret'}, 'signs': ['东实环境'], 'templates': {}, 'credit': 1000,
        'callback': '', 'fail_next': [],
    },
    'tencent': {
        'keys': {'fake-tencent-id': 'fake-tencent-secret'}, 'apps': ['1400006666'], 'signs': ['东实环境'], 'templates': {},
        'credit': 1000, 'callback': '', 'fail_next': [],
    },
    #: number -> code of the carrier; every other number gets the message
    'outcomes': {},
    'report_after': 0.2,
}
CHINA = datetime.timezone(datetime.timedelta(hours=8))
MOBILE = re.compile(r'(?:\+?86|0086)?(1[3-9]\d{9})')


class Refused(Exception):
    """A vendor's error code, its sentence and the HTTP status it comes with."""

    def __init__(self, code, sentence, status=200):
        super().__init__(code)
        self.code, self.sentence, self.status = code, sentence, status


class World:
    """What both gateways share: settings, messages, calls; one lock."""

    def __init__(self, template_file=None):
        self.template_file = template_file
        self.lock = threading.RLock()
        self.settings = json.loads(json.dumps(SETTINGS))
        self.reset()
        threading.Thread(target=self._report_for_ever, daemon=True).start()

    def reset(self):
        with self.lock:
            self.messages, self.calls, self.nonces, self.due = [], [], set(), []

    def change(self, values):
        with self.lock:
            for key, value in values.items():
                if isinstance(value, dict) and isinstance(self.settings.get(key), dict) and key in ('aliyun', 'tencent'):
                    self.settings[key].update(value)
                else:
                    self.settings[key] = value

    def approved(self, vendor, template):
        """The text of a template, by the settings or by the file, which may change while we run; else None."""
        text = self.settings[vendor]['templates'].get(template)
        if text is None and self.template_file and self.template_file.exists():
            text = json.loads(self.template_file.read_text(encoding='utf-8')).get(template)
        return text

    def deliver(self, vendor, number, template, text, serial):
        message = {
            'vendor': vendor, 'number': number, 'template': template, 'text': text, 'serial': serial, 'state': 'waiting', 'code': '',
            'at': datetime.datetime.now(CHINA).strftime('%Y-%m-%d %H:%M:%S'),
        }
        with self.lock:
            self.messages.append(message)
            self.due.append((time.monotonic() + self.settings['report_after'], message))

    def _report_for_ever(self):
        while True:
            time.sleep(0.05)
            with self.lock:
                ready = [message for at, message in self.due if at <= time.monotonic()]
                self.due = [(at, message) for at, message in self.due if message not in ready]
            for message in ready:
                self._report(message)

    def _report(self, message):
        code = self.settings['outcomes'].get(message['number'], 'DELIVERED')
        with self.lock:
            message.update(state='delivered' if code == 'DELIVERED' else 'failed', code=code)
        address = self.settings[message['vendor']]['callback']
        if address:
            body = json.dumps([VENDORS[message['vendor']].report(message)], ensure_ascii=False).encode()
            try:
                with urllib.request.urlopen(
                        urllib.request.Request(address, body, {'Content-Type': 'application/json'}), timeout=10) as answer:
                    message['callback'] = answer.status
            except OSError as error:
                message['callback'] = str(error)


class Gateway:
    """What a vendor's gateway does with a call, whichever vendor."""
    name = ''

    def __init__(self, world):
        self.world = world

    @property
    def settings(self):
        return self.world.settings[self.name]

    def once(self, nonce):
        with self.world.lock:
            if nonce in self.world.nonces:
                return False
            self.world.nonces.add(nonce)
            return True

    def pay(self, count):
        with self.world.lock:
            if self.settings['credit'] < count:
                return False
            self.settings['credit'] -= count
            return True

    def text_of(self, sign, template, fill):
        body = self.world.approved(self.name, template)
        if body is None:
            return None
        return f'【{sign}】{fill(body)}'


class Aliyun(Gateway):
    """dysmsapi.aliyuncs.com, version 2017-05-25, signature V3."""
    name = 'aliyun'

    def answer(self, request):
        try:
            self.authenticate(request)
            if self.settings['fail_next']:
                code = self.settings['fail_next'].pop(0)
                raise Refused(code, 'as asked', 400 if code.startswith(('Throttling', 'Service')) else 200)
            action = request.headers['x-acs-action']
            if action not in ('SendSms', 'QuerySendDetails'):
                raise Refused('InvalidAction.NotFound', 'Specified api is not found.', 404)
            return 200, {'Code': 'OK', 'Message': 'OK', 'RequestId': _uuid(), **getattr(self, action)(request.query)}
        except Refused as error:
            return error.status, {'Code': error.code, 'Message': error.sentence, 'RequestId': _uuid()}

    def authenticate(self, request):
        headers = request.headers
        given = re.fullmatch(r'ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})',
                             headers.get('authorization', ''))
        if not given:
            raise Refused('MissingParameter', 'The input parameter "Authorization" that is mandatory is not supplied.', 400)
        secret = self.settings['keys'].get(given[1])
        if secret is None:
            raise Refused('InvalidAccessKeyId.NotFound', 'Specified access key is not found.', 404)
        names = given[2].split(';')
        wanted = {'host', *(name for name in headers if name.startswith('x-acs-'))}
        if headers.get('x-acs-version') != '2017-05-25' or not wanted <= set(names) or names != sorted(names):
            raise Refused('IncompleteSignature', 'The request signature does not conform to Aliyun standards.', 400)
        if hashlib.sha256(request.body).hexdigest() != headers.get('x-acs-content-sha256'):
            raise Refused('InvalidContentSha256', 'The body does not have the announced digest.', 400)
        try:
            at = datetime.datetime.strptime(headers['x-acs-date'], '%Y-%m-%dT%H:%M:%SZ').replace(tzinfo=datetime.UTC)
        except (KeyError, ValueError):
            raise Refused('InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.', 400) from None
        if abs((datetime.datetime.now(datetime.UTC) - at).total_seconds()) > 900:
            raise Refused('InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.', 400)
        query = '&'.join(f'{_quoted(key)}={_quoted(value)}' for key, value in sorted(request.query.items()))
        canonical = '\n'.join([request.method, request.path, query, *(f'{name}:{headers.get(name, "").strip()}' for name in names),
                               '', given[2], headers['x-acs-content-sha256']])
        to_sign = 'ACS3-HMAC-SHA256\n' + hashlib.sha256(canonical.encode()).hexdigest()
        if not hmac.compare_digest(_hmac(secret.encode(), to_sign).hex(), given[3]):
            raise Refused('SignatureDoesNotMatch', 'Specified signature is not matched with our calculation.', 400)
        if not self.once(headers.get('x-acs-signature-nonce')):
            raise Refused('SignatureNonceUsed', 'Specified signature nonce was used already.', 400)

    def SendSms(self, query):
        if query.get('SignName') not in self.settings['signs']:
            raise Refused('isv.SMS_SIGNATURE_ILLEGAL', '短信签名不合法')
        try:
            variables = json.loads(query.get('TemplateParam') or '{}')
        except ValueError:
            raise Refused('isv.INVALID_JSON_PARAM', 'JSON参数不合法，只接受字符串值') from None

        def fill(body):
            missing = set(re.findall(r'\$\{(\w+)\}', body)) - set(variables)
            if missing:
                raise Refused('isv.TEMPLATE_MISSING_PARAMETERS', f'模版缺少变量 {missing}')
            return re.sub(r'\$\{(\w+)\}', lambda found: str(variables[found[1]]), body)

        text = self.text_of(query['SignName'], query.get('TemplateCode'), fill)
        if text is None:
            raise Refused('isv.SMS_TEMPLATE_ILLEGAL', '短信模版不合法')
        numbers = query.get('PhoneNumbers', '').split(',')
        if not all(re.fullmatch(r'1[3-9]\d{9}|(?:00|\+)?(?!86)\d{8,15}', number) for number in numbers):
            raise Refused('isv.MOBILE_NUMBER_ILLEGAL', '非法手机号')
        if len(numbers) > 1000:
            raise Refused('isv.MOBILE_COUNT_OVER_LIMIT', '手机号码数量超过限制')
        if not self.pay(len(numbers)):
            raise Refused('isv.AMOUNT_NOT_ENOUGH', '账户余额不足')
        serial = f'{secrets.randbelow(10**18):018}^0'
        for number in numbers:
            self.world.deliver(self.name, number, query['TemplateCode'], text, serial)
        return {'BizId': serial}

    def QuerySendDetails(self, query):
        found = [message for message in self.world.messages if message['vendor'] == self.name
                 and message['number'] == query.get('PhoneNumber') and message['at'][:10].replace('-', '') == query.get('SendDate')
                 and query.get('BizId') in (None, '', message['serial'])]
        return {'TotalCount': len(found), 'SmsSendDetailDTOs': {'SmsSendDetailDTO': [{
            'PhoneNum': message['number'], 'SendStatus': {'waiting': 1, 'failed': 2, 'delivered': 3}[message['state']],
            'ErrCode': message['code'], 'TemplateCode': message['template'], 'Content': message['text'], 'SendDate': message['at'],
            'ReceiveDate': message['at'],
        } for message in found]}}

    @staticmethod
    def report(message):
        return {'phone_number': message['number'], 'send_time': message['at'], 'report_time': message['at'],
                'success': message['state'] == 'delivered', 'err_code': message['code'], 'err_msg': '', 'sms_size': '1',
                'biz_id': message['serial'], 'out_id': ''}


class Tencent(Gateway):
    """sms.tencentcloudapi.com, version 2021-01-11, signature TC3."""
    name = 'tencent'

    def answer(self, request):
        try:
            self.authenticate(request)
            if self.settings['fail_next']:
                raise Refused(self.settings['fail_next'].pop(0), 'as asked')
            action = request.headers['x-tc-action']
            if action not in ('SendSms', 'PullSmsSendStatusByPhoneNumber'):
                raise Refused('InvalidAction', 'The request action is invalid.')
            answer = getattr(self, action)(json.loads(request.body))
        except Refused as error:
            answer = {'Error': {'Code': error.code, 'Message': error.sentence}}
        except ValueError:
            answer = {'Error': {'Code': 'InvalidParameter', 'Message': 'The body is not JSON.'}}
        return 200, {'Response': {**answer, 'RequestId': _uuid()}}

    def authenticate(self, request):
        headers = request.headers
        given = re.fullmatch(r'TC3-HMAC-SHA256 Credential=([^/]+)/(\d{4}-\d\d-\d\d)/sms/tc3_request, SignedHeaders=([^,]+), '
                             r'Signature=([0-9a-f]{64})', headers.get('authorization', ''))
        if not given:
            raise Refused('AuthFailure.InvalidAuthorization', 'The Authorization header is malformed.')
        secret = self.settings['keys'].get(given[1])
        if secret is None:
            raise Refused('AuthFailure.SecretIdNotFound', 'The SecretId is not found.')
        stamp = headers.get('x-tc-timestamp', '')
        if not stamp.isdigit() or abs(time.time() - int(stamp)) > 300:
            raise Refused('AuthFailure.SignatureExpire', 'The signature has expired.')
        names = given[3].split(';')
        if headers.get('x-tc-version') != '2021-01-11' or not {'content-type', 'host'} <= set(names) or names != sorted(names):
            raise Refused('AuthFailure.SignatureFailure', 'Content-Type and Host must be signed.')
        if time.strftime('%Y-%m-%d', time.gmtime(int(stamp))) != given[2]:
            raise Refused('AuthFailure.SignatureFailure', 'The date of the credential differs from the timestamp.')
        signed = ''.join(f'{name}:{headers.get(name, "").strip().lower()}\n' for name in names)
        canonical = '\n'.join([request.method, request.path, '', signed, given[3], hashlib.sha256(request.body).hexdigest()])
        scope = f'{given[2]}/sms/tc3_request'
        to_sign = f'TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}'
        key = _hmac(_hmac(_hmac(b'TC3' + secret.encode(), given[2]), 'sms'), 'tc3_request')
        if not hmac.compare_digest(_hmac(key, to_sign).hex(), given[4]):
            raise Refused('AuthFailure.SignatureFailure', 'The provided credentials could not be validated.')

    def SendSms(self, query):
        if query.get('SmsSdkAppId') not in self.settings['apps']:
            raise Refused('UnauthorizedOperation.SmsSdkAppIdVerifyFail', 'SmsSdkAppId verification failed.')
        if query.get('SignName') not in self.settings['signs']:
            raise Refused('FailedOperation.SignatureIncorrectOrUnapproved', 'The signature is not approved.')
        numbers, variables = query.get('PhoneNumberSet') or [], [str(value) for value in query.get('TemplateParamSet') or []]
        if not 0 < len(numbers) <= 200:
            raise Refused('LimitExceeded.PhoneNumberCountLimit', 'At most 200 numbers.')

        def fill(body):
            wanted = {int(number) for number in re.findall(r'\{(\d+)\}', body)}
            if len(wanted) != len(variables):
                raise Refused('InvalidParameterValue.TemplateParameterFormatError', 'The number of variables differs.')
            return re.sub(r'\{(\d+)\}', lambda found: variables[int(found[1]) - 1], body)

        text = self.text_of(query['SignName'], query.get('TemplateId'), fill)
        if text is None:
            raise Refused('FailedOperation.TemplateIncorrectOrUnapproved', 'The template is not approved.')
        return {'SendStatusSet': [self._send(number, query, text) for number in numbers]}

    def _send(self, number, query, text):
        """One number: Tencent judges each for itself, in an answer that is a success as a whole."""
        outcome = {'PhoneNumber': number, 'SerialNo': '', 'Fee': 0, 'SessionContext': query.get('SessionContext', ''), 'IsoCode': 'CN'}
        if not MOBILE.fullmatch(number):
            return {**outcome, 'Code': 'InvalidParameterValue.IncorrectPhoneNumber', 'Message': 'incorrect phone number'}
        if not self.pay(1):
            return {**outcome, 'Code': 'FailedOperation.InsufficientBalanceInSmsPackage', 'Message': 'insufficient balance in sms package'}
        serial = f'2019:{secrets.randbelow(10**19):019}'
        self.world.deliver(self.name, MOBILE.fullmatch(number)[1], query['TemplateId'], text, serial)
        return {**outcome, 'SerialNo': serial, 'Fee': 1, 'Code': 'Ok', 'Message': 'send success'}

    def PullSmsSendStatusByPhoneNumber(self, query):
        number = MOBILE.fullmatch(query.get('PhoneNumber', ''))
        found = [message for message in self.world.messages if message['vendor'] == self.name and message['state'] != 'waiting'
                 and number and message['number'] == number[1]]
        return {'PullSmsSendStatusSet': [{
            'UserReceiveTime': int(time.time()), 'CountryCode': '86', 'SubscriberNumber': message['number'],
            'PhoneNumber': f'+86{message["number"]}', 'SerialNo': message['serial'], 'SessionContext': '',
            'ReportStatus': 'SUCCESS' if message['state'] == 'delivered' else 'FAIL', 'Description': message['code'],
        } for message in found[:query.get('Limit', 100)]]}

    @staticmethod
    def report(message):
        return {'user_receive_time': message['at'], 'nationcode': '86', 'mobile': message['number'],
                'report_status': 'SUCCESS' if message['state'] == 'delivered' else 'FAIL', 'errmsg': message['code'],
                'description': message['code'], 'sid': message['serial']}


VENDORS = {'aliyun': Aliyun, 'tencent': Tencent}


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _quoted(text):
    return urllib.parse.quote(text, safe='-_.~')


def _uuid():
    return secrets.token_hex(16).upper()


PAGE = '''<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5"><title>短信模拟器</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#222}
article{border:1px solid #ddd;border-radius:.5rem;padding:.6rem 1rem;margin:.6rem 0}small{color:#666}p{margin:.3rem 0;font-size:1.1rem}
</style><h1>短信模拟器</h1><p><small>演示环境发出的短信都停在这里，不会到达任何手机。每 5 秒刷新。</small></p>%s</html>'''
STATES = {'waiting': '已发送', 'delivered': '已送达', 'failed': '失败'}


def page(messages):
    rows = ''.join(
        f'<article><small>{html.escape(message["at"])} · {html.escape(message["number"])} · {message["vendor"]} · '
        f'{STATES[message["state"]]} {html.escape(message["code"])}</small><p>{html.escape(message["text"])}</p></article>'
        for message in reversed(messages))
    return PAGE % (rows or '<p>还没有短信。</p>')


class Door(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        world, path = self.server.world, urllib.parse.urlsplit(self.path).path
        if path in ('/', '/messages'):
            return self._reply(200, page(world.messages).encode(), 'text/html; charset=utf-8')
        if path in ('/messages.json', '/calls.json'):
            return self._json(200, getattr(world, path[1:-5]))
        return self._json(404, {'error': 'no such page'})

    def do_POST(self):
        world, split = self.server.world, urllib.parse.urlsplit(self.path)
        self.body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        if split.path == '/settings':
            world.change(json.loads(self.body))
            return self._json(200, world.settings)
        if split.path == '/reset':
            world.reset()
            return self._json(200, {})
        self.query = dict(urllib.parse.parse_qsl(split.query, keep_blank_values=True))
        self.method, self.path = 'POST', split.path
        self.headers = {name.lower(): value for name, value in self.headers.items()}
        vendor = Tencent if 'x-tc-action' in self.headers else Aliyun
        status, answer = vendor(world).answer(self)
        with world.lock:
            world.calls.append({'vendor': vendor.name, 'action': self.headers.get('x-acs-action') or self.headers.get('x-tc-action'),
                                'status': status, 'query': self.query, 'body': self.body.decode(errors='replace'), 'answer': answer})
        return self._json(status, answer)

    def _json(self, status, content):
        return self._reply(status, json.dumps(content, ensure_ascii=False).encode(), 'application/json; charset=utf-8')

    def _reply(self, status, body, kind):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Quiet: /messages shows what happened."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--port', type=int, default=8319, help='0: any free one')
    parser.add_argument('--templates', type=Path, metavar='FILE', help='approved texts beside the settings, as JSON: {template: text}')
    args = parser.parse_args()
    server = ThreadingHTTPServer(('127.0.0.1', args.port), Door)
    server.daemon_threads = True
    server.world = World(args.templates)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    sys.stdout.write(f'SMS http://127.0.0.1:{server.server_port}/\n')
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)


if __name__ == '__main__':
    main()
