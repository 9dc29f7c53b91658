"""Signing as people do it: the staff over XML-RPC, signers by what a phone's browser sends. Nothing of our addons is imported."""
import base64
import http.cookiejar
import io
import json
import os
import re
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
import xmlrpc.client
from datetime import date, timedelta

import pytest
from fakes.running import Fake
from PIL import Image, ImageDraw

READING_SECONDS = 15
MOBILE, OTHER_MOBILE = '13800138000', '13900139000'


@pytest.fixture(scope='module')
def tsa(tmp_path_factory):
    folder = tmp_path_factory.mktemp('tsa')
    with Fake('tsa', '--certificate-out', folder / 'root.pem') as running:
        running.root = (folder / 'root.pem').read_bytes()
        yield running


@pytest.fixture(scope='module')
def sms():
    with Fake('sms') as running:
        texts = {
            '1001': "{1} is your code to sign “{2}”. It is valid for 5 minutes. Give it to nobody.",
            '1002': "{1} asks you to sign “{2}” {3}"}
        urllib.request.urlopen(f'{running.url}/settings', json.dumps({'tencent': {'templates': texts}}).encode(), timeout=10).close()
        yield Inbox(running.url)


@pytest.fixture(scope='module')
def office(tsa, sms, make_server, tmp_path_factory):
    """The company with everything that signing needs, set up as its administrator does."""
    keys = tmp_path_factory.mktemp('keys')
    (keys / 'timestamp').mkdir()
    (keys / 'timestamp/root.pem').write_bytes(tsa.root)
    (keys / 'timestamp/root.crl').write_bytes(urllib.request.urlopen(f'{tsa.url}/crl', timeout=10).read())
    os.chmod(keys, 0o700)
    before, os.environ['ESIGN_KEY_DIR'] = os.environ.get('ESIGN_KEY_DIR'), str(keys)
    office = Office(make_server(None, '--max-cron-threads=1'))
    office.set_up(tsa, sms)
    yield office
    office.server.stop()
    os.environ.pop('ESIGN_KEY_DIR')
    if before:
        os.environ['ESIGN_KEY_DIR'] = before


