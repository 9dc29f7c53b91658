from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .common import META, EsignCase


@tagged('post_install', '-at_install')
class TestEsignCode(EsignCase):
    """The code by SMS: bound, short-lived, counted, and closed when the gateway fails."""

    def setUp(self):
        super().setUp()
        self.envelope = self._start()
        self.signer = self._signer(self.envelope)

    def _later(self, **delta):
        """Let time pass for the codes that were sent."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE esign_code SET sent_at = sent_at - %s, verified_at = verified_at - %s", [timedelta(**delta)] * 2)
        self.env.invalidate_all()

    def _wrong(self, code):
        return f'{(int(code) + 1) % 10**6:06d}'

    def test_only_hash_and_salt_are_kept(self):
        code = self._sent_code(self.signer)

        record = self.env['esign.code'].search([('signer_id', '=', self.signer.id)])
        self.assertEqual(len(record), 1)
        self.assertNotIn(code, str(record.read()))
        self.assertFalse(self.env['sms.sms'].sudo().search([('body', 'like', code)]))
        self.assertNotIn(code, str(self.envelope.event_ids.mapped('payload')))

    def test_five_wrong_codes_lock(self):
        code = self._sent_code(self.signer)
        for _try in range(5):
            self.assertRefused('code', lambda: self.signer._check_code(self._wrong(code), META))

        self.assertRefused('code', lambda: self.signer._check_code(code, META))
        self.assertFalse(self.signer._is_code_checked())
        self.assertEqual(self._types(self.envelope).count('otp_failed'), 6)

    def test_code_ends_after_five_minutes(self):
        code = self._sent_code(self.signer)
        self._later(minutes=5)

        self.assertRefused('code', lambda: self.signer._check_code(code, META))

    def test_older_code_dies_with_the_next(self):
        old = self._sent_code(self.signer)
        self._later(minutes=1)
        new = self._sent_code(self.signer)

        if old != new:
            self.assertRefused('code', lambda: self.signer._check_code(old, META))
        self.signer._check_code(new, META)
        self.assertTrue(self.signer._is_code_checked())

    def test_code_works_once(self):
        self._ready(self.signer)
        self._sign(self.signer)

        self.assertFalse(self.signer._get_checked_code())
        self.assertRefused('conflict', lambda: self.signer._check_code('000000', META))

    def test_code_of_another_document_or_signer(self):
        other = self._signer(self._start())
        code = self._sent_code(self.signer)

        self.assertRefused('code', lambda: other._check_code(code, META))
        self.assertFalse(other._is_code_checked())

    def test_code_dies_when_the_document_moves_on(self):
        code = self._sent_code(self.signer)
        self.envelope._add_revision('signed', self.rendered.pdf + b'\n')

        self.assertRefused('code', lambda: self.signer._check_code(code, META))

    def test_right_code_is_good_for_a_quarter_of_an_hour(self):
        self._ready(self.signer)
        self._later(minutes=16)

        self.assertRefused('code', lambda: self._sign(self.signer))

    def test_codes_are_capped(self):
        self._sent_code(self.signer)
        self.assertRefused('limit', lambda: self._sent_code(self.signer))
        for _code in range(4):
            self._later(minutes=1)
            self._sent_code(self.signer)
        self._later(minutes=1)

        self.assertRefused('limit', lambda: self._sent_code(self.signer))
        self.assertIn('otp_refused', self._types(self.envelope))

    def test_codes_to_one_phone_are_capped_over_all_documents(self):
        signers = [self._signer(self._start()) for _number in range(3)]
        with patch('odoo.addons.esign.models.esign_signer_code.CAPS', {'signer_id': 5, 'phone_hash': 2, 'ip': 300}):
            self._sent_code(signers[0])
            self._sent_code(signers[1])
            self.assertRefused('limit', lambda: self._sent_code(signers[2]))

    def test_gateway_refuses(self):
        for state in ('insufficient_credit', 'server_error', 'unregistered', 'wrong_number_format', 'never heard of'):
            with (
                self.subTest(state),
                patch.object(
                    self._sms_api(),
                    '_send_sms_batch',
                    lambda _api, messages, state=state, **_rest: [
                        {'uuid': number['uuid'], 'state': state} for message in messages for number in message['numbers']
                    ],
                ),
            ):
                self.assertRefused('later', lambda: self.signer._send_code(META))
        self.assertFalse(self.env['esign.code'].search([('signer_id', '=', self.signer.id)]))

    def test_gateway_is_down(self):
        with patch.object(self._sms_api(), '_send_sms_batch', side_effect=ConnectionError("no route")):
            self.assertRefused('later', lambda: self.signer._send_code(META))

        self._read(self.signer)
        self.assertRefused('code', lambda: self._sign(self.signer))
        self.assertFalse(self.env['esign.code'].search([('signer_id', '=', self.signer.id)]))
