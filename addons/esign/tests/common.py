import base64
import io
import json
import os
import re
import sys
import tempfile
import urllib.request
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

from PIL import Image, ImageDraw

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.esign.tools.errors import EsignError

#: tests/fakes of the checkout: authorities and gateways as processes of their own
FAKES = Path(__file__).resolve().parents[3] / 'tests' / 'fakes'
META = {'ip': '203.0.113.7', 'user_agent': 'Phone'}
CONSENTS = {'statement': True, 'strokes': True}
PAPER = """<!DOCTYPE html><html lang="zh-CN"><head><title>合同</title><style>@page { size: A4 }</style></head><body>
<h1>合同 DS-1</h1><p>甲方交付废物，乙方收集。</p><p style="break-before: page">签署：</p>
<div id="sig_party_a" style="width: 60mm; height: 25mm">甲方</div><div id="sig_party_g" style="width: 60mm; height: 25mm">监管</div>
<div id="sig_party_b" style="width: 60mm; height: 45mm">乙方</div></body></html>"""


def strokes(shift=0):
    """A handwriting as the canvas sends it: two waves."""
    return json.dumps(
        [
            {'t0': start, 'points': [[100 + shift + 14 * i, 150 + 60 * (i % 5) + start / 10, 0.5, 20 * i] for i in range(40)]}
            for start in (0, 1000)
        ]
    )


def picture(size=(300, 300), kind='PNG'):
    """A seal, red on white, as base64."""
    image = Image.new('RGB', size, 'white')
    ImageDraw.Draw(image).ellipse((20, 20, size[0] - 20, size[1] - 20), outline=(220, 0, 0), width=14)
    file = io.BytesIO()
    image.save(file, kind)
    return base64.b64encode(file.getvalue())


@lru_cache(maxsize=4)
def paper(renderer, html=PAPER):
    return renderer(html)