class Office:
    """The staff's side over XML-RPC."""

    def __init__(self, server):
        self.server = server
        self.models = xmlrpc.client.ServerProxy(f'{server.url}/xmlrpc/2/object', allow_none=True)
        self.users = {}

    def __call__(self, model, method, *arguments, login='admin', **named):
        if login not in self.users:
            common = xmlrpc.client.ServerProxy(f'{self.server.url}/xmlrpc/2/common')
            self.users[login] = common.authenticate(self.server.db, login, login, {})
        return self.models.execute_kw(self.server.db, self.users[login], login, model, method, arguments, named)

    def another(self):
        """Return the same staff with a connection of their own, for calls at the same time."""
        return Office(self.server)

    def ref(self, name):
        module, _dot, name = name.partition('.')
        return self('ir.model.data', 'search_read', [('module', '=', module), ('name', '=', name)], ['res_id'])[0]['res_id']

    def set_up(self, tsa, sms):
        for key, value in (('esign.tsa_url', f'{tsa.url}/'), ('web.base.url', self.server.url), ('web.base.url.freeze', 'True')):
            self('ir.config_parameter', 'set_param', key, value)
        self('esign.keystore', 'action_setup')
        self.company = self('res.users', 'read', [self.users['admin']], ['company_id'])[0]['company_id'][0]
        self('sms.cn.account', 'create', {
            'company_id': self.company, 'provider': 'tencent', 'sign_name': '东实环境', 'key_id': 'fake-tencent-id',
            'key_secret': 'fake-tencent-secret', 'app_id': '1400006666', 'endpoint': sms.url, 'template_ids': [
                (0, 0, {'name': 'Code', 'kind': 'code', 'code': '1001', 'wording': (
                    "${code} is your code to sign “${document}”. It is valid for 5 minutes. Give it to nobody.")}),
                (0, 0, {'name': 'Invitation', 'code': '1002', 'wording': "${company} asks you to sign “${document}” ${link}"})]})
        seal = self('esign.seal', 'create', {
            'name': '合同专用章', 'company_id': self.company, 'organisation': '东实环境', 'image': picture(),
            'custodian_ids': [(6, 0, [self.users['admin']])]})
        self('esign.seal', 'action_activate', [seal])
        # what is checked before a contract is signed is another story than how it is signed
        self('waste.contract.check', 'write', self('waste.contract.check', 'search', []), {'severity': 'warn'})
        self('res.users', 'create', {
            'name': '审批人', 'login': 'approver', 'password': 'approver', 'company_id': self.company,
            'company_ids': [(6, 0, [self.company])], 'group_ids': [(6, 0, [self.ref('esign.group_approver')])]})

    def next_template(self, name, **parties):
        """Make the version that contracts are signed with from now on.

        :param parties: values of the parties that change, by key
        """
        template = self('esign.template', 'action_new_version', [self.ref(f'waste_contract.{name}')])['res_id']
        for party in self('esign.template.party', 'search_read', [('template_id', '=', template)], ['key']):
            if values := parties.get(party['key']):
                self('esign.template.party', 'write', [party['id']], values)

    def agreed_contract(self):
        producer = self._organisation('宏达电路板厂', 'producer', '王建国', MOBILE)
        code = self('waste.code', 'search', [('code', '=', '900-039-49')], limit=1)[0]
        return self._agreed({
            'business_id': self.ref('waste.business_hazardous'), 'partner_id': producer, 'order_line': [(0, 0, {
                'waste_name': '废活性炭', 'waste_code_id': code, 'planned_quantity_t': 10, 'pricing_mode': 'unit_t', 'price_unit': 2800})]})

    def agreed_kitchen_contract(self):
        """A contract of three parties: the producer, us, the authority."""
        producer = self._organisation('美味酒楼', 'producer', '王建国', MOBILE)
        government = self._organisation('城市管理局', 'regulator', '李科长', OTHER_MOBILE)
        return self._agreed({
            'business_id': self.ref('waste.business_kitchen'), 'partner_id': producer, 'government_id': government, 'order_line': [(0, 0, {
                'waste_name': '餐厨垃圾', 'planned_quantity_t': 10, 'pricing_mode': 'kitchen_free', 'price_unit': 0})]})

    def _organisation(self, name, role, person, mobile):
        organisation = self('res.partner', 'create', {
            'name': name, 'is_company': True, 'lang': 'en_US', 'party_role_ids': [(6, 0, [self.ref(f'waste.party_role_{role}')])]})
        self('res.partner', 'create', {'name': person, 'parent_id': organisation, 'phone': mobile, 'lang': 'en_US'})
        return organisation

    def _agreed(self, values):
        contract = self('sale.order', 'create', {
            'company_id': self.company, 'date_start': str(date.today()), 'date_end': str(date.today() + timedelta(days=364)), **values})
        self('sale.order', 'action_submit', [contract])
        step = {'approving': 'action_approve', 'customer_review': 'action_agree', 'gov_review': 'action_government_pass'}
        while (state := self.contract(contract)['contract_state']) != 'signing':
            self('sale.order', step[state], [contract])
        return contract

    def envelope(self, contract):
        """Return the last envelope of a contract."""
        return self('esign.envelope', 'search_read', [('res_id', '=', contract), ('res_model', '=', 'sale.order')],
                    ['state', 'progress', 'final_sha256'], limit=1)[0]

    def seal_requests(self, contract):
        return self('esign.seal.request', 'search', [('envelope_id', '=', self.envelope(contract)['id'])])

    def seal(self, contract):
        requests = self.seal_requests(contract)
        self('esign.seal.request', 'action_approve', requests, login='approver')
        return self.put(requests)

    def put(self, requests):
        """Put seals as their custodian does in the browser: the button asks for the password."""
        browser = Browser(self.server.url)
        browser('/web/session/authenticate', db=self.server.db, login='admin', password='admin')
        asked = browser.press('esign.seal.request', 'action_put', requests)
        assert asked['res_model'] == 'res.users.identitycheck'
        return browser.press(asked['res_model'], 'run_check', [asked['res_id']], context={'password': 'admin'})

    def contract(self, contract):
        fields = ['name', 'contract_state', 'archive_number', 'archive_sha256', 'contract_file_ids']
        return self('sale.order', 'read', [contract], fields)[0]


class Browser:
    """What the web client of the staff sends."""

    def __init__(self, url):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def __call__(self, path, **params):
        body = json.dumps({'jsonrpc': '2.0', 'method': 'call', 'params': params}).encode()
        request = urllib.request.Request(self.url + path, body, {'Content-Type': 'application/json'})
        with self.opener.open(request, timeout=60) as answer:
            content = json.loads(answer.read())
        assert 'error' not in content, content['error']
        return content['result']

    def press(self, model, button, records, **context):
        return self(f'/web/dataset/call_button/{model}/{button}', model=model, method=button, args=[records], kwargs=context)


