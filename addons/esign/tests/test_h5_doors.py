import logging
import subprocess

from odoo.tests import HttpCase, TransactionCase, freeze_time, tagged

from ..controllers.log import LinkFilter
from ..tools.errors import EsignError
from .h5_common import H5Case


@tagged('post_install', '-at_install')
class TestEsignRate(TransactionCase):
    """Doors without a login count who knocks."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.rate = self.env['esign.rate']

    def test_the_one_too_many_is_refused_until_the_window_ends(self):
        with freeze_time('2026-11-22 08:59:50'):
            for _use in range(3):
                self.rate._count('verify', '10.0.0.1', 3)
            with self.assertRaises(EsignError) as refused:
                self.rate._count('verify', '10.0.0.1', 3)
            self.rate._count('verify', '10.0.0.2', 3)
            self.rate._count('guess', '10.0.0.1', 3)
        with freeze_time('2026-11-22 09:00:10'):
            self.rate._count('verify', '10.0.0.1', 3)

        self.assertEqual(refused.exception.code, 'limit')
        self.assertIn('10 minutes', refused.exception.sentence)

    def test_addresses_are_forgotten_after_a_day(self):
        with freeze_time('2026-11-20 08:00:00'):
            self.rate._count('verify', 'old', 3)
        with freeze_time('2026-11-22 08:00:00'):
            self.rate._count('verify', 'new', 3)
            self.rate._gc_windows()

        self.assertEqual(self.rate.search([('key', 'in', ('verify:old', 'verify:new'))]).mapped('key'), ['verify:new'])


class TestLog(TransactionCase):

    def test_the_log_does_not_show_links(self):
        token = 'Zm9vYmFyLXRva2VuLTE5Mi1iaXRz-_x'
        for message, args in (
            ('"%s" %s %s', (f'GET /sign/{token} HTTP/1.1', 200, '-')), (f"CSRF validation failed on path '/sign/{token}/open'", ()),
            ('"%s" %s %s', (f'\x1b[33mPOST /sign/{token}/open HTTP/1.1\x1b[0m', 404, '-')),
        ):
            record = logging.LogRecord('werkzeug', logging.INFO, '', 0, message, args, None)

            LinkFilter().filter(record)

            self.assertNotIn(token, record.getMessage())
            self.assertIn('/sign/***', record.getMessage())

    def test_other_paths_are_logged_as_they_are(self):
        for path in ('/sign/page/12.png', '/sign/verify/8a1c5c1e-9d3c-4b0a-8f52-3d2a2f4f0c11', '/web/assets/1234567890abcdefgh'):
            record = logging.LogRecord('werkzeug', logging.INFO, '', 0, '"%s" %s', (path, 200), None)

            LinkFilter().filter(record)

            self.assertIn(path, record.getMessage())

    def test_both_loggers_that_name_paths_are_filtered(self):
        for name in ('werkzeug', 'odoo.http'):
            self.assertTrue(any(isinstance(each, LinkFilter) for each in logging.getLogger(name).filters), name)


@tagged('post_install', '-at_install')
class TestPublicPages(HttpCase):

    def test_every_public_page_is_closed_to_frames_scripts_and_caches(self):
        for path in ('/sign/verify',):
            headers = self.url_open(path, headers={'Accept-Language': 'zh-CN'}).headers

            self.assertIn("frame-ancestors 'none'", headers['Content-Security-Policy'])
            self.assertIn("script-src 'self';", headers['Content-Security-Policy'])
            self.assertNotIn('unsafe', headers['Content-Security-Policy'])
            self.assertEqual(headers['X-Frame-Options'], 'DENY')
            self.assertEqual(headers['Referrer-Policy'], 'no-referrer')
            self.assertEqual(headers['Cache-Control'], 'no-store')
            self.assertIn('geolocation=()', headers['Permissions-Policy'])

    def test_pages_hold_no_inline_script_or_style(self):
        page = self.url_open('/sign/verify').text

        self.assertNotRegex(page, r'<script(?![^>]*src=)')
        self.assertNotRegex(page, r'<style|style="|onclick|javascript:')


@tagged('post_install', '-at_install')
class TestRevocationList(H5Case):

    def test_the_published_list_names_the_certificate_of_a_revoked_seal(self):
        serial = self.seal.certificate_id.serial.upper().lstrip('0')
        self.assertNotIn(serial, self._read_list())

        self.seal.action_revoke()

        self.assertRegex(self._read_list(), rf'Serial Number: 0*{serial}')

    def _read_list(self):
        """Return what openssl reads in the list, fetched without a log-in."""
        answer = self.url_open('/sign/crl')
        self.assertEqual((answer.status_code, answer.headers['Content-Type']), (200, 'application/pkix-crl'))
        return subprocess.run(
            ['openssl', 'crl', '-inform', 'DER', '-text', '-noout'], input=answer.content, capture_output=True, check=True).stdout.decode()