class EsignCase(TransactionCase):
    """Two companies, their seals, a template of three parties, a key folder and a time-stamp authority of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True, lang='en_US'))
        cls._start_authority()
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix='esign_keys_')))
        cls.enterClassContext(patch.dict(os.environ, {'ESIGN_KEY_DIR': str(cls.folder)}))
        os.environ.pop('ESIGN_PASSPHRASE_FILE', None)
        cls.keys = cls.env['esign.keystore']
        # What is refused is recorded by another cursor: here the test's own.
        cls.registry_enter_test_mode_cls()
        cls.keys._setup(tsa_url=cls.tsa.url + '/', tsa_files={'root.pem': cls.tsa_root, 'root.crl': cls.tsa_crl})

        cls.company = cls.env['res.company'].create({'name': "东实一"})
        cls.other_company = cls.env['res.company'].create({'name': "东实二"})
        cls.sender = cls._user('es_sender', 'esign.group_user')
        cls.custodian = cls._user('es_custodian', 'esign.group_custodian')
        cls.approver = cls._user('es_approver', 'esign.group_approver')
        cls.administrator = cls._user('es_administrator', 'esign.group_administrator')
        cls.stranger = cls._user('es_stranger', 'esign.group_user')
        cls.seal = cls._seal(cls.company, cls.custodian)
        cls.template = cls._template()
        cls.customer = cls.env['res.partner'].create({'name': "宏达电路板厂", 'email': 'hongda@example.com'})
        cls.rendered = paper(cls.env['document.renderer']._render)

    @classmethod
    def _start_authority(cls):
        if str(FAKES) not in sys.path:
            sys.path.insert(0, str(FAKES))
        import running

        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix='esign_tsa_')))
        cls.tsa = cls.enterClassContext(running.Fake('tsa', '--certificate-out', folder / 'root.pem'))
        cls.tsa_root = (folder / 'root.pem').read_bytes()
        with urllib.request.urlopen(cls.tsa.url + '/crl', timeout=5) as answer:  # noqa: S310 (loopback)
            cls.tsa_crl = answer.read()

    @classmethod
    def _user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(cls.env, login, groups, company_id=company.id, company_ids=[(6, 0, company.ids)])

    @classmethod
    def _seal(cls, company, custodian, **values):
        seal = cls.env['esign.seal'].create(
            {
                'name': f"{company.name}合同专用章",
                'company_id': company.id,
                'organisation': company.name,
                'image': picture(),
                'custodian_ids': [(6, 0, custodian.ids)],
                **values,
            }
        )
        seal.action_activate()
        return seal

    @classmethod
    def _template(cls, **values):
        return cls.env['esign.template'].create(
            {
                'name': "Contract",
                'party_ids': [
                    (0, 0, {'name': "甲方", 'key': 'party_a', 'action': 'sign', 'order': 1, 'reading_seconds': 0}),
                    (0, 0, {'name': "监管", 'key': 'party_g', 'action': 'review', 'order': 2, 'reading_seconds': 0}),
                    (0, 0, {'name': "乙方", 'key': 'party_b', 'action': 'seal', 'order': 3}),
                ],
                **values,
            }
        )

    # STEPS ---------------------------------------------------------------------

    @classmethod
    def _row(cls, key, name, phone='13800000001', **values):
        return {'key': key, 'name': name, 'phone': phone, 'company_name': "宏达电路板厂", **values}

    def _start(self, *rows, template=None, user=None, record=None, **values):
        """An envelope: one party signs and the company seals, unless ``rows`` say otherwise."""
        rows = rows or (self._row('party_a', "王经理", email='wang@example.com'), {'key': 'party_b', 'company_name': self.company.name})
        record = record or self.customer
        return (
            self.env['esign.envelope']
            .with_user(user or self.sender)
            .with_company(self.company)
            ._start(
                record.with_user(user or self.sender),
                template=template or self.template,
                pdf=self.rendered.pdf,
                places=self.rendered.places,
                signers=list(rows),
                **values,
            )
            .sudo()
        )

    def _signer(self, envelope, key='party_a'):
        return envelope.signer_ids.filtered(lambda signer: signer.key == key and signer.state != 'delegated')

    def _read(self, signer):
        signer._open(META)
        for number, _width, _height in signer._pages():
            signer._seen(number)
        signer._read_complete()

    def _sent_code(self, signer):
        """Ask for a code; return it as the phone shows it."""
        bodies = []

        def take(api, messages, delivery_reports_url=False):
            bodies.extend(message['content'] for message in messages)
            return [{'uuid': number['uuid'], 'state': 'success'} for message in messages for number in message['numbers']]

        with patch.object(self._sms_api(), '_send_sms_batch', take):
            signer._send_code(META)
        return re.search(r'\d{6}', bodies[-1])[0]

    def _sms_api(self):
        return self.company._get_sms_api_class()

    def _cron(self, name):
        """Run a scheduled job as the scheduler does."""
        self.env.flush_all()
        self.env.ref(f'esign.ir_cron_{name}').method_direct_trigger()
        self.env.invalidate_all()

    def _verify_phone(self, signer):
        signer._check_code(self._sent_code(signer), META)

    def _ready(self, signer):
        """Take the signer to where only the handwriting is missing."""
        self._read(signer)
        self._verify_phone(signer)

    def _sign(self, signer, nonce='nonce-0001', **values):
        values = {'base_sha256': signer.envelope_id.current_sha256, 'nonce': nonce, 'consents': CONSENTS, 'meta': META, **values}
        return signer._sign(values.pop('strokes', strokes()), **values)

    def _approve(self, envelope):
        envelope.seal_request_ids.filtered(lambda request: request.state == 'requested').with_user(self.approver).action_approve()

    def _put(self, envelope, user=None):
        requests = envelope.seal_request_ids.filtered(lambda request: request.state in ('requested', 'approved'))
        return self.env['esign.envelope'].with_user(user or self.custodian)._put_seals(requests.with_user(user or self.custodian))

    def _completed(self, **values):
        """An envelope all have signed."""
        envelope = self._start(**values)
        signer = self._signer(envelope)
        self._ready(signer)
        self._sign(signer)
        self._approve(envelope)
        self._put(envelope)
        return envelope

    # CHECKS --------------------------------------------------------------------

    def assertRefused(self, code, step):
        """``step`` raises an `EsignError` of that code; what it recorded stays, as at the controller's door."""
        try:
            step()
        except EsignError as error:
            self.assertEqual(error.code, code, error.sentence)
            return error.sentence
        return self.fail(f"not refused with {code}")

    def assertBlocked(self, step, error=Exception):
        """``step`` is refused, and the attempt is in the system's chain."""
        before = self._blocked()
        try:
            step()
        except error:  # not assertRaises: its savepoint would take the record of the attempt back
            self.assertEqual(len(self._blocked() - before), 1)
            return self._blocked() - before
        return self.fail("not refused")

    def _blocked(self):
        return self.env['esign.event'].sudo().search([('type', '=', 'write_blocked')])

    def _types(self, envelope):
        return envelope.event_ids.mapped('type')
