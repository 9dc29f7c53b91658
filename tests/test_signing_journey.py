"""A contract is signed as people do it: link by SMS, reading, code, handwriting, seal, archive, verification. Nothing of our addons is
imported: a server, a time-stamp authority and an SMS gateway, each a process of its own, and what a browser and an integrator send."""
import base64
import hashlib
import http.cookiejar
import io
import json
import os
import re
import shutil
import subprocess
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
MOBILE = '13800138000'


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
        yield running


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

    def agreed_contract(self):
        producer = self('res.partner', 'create', {
            'name': '宏达电路板厂', 'is_company': True, 'lang': 'en_US', 'uscc': '91441900TE1100001R',
            'party_role_ids': [(6, 0, [self.ref('waste.party_role_producer')])]})
        self('res.partner', 'create', {'name': '王建国', 'parent_id': producer, 'phone': MOBILE, 'lang': 'en_US'})
        code = self('waste.code', 'search', [('code', '=', '900-039-49')], limit=1)[0]
        contract = self('sale.order', 'create', {
            'business_id': self.ref('waste.business_hazardous'), 'company_id': self.company, 'partner_id': producer,
            'date_start': str(date.today()), 'date_end': str(date.today() + timedelta(days=364)), 'order_line': [(0, 0, {
                'waste_name': '废活性炭', 'waste_code_id': code, 'planned_quantity_t': 10, 'pricing_mode': 'unit_t', 'price_unit': 2800})]})
        for verb in ('action_submit', 'action_approve', 'action_agree'):
            self('sale.order', verb, [contract])
        return contract

    def contract(self, contract):
        fields = ['name', 'contract_state', 'archive_number', 'archive_sha256', 'contract_file_ids']
        return self('sale.order', 'read', [contract], fields)[0]


class Phone:
    """The signer's browser: cookies, pages, nothing else."""

    def __init__(self, url):
        self.url = url
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


def picture():
    image = Image.new('RGB', (300, 300), 'white')
    ImageDraw.Draw(image).ellipse((20, 20, 280, 280), outline=(220, 0, 0), width=14)
    file = io.BytesIO()
    image.save(file, 'PNG')
    return base64.b64encode(file.getvalue()).decode()


def strokes():
    return json.dumps([{'t0': start, 'points': [[150 + 14 * i, 150 + 60 * (i % 5) + start / 10, 0.5, 20 * i] for i in range(40)]}
                       for start in (0, 1000)])


def received(sms, pattern, seconds=90):
    """Wait for the SMS that says ``pattern``; return what it matched."""
    for _attempt in range(seconds * 2):
        for message in reversed(json.loads(urllib.request.urlopen(f'{sms.url}/messages.json', timeout=10).read())):
            if found := re.search(pattern, message['text']):
                assert message['number'] == MOBILE
                return found[1]
        time.sleep(0.5)
    raise AssertionError(f'no SMS says {pattern}')


@pytest.fixture(scope='module')
def signed(office, sms):
    """One contract from one click to the archive. The tests look at what became of it."""
    contract = office.agreed_contract()
    office('sale.order', 'action_start_signing', [contract])

    link = received(sms, r'(http://\S+/sign/\S+)')
    phone = Phone(office.server.url)
    assert '<form' in phone.get(link)
    phone.post(urllib.parse.urlsplit(link).path + '/open')
    assert phone.status == 200
    page = phone.get('/sign/page')
    phone.hidden['page'] = re.search(r'data-reference="([^"]+)"', page)[1]
    sha256 = re.search(r'data-sha256="([^"]+)"', page)[1]
    numbers = re.findall(r'data-page="(\d+)"', page)
    for number in numbers:
        assert phone.get(f'/sign/page/{number}.png')[:4] == b'\x89PNG'
    phone.post('/sign/seen', pages=','.join(numbers))
    early = phone.post('/sign/seen', pages='', complete='1')
    time.sleep(READING_SECONDS + 1)
    phone.post('/sign/seen', pages='', complete='1')
    assert phone.status == 200
    phone.post('/sign/code')
    assert phone.status == 200
    phone.post('/sign/code/check', code=received(sms, r'(\d{6}) is your code'))
    assert phone.status == 200
    form = {'strokes': strokes(), 'base_sha256': sha256, 'nonce': uuid.uuid4().hex, 'statement': '1', 'keep_strokes': '1'}
    answer = json.loads(phone.post('/sign/submit', **form))
    again = json.loads(phone.post('/sign/submit', **form))

    requests = office('esign.seal.request', 'search', [('envelope_id.res_id', '=', contract), ('envelope_id.res_model', '=', 'sale.order')])
    office('esign.seal.request', 'action_approve', requests, login='approver')
    office('esign.seal.request', 'action_put', requests)
    return {'contract': contract, 'phone': phone, 'answer': answer, 'again': again, 'early': early, 'pdf': phone.get('/sign/file.pdf')}


def test_reading_is_not_over_before_its_time(signed):
    assert json.loads(signed['early'])['code'] == 'wait'


def test_signature_is_taken_once_however_often_it_is_sent(signed):
    assert signed['answer']['state'] == 'signed'
    assert signed['again'] == signed['answer']


def test_contract_is_in_force_and_archived(signed, office):
    contract = office.contract(signed['contract'])

    assert contract['contract_state'] == 'active'
    assert contract['archive_number']
    assert contract['archive_sha256'] == hashlib.sha256(signed['pdf']).hexdigest()


def test_archived_file_is_closed_for_the_administrator_too(signed, office):
    contract = office.contract(signed['contract'])

    with pytest.raises(xmlrpc.client.Fault):
        office('ir.attachment', 'write', contract['contract_file_ids'][:1], {'raw': 'x'})
    with pytest.raises(xmlrpc.client.Fault):
        office('sale.order', 'unlink', [signed['contract']])


def test_public_page_knows_the_file_and_notices_one_byte(signed, office):
    page = Phone(office.server.url)
    page.get('/sign/verify')
    good = page.upload('/sign/verify', signed['pdf'])
    assert 'final document in the register' in good
    assert 'All signatures are unbroken' in good

    at = len(signed['pdf']) // 3
    changed = signed['pdf'][:at] + bytes([signed['pdf'][at] ^ 1]) + signed['pdf'][at + 1:]
    bad = page.upload('/sign/verify', changed)
    assert 'No document in the register is this file' in bad
    assert 'All signatures are unbroken' not in bad


@pytest.mark.skipif(not shutil.which('pdfsig'), reason="poppler-utils")
def test_poppler_lists_every_signature_as_sound(signed, tmp_path):
    (tmp_path / 'contract.pdf').write_bytes(signed['pdf'])

    said = subprocess.run(
        ['pdfsig', '-nocert', str(tmp_path / 'contract.pdf')], capture_output=True, text=True, timeout=60, check=False).stdout

    assert said.count('Signature is Valid.') == 3  # freeze, producer, seal
    assert '王建国' in said


def test_link_shows_the_signed_paper_and_signs_no_more(signed):
    phone = signed['phone']

    answer = phone.post('/sign/submit', strokes=strokes(), base_sha256='0' * 64, nonce=uuid.uuid4().hex, statement='1')

    assert phone.status in (400, 409)
    assert 'error' in json.loads(answer)
