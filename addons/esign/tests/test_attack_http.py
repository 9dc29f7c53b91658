import io
import re
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests
from asn1crypto import algos, tsp
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..controllers.signer import SignerPage
from .common import paper, strokes
from .h5_common import H5Case

#: a tree of pages that is its own child
LOOP = (
    b'%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n'
    b'xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \ntrailer<</Root 1 0 R/Size 3/Prev 110>>\n'
    b'startxref\n110\n%%EOF')
HOSTILE = '<img src=x onerror=alert(1)>{{7*7}}\u202e\u200b'


@tagged('post_install', '-at_install')
class TestAttackHttp(H5Case):
    """esign.md §6, the attacks that come through the public doors. Each is refused, and leaves nothing behind."""

    def setUp(self):
        super().setUp()
        self.envelope = self._start()
        self.signer = self._signer(self.envelope)

    def submit(self, page, signer=None, **fields_sent):
        return self.post(page, '/sign/submit', **self.signature(signer or self.signer, **fields_sent))

    def assertUnsigned(self, signer=None):
        signer = signer or self.signer
        self.env.invalidate_all()
        self.assertNotEqual(signer.state, 'signed')
        self.assertNotIn('signed', self._types(signer.envelope_id))
        self.assertFalse(self.env['esign.handwriting'].search([('signer_id', '=', signer.id), ('state', '=', 'done')]))

    # THE LINK ------------------------------------------------------------------

    def test_attack_01_the_link_after_signing_shows_a_copy_and_signs_no_more(self):
        page = self.ready(self.signer)
        self.assertEqual(self.submit(page).json()['state'], 'signed')

        again = self.post(page, '/sign/submit', **self.signature(self.signer, nonce='another-nonce-02'))
        page = self.visit(self.signer)

        self.assertIn('/sign/file.pdf', page.text)
        self.assertIn('/sign/page/1.png', page.text)
        self.assertNotIn('data-submit', page.text)
        self.assertNotIn('handwriting', page.text)
        self.assertEqual(again.status_code, 409)
        self.assertEqual(self._types(self.envelope).count('signed'), 1)
        self.assertEqual(self.url_open('/sign/file.pdf').content, self.envelope.revision_id._get_pdf())

    def test_attack_02_a_replayed_request_gets_the_first_answer(self):
        page = self.ready(self.signer)
        fields_sent = self.signature(self.signer)

        answers = [self.post(page, '/sign/submit', **fields_sent) for _tap in range(3)]
        other_tab = self.post(page, '/sign/submit', **{**fields_sent, 'nonce': 'nonce-of-the-other-tab'})

        self.assertEqual([answer.status_code for answer in answers], [200] * 3)
        self.assertEqual([answer.json() for answer in answers], [answers[0].json()] * 3)
        self.assertEqual(other_tab.status_code, 409)
        self.assertEqual(self._types(self.envelope).count('signed'), 1)
        self.assertEqual(self.envelope.revision_ids.mapped('kind').count('signed'), 1)

    def test_attack_03_guessing(self):
        token = self.signer._get_token()
        guesses = [
            'a' * len(token), token[:-1] + ('A' if token[-1] != 'A' else 'B'), token[:-1], token.swapcase(), str(self.signer.id),
            self.envelope.uuid, self.signer.uuid, self.signer.token_hash, '%00', '..%2f..', "' OR 1=1 --", '字' * 40]

        answers = [self.url_open(f'/sign/{guess}') for guess in guesses]

        self.assertEqual({answer.status_code for answer in answers}, {404})
        self.assertEqual(len({answer.text for answer in answers[:8]}), 1, "An unknown link tells nothing of why.")
        self.assertEqual(len(token) * 6 // 128, 1, "192 bits")
        for _guess in range(31):
            last = self.url_open('/sign/' + 'b' * 32)
        self.assertEqual(last.status_code, 429)
        self.assertEqual(self.url_open(self.path(self.signer)).status_code, 200, "A right link opens for all who share that address.")
        self.assertUnsigned()

    def test_attack_04_one_signers_cookie_opens_no_other_door(self):
        other = self._signer(self._start())
        page = self.ready(self.signer)
        theirs = self.visit(other)  # the browser now holds the cookie of `other`

        crossed = self.url_open('/sign/submit', data={
            **self.form(theirs), 'page': self.form(page)['page'], **self.signature(self.signer)})
        for cookie in self.opener.cookies:
            if cookie.name == 'esign':
                cookie.value = cookie.value[:-4] + 'AAAA'
        forged = self.url_open('/sign/page')

        self.assertEqual((crossed.status_code, crossed.json()['code']), (409, 'conflict'))
        self.assertEqual(forged.status_code, 404)
        self.assertUnsigned()
        self.assertUnsigned(other)

    def test_attack_05_the_link_leaks_nowhere_and_previews_open_nothing(self):
        token = self.signer._get_token()
        with self.assertLogs('odoo.http', 'WARNING') as warnings:
            preview = self.url_open(self.path(self.signer))
            self.url_open(self.path(self.signer), method='HEAD')
            self.url_open(self.path(self.signer) + '/open', data={'x': 'no csrf token'})

        self.assertNotIn(token, ''.join(warnings.output))
        self.assertFalse(self.signer.opened_at)
        self.assertNotIn('link_opened', self._types(self.envelope))
        self.assertNotIn(self.envelope.document_name, preview.text)
        self.assertNotIn(self.signer.name, preview.text)
        self.assertEqual(preview.headers['Referrer-Policy'], 'no-referrer')
        page = self.visit(self.signer)
        self.assertTrue(self.signer.opened_at)
        self.assertNotIn(token, page.text + page.url)
        cookie = next(cookie for cookie in self.opener.cookies if cookie.name == 'esign')
        self.assertNotIn(token, cookie.value)
        self.assertTrue(cookie.has_nonstandard_attr('HttpOnly'))
        self.assertEqual(cookie.get_nonstandard_attr('SameSite'), 'Strict')
        self.assertEqual(cookie.path, '/sign')
        for message in self.envelope.message_ids:
            self.assertNotIn(token, message.body)

    # STATES ----------------------------------------------------------------------

    def test_attack_06_nothing_is_signed_after_the_end(self):
        for end in ('cancelled', 'declined', 'expired', 'late'):
            envelope = self._start()
            signer = self._signer(envelope)
            page = self.ready(signer)
            if end == 'cancelled':
                envelope._cancel("wrong price")
            elif end == 'declined':
                signer._decline("no", {})
            elif end == 'expired':
                signer._expire()
            else:
                signer._set({'expires_at': fields.Datetime.now() - timedelta(minutes=1)})
            refused = self.submit(page, signer)
            shown = self.url_open('/sign/page')

            self.assertIn(refused.status_code, (404, 409), end)
            self.assertEqual(shown.status_code, 200)
            self.assertNotIn('data-submit', shown.text)
            self.assertIn('refused', self._types(envelope), end)
            self.assertUnsigned(signer)

    def test_attack_07_out_of_order(self):
        envelope = self._start(
            self._row('party_a', "王经理"), self._row('party_g', "赵科长", phone='13700000003'),
            {'key': 'party_b', 'company_name': self.company.name})
        late = self._signer(envelope, 'party_g')
        page = self.visit(late)

        self.assertNotIn('data-submit', page.text)
        self.assertNotIn('/sign/page/1.png', page.text)
        ours = {'csrf_token': self.csrf(self.url_open('/sign/verify').text), 'page': self.reference(late)}
        for path in ('/sign/code', '/sign/review', '/sign/decline', '/sign/delegate'):
            refused = self.url_open(path, data={**ours, **self.signature(late), 'verdict': 'pass', 'reason': "x", 'name': "y",
                                                'phone': '13800000009'})
            self.assertIn(refused.status_code, (400, 409), path)
        self.assertEqual(late.state, 'waiting')
        self.assertFalse(late.read_at)

    def reference(self, signer):
        """What the page of a signer would send, as an attacker computes it who knows all but the server's secret."""
        return SignerPage()._reference(signer)

    # CODE ------------------------------------------------------------------------

    def test_attack_10_codes(self):
        page = self.visit(self.signer)
        self.read(page, self.signer)
        unproved = self.submit(page)
        self.assertEqual((unproved.status_code, unproved.json()['code']), (400, 'code'))

        self.post(page, '/sign/code')
        flood = self.post(page, '/sign/code')
        self.assertEqual((flood.status_code, flood.json()['code']), (429, 'limit'))
        right = self.code()
        for _guess in range(5):
            wrong = self.post(page, '/sign/code/check', code='000000' if right != '000000' else '111111')
            self.assertEqual((wrong.status_code, wrong.json()['code']), (400, 'code'))
        self.assertEqual(self.post(page, '/sign/code/check', code=right).status_code, 400, "Locked after five tries.")

        later = fields.Datetime.now() + timedelta(minutes=2)
        with freeze_time(later):
            self.assertEqual(self.post(page, '/sign/code').status_code, 200)
            second = self.code()
        with freeze_time(later + timedelta(minutes=6)):
            self.assertEqual(self.post(page, '/sign/code/check', code=second).status_code, 400, "Five minutes are over.")

        other = self._signer(self._start())
        theirs = self.visit(other)
        self.read(theirs, other)
        with freeze_time(later + timedelta(minutes=8)):
            self.post(theirs, '/sign/code')
            self.assertEqual(self.post(theirs, '/sign/code/check', code=second).status_code, 400, "Another document's code.")
        self.assertUnsigned()
        self.assertUnsigned(other)

    @mute_logger('odoo.addons.esign.models.esign_signer_code')
    def test_attack_10_without_a_gateway_nobody_signs(self):
        page = self.visit(self.signer)
        self.read(page, self.signer)
        self.gateway_is_up = False

        down = self.post(page, '/sign/code')

        self.assertEqual((down.status_code, down.json()['code']), (503, 'later'))
        self.assertEqual(self.submit(page).json()['code'], 'code')
        self.assertUnsigned()

    # CONTENT ---------------------------------------------------------------------

    def test_attack_12_pictures_and_markup_are_no_signature(self):
        page = self.ready(self.signer)
        for content in (
            '<svg onload="alert(1)" xmlns="http://www.w3.org/2000/svg"/>', 'data:image/png;base64,iVBORw0KGgo=',
            '\x89PNG\r\n\x1a\n' + 'x' * 50_000, 'GIF89a/*<script>*/', '[]', '[{"t0": 0, "points": [[1, 1, 0.5, 0]]}]',
            strokes()[:-1] + ', {"svg": "<svg/>"}]', strokes().replace('100', '1e308'), strokes().replace('0.5', 'NaN'), 'x' * 100_000,
        ):
            refused = self.submit(page, strokes=content)
            self.assertEqual((refused.status_code, refused.json()['code']), (400, 'bad'), content[:40])
        ignored = {'signature': 'data:image/png;base64,AAAA', 'signature_svg': '<svg/>', 'page_number': '9', 'state': 'signed'}
        self.assertUnsigned()

        self.assertEqual(self.submit(page, **ignored).json()['state'], 'signed')
        frozen = self.envelope.revision_ids.filtered(lambda revision: revision.kind == 'frozen')
        self.assertNotRegex(self.envelope.revision_id._get_pdf()[len(frozen._get_pdf()):], rb'/Subtype\s*/Image')

    def test_attack_13_names_are_text_everywhere(self):
        name, company = HOSTILE, ('<b>"公司"</b>' + '长' * 200)[:200]
        envelope = self._start(
            {**self._row('party_a', name), 'company_name': company}, {'key': 'party_b', 'company_name': self.company.name})
        signer = self._signer(envelope)

        page = self.visit(signer)

        self.assertNotIn('<img src=x', page.text)
        self.assertIn('&lt;img src=x onerror=alert(1)&gt;', page.text)
        self.assertIn('{{7*7}}', page.text)
        self.assertNotIn('<b>"公司"</b>', page.text)
        self.read(page, signer)
        self.prove(page)
        self.assertEqual(self.submit(page, signer).json()['state'], 'signed')
        self.assertNotIn('<img src=x', self.url_open('/sign/page').text)

    def test_attack_14_the_paper_fetches_nothing(self):
        with Trap() as trap:
            html = f'''<!DOCTYPE html><html><head><title>x</title><link rel="attachment" href="file:///etc/hostname"/>
                <link rel="stylesheet" href="{trap.url}/style.css"/><style>@import url("{trap.url}/import.css");
                @font-face {{ font-family: z; src: url("{trap.url}/font.ttf") }}</style></head><body style="font-family: z">
                <img src="file:///etc/passwd"/><img src="{trap.url}/image.png"/><iframe src="file:///etc/passwd"></iframe>
                <div id="sig_party_a" style="width: 60mm; height: 25mm">A</div>
                <div id="sig_party_b" style="width: 60mm; height: 45mm">B</div>
                </body></html>'''
            self.rendered = self.env['document.renderer']._render(html)
            envelope = self._start()
            self.visit(self._signer(envelope))
            pdf = self.url_open('/sign/file.pdf').content
            self.url_open('/sign/page/1.png')

        self.assertEqual(trap.calls, [])
        self.assertTrue(pdf.startswith(b'%PDF-'))
        self.assertNotIn(b'/EmbeddedFile', pdf)

    # OTHER MACHINES ----------------------------------------------------------------

    def test_attack_15_a_replayed_or_forged_time_stamp_signs_nothing(self):
        page = self.ready(self.signer)
        parameters = self.env['ir.config_parameter'].sudo()
        right = parameters.get_param('esign.tsa_url')
        with Trap(body=b'0\x00forged', kind='application/timestamp-reply') as trap:
            parameters.set_param('esign.tsa_url', trap.url)
            refused = self.submit(page)

            self.assertTrue(trap.calls)
            self.assertEqual((refused.status_code, refused.json()['code']), (503, 'later'))
            self.assertUnsigned()
        with Trap(body=self.genuine_stamp(right), kind='application/timestamp-reply') as trap:
            parameters.set_param('esign.tsa_url', trap.url)
            refused = self.submit(page)

            self.assertEqual(refused.status_code, 503)
            self.assertUnsigned()

        parameters.set_param('esign.tsa_url', right)
        self.assertEqual(self.submit(page).json()['state'], 'signed', "The evidence was kept: the same request now succeeds.")
        self.assertEqual(self._types(self.envelope).count('signed'), 1)

    def genuine_stamp(self, url):
        """An answer of the real authority, to another question."""
        question = tsp.TimeStampReq({
            'version': 1, 'nonce': 1, 'cert_req': True, 'message_imprint': {
                'hash_algorithm': algos.DigestAlgorithm({'algorithm': 'sha256'}), 'hashed_message': b'0' * 32}})
        return requests.post(url, data=question.dump(), timeout=5, headers={'Content-Type': 'application/timestamp-query'}).content

    # VERIFICATION --------------------------------------------------------------------

    def verify(self, content, path='/sign/verify', name='contract.pdf'):
        """Return the classes of the answers and the page."""
        form = self.url_open(path)
        page = self.url_open(path, data={'csrf_token': self.csrf(form.text)}, files={'pdf': (name, content, 'application/pdf')}, timeout=60)
        verdicts = re.search(r'<ul class="verdicts">(.*?)</ul>', page.text, re.DOTALL)
        return re.findall(r'<li class="(\w+)"', verdicts[1]) if verdicts else None, page

    def test_attack_20_tampered_files_at_the_public_page(self):
        envelope = self._completed()
        final = envelope.revision_id._get_pdf()
        signed = envelope.revision_ids.filtered(lambda revision: revision.kind == 'signed')._get_pdf()
        middle = len(signed) // 2

        for name, content, expected in (
            ('good', final, ['good', 'good']),
            ('cut to the first signature', signed, ['bad', 'bad']),
            ('one newline', final + b'\n', ['bad', 'bad']),
            ('byte flipped', final[:middle] + bytes([final[middle] ^ 1]) + final[middle + 1:], ['bad', 'bad']),
            ('foreign', paper(self.env['document.renderer']._render).pdf, ['bad', 'bad']),
        ):
            verdicts, page = self.verify(content)
            if verdicts is None:  # so damaged that nothing can be read in it
                verdicts = ['bad', 'bad'] if 'notice error' in page.text else None
            self.assertEqual(verdicts, expected, name)
        for name, content in (
            ('malformed', b'%PDF-1.7\n1 0 obj << /Length 99999999999 >> stream'), ('no pdf', b'<html>'), ('empty', b''),
            ('loop', LOOP),
            ('encrypted', self.encrypted(final)),
        ):
            verdicts, page = self.verify(content)
            self.assertTrue(verdicts is None or 'good' not in verdicts, name)
            self.assertIn(page.status_code, (200, 400, 429), name)
            self.assertNotIn('Traceback', page.text, name)
            self.assertNotIn(envelope.name, page.text, name)

    def test_attack_20_a_huge_file_is_refused_before_it_is_examined(self):
        started = time.time()
        try:
            _verdicts, page = self.verify(b'%PDF-1.7\n' + b'0' * (51 * 1024 * 1024))
        except requests.ConnectionError:
            pass  # hung up on while still sending: refused all the same
        else:
            self.assertIn(page.status_code, (400, 413))
            self.assertNotIn('Traceback', page.text)

        self.assertLess(time.time() - started, 20)

    def encrypted(self, pdf):
        writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)))
        writer.encrypt('owner', 'user')
        file = io.BytesIO()
        writer.write(file)
        return file.getvalue()

    def test_attack_21_the_page_is_no_oracle(self):
        envelope = self._completed()

        known = self.url_open(f'/sign/verify/{envelope.uuid}')
        self.assertEqual(known.status_code, 200)
        self.assertIn(envelope.final_sha256, known.text)
        for secret in ("王经理", "宏达", envelope.name, '13800000001', '/sign/file.pdf', envelope.document_name):
            self.assertNotIn(secret, known.text)
        unknown = [self.url_open(f'/sign/verify/{code}') for code in (
            self.envelope.uuid, envelope.uuid.replace('-', ''), str(envelope.id), envelope.final_sha256,
            '00000000-0000-4000-8000-000000000000')]
        self.assertEqual({page.status_code for page in unknown}, {404}, "Not signed by all, or unknown: the same answer.")
        self.assertEqual(len({page.text for page in unknown}), 1)
        verdicts, page = self.verify(envelope.revision_id._get_pdf(), f'/sign/verify/{self._completed().uuid}')
        self.assertEqual(verdicts, ['good', 'good', 'bad'], "A sound file, but not the one of this code.")
        for _lookup in range(60):
            page = self.url_open('/sign/verify/00000000-0000-4000-8000-000000000001')
            if page.status_code == 429:
                break
        self.assertEqual(page.status_code, 429)

    # BROWSERS --------------------------------------------------------------------

    @mute_logger('odoo.http')
    def test_attack_26_other_sites(self):
        page = self.ready(self.signer)
        fields_sent = {'page': self.form(page)['page'], **self.signature(self.signer), 'reason': "x", 'name': "y", 'phone': '13800000009',
                       'verdict': 'pass', 'pages': '1', 'complete': '1'}
        for path in ('seen', 'code', 'code/check', 'submit', 'review', 'decline', 'delegate'):
            for token in ({}, {'csrf_token': 'deadbeefo9999999999'}):
                refused = self.url_open(f'/sign/{path}', data={**fields_sent, **token}, headers={'Origin': 'https://evil.example'})
                self.assertEqual(refused.status_code, 400, path)
            self.assertIn(self.url_open(f'/sign/{path}').status_code, (404, 405), f'{path} by GET')
            jsonrpc = self.url_open(f'/sign/{path}', json={'jsonrpc': '2.0', 'params': fields_sent})
            self.assertIn(jsonrpc.status_code, (400, 415), f'{path} as JSON')
        self.assertEqual(self.url_open(self.path(self.signer) + '/open', data={'x': '1'}).status_code, 400)
        shown = self.url_open('/sign/page', headers={'Origin': 'https://evil.example'})
        self.assertNotIn('Access-Control-Allow-Origin', shown.headers)
        self.assertIn("frame-ancestors 'none'", shown.headers['Content-Security-Policy'])
        self.assertEqual(shown.headers['X-Frame-Options'], 'DENY')
        self.assertUnsigned()


class Trap:
    """A server on loopback that notes who calls, and always gives the same answer."""

    def __init__(self, body=b'trapped', kind='text/plain'):
        self.body, self.kind, self.calls = body, kind, []

    def __enter__(self):
        trap = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                trap.calls.append(self.path)
                self.rfile.read(int(self.headers.get('Content-Length') or 0))
                self.send_response(200)
                self.send_header('Content-Type', trap.kind)
                self.send_header('Content-Length', str(len(trap.body)))
                self.end_headers()
                self.wfile.write(trap.body)

            do_GET = do_POST

            def log_message(self, *_args):
                pass

        self.server = HTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()