class Phone:
    """The signer's browser: cookies, pages, nothing else."""

    def __init__(self, url):
        self.url = url
        self.status = None
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.hidden = {}

    def get(self, path):
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.url, path)))

    def post(self, path, **values):
        body = urllib.parse.urlencode({**self.hidden, **values}).encode()
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.url, path), body))

    def upload(self, path, content):
        boundary = uuid.uuid4().hex
        body = (f'--{boundary}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self.hidden["csrf_token"]}\r\n'
                f'--{boundary}\r\nContent-Disposition: form-data; name="pdf"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
                ).encode() + content + f'\r\n--{boundary}--\r\n'.encode()
        return self._open(urllib.request.Request(
            urllib.parse.urljoin(self.url, path), body, {'Content-Type': f'multipart/form-data; boundary={boundary}'}))

    # THE WAY TO A SIGNATURE

    def arrive(self, link):
        """Open the link of a message and press the button behind it."""
        assert '<form' in self.get(link)
        self.post(urllib.parse.urlsplit(link).path + '/open')
        assert self.status == 200
        self.look()

    def look(self):
        """Load the page: which document, in which version."""
        page = self.get('/sign/page')
        self.hidden['page'] = re.search(r'data-reference="([^"]+)"', page)[1]
        self.sha256 = re.search(r'data-sha256="([^"]+)"', page)[1]
        self.pages = re.findall(r'data-page="(\d+)"', page)

    def read(self, seconds):
        """Look at every page and take ``seconds`` for it; return what is answered to who says so too early."""
        for number in self.pages:
            assert self.get(f'/sign/page/{number}.png')[:4] == b'\x89PNG'
        self.post('/sign/seen', pages=','.join(self.pages))
        early = self.post('/sign/seen', pages='', complete='1')
        time.sleep(seconds)
        self.post('/sign/seen', pages='', complete='1')
        assert self.status == 200
        return early

    def prove(self, inbox, number):
        """Ask for a code and type it in."""
        since = inbox.count()
        self.post('/sign/code')
        assert self.status == 200
        self.post('/sign/code/check', code=inbox.received(r'(\d{6}) is your code', number, since))
        assert self.status == 200

    def signature(self):
        """Return what the page sends: the same again is the same wish to sign."""
        return {'strokes': strokes(), 'base_sha256': self.sha256, 'nonce': uuid.uuid4().hex, 'statement': '1', 'keep_strokes': '1'}

    def _open(self, request):
        request.add_header('Accept-Language', 'en-US')
        try:
            with self.opener.open(request, timeout=60) as answer:
                self.status, content = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            self.status, content = error.code, error.read()
        text = content.decode(errors='replace')
        if found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"|data-csrf="([^"]+)"', text):
            self.hidden['csrf_token'] = found[1] or found[2]
        return content if content.startswith((b'%PDF', b'\x89PNG')) else text


class Inbox:
    """The phones: what the gateway delivered."""

    def __init__(self, url):
        self.url = url

    def messages(self):
        with urllib.request.urlopen(f'{self.url}/messages.json', timeout=10) as answer:
            return json.loads(answer.read())

    def count(self):
        return len(self.messages())

    def received(self, pattern, number, since=0, seconds=90):
        """Wait for the message after ``since`` others that says ``pattern``; return what it matched."""
        for _attempt in range(seconds * 2):
            for message in self.messages()[since:]:
                if message['number'] == number and (found := re.search(pattern, message['text'])):
                    return found[1]
            time.sleep(0.5)
        raise AssertionError(f'no SMS to {number} says {pattern}')


def picture():
    image = Image.new('RGB', (300, 300), 'white')
    ImageDraw.Draw(image).ellipse((20, 20, 280, 280), outline=(220, 0, 0), width=14)
    file = io.BytesIO()
    image.save(file, 'PNG')
    return base64.b64encode(file.getvalue()).decode()


def strokes():
    return json.dumps([{'t0': start, 'points': [[150 + 14 * i, 150 + 60 * (i % 5) + start / 10, 0.5, 20 * i] for i in range(40)]}
                       for start in (0, 1000)])
