import os
import subprocess
import tempfile
from pathlib import Path
from unittest.mock import patch

import pkcs11

from odoo.tests import tagged

from odoo.addons.esign.tools import verify

from .common import EsignCase

#: of Debian's package softhsm2, which scripts/test installs
MODULE = '/usr/lib/softhsm/libsofthsm2.so'
PIN = '271828'


@tagged('post_install', '-at_install')
class TestEsignToken(EsignCase):
    """A seal whose key was made in a hardware module, through PKCS#11 as a real one: SoftHSM."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tokens = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix='esign_token_'))) / 'tokens'
        cls.tokens.mkdir()
        settings = cls.tokens.with_name('softhsm2.conf')
        settings.write_text(f'directories.tokendir = {cls.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n')
        cls.pin = cls.folder / 'pin'
        cls.pin.touch(0o600)
        cls.pin.write_text(PIN)
        cls.enterClassContext(patch.dict(os.environ, {
            'SOFTHSM2_CONF': str(settings), 'ESIGN_PKCS11_MODULE': MODULE, 'ESIGN_PKCS11_TOKEN': 'seals'}))
        subprocess.run(['softhsm2-util', '--init-token', '--free', '--label', 'seals', '--pin', PIN, '--so-pin', '31415926'],
                       check=True, capture_output=True)
        cls.addClassCleanup(cls.keys._token().forget)
        cls.seal.action_revoke()
        cls.seal = cls._seal(cls.company, cls.custodian, name="硬件合同专用章")
        cls.name = cls.seal.certificate_id.key_name

    def _approved(self):
        template = self._template(party_ids=[(0, 0, {'name': "乙方", 'key': 'party_b', 'action': 'seal'})])
        envelope = self._start({'key': 'party_b', 'name': "我方", 'seal_id': self.seal.id}, template=template)
        self._approve(envelope)
        return envelope

    def assertClosed(self, envelope, sentence):
        """The seal isn't put, the custodian is told why, and nothing was written."""
        answer = self._put(envelope)

        self.assertEqual((answer['params']['type'], envelope.state), ('danger', 'signing'))
        self.assertIn(sentence, answer['params']['message'])
        self.assertEqual(envelope.revision_ids.mapped('kind'), ['rendered', 'frozen'])
        self.assertEqual(envelope.seal_request_ids.state, 'approved')

    def test_the_key_is_made_in_the_token_and_seals_from_there(self):
        envelope = self._approved()

        self._put(envelope)

        self.assertEqual(envelope.state, 'completed')
        result = verify.examine(envelope.revision_id._get_pdf(), self.keys._trust(), expected=['party_b'])
        self.assertTrue(result['ok'], result['problems'])
        self.assertEqual([row['serial'] for row in result['signatures'] if row['key'] == 'party_b'], [self.seal.certificate_id.serial])
        self.assertEqual(sorted(path.name for path in self.folder.glob(f'{self.name}*')), [f'{self.name}.cert.pem'])
        key = self.keys._token()._session().get_key(label=self.name, object_class=pkcs11.ObjectClass.PRIVATE_KEY)
        self.assertEqual((key[pkcs11.Attribute.SENSITIVE], key[pkcs11.Attribute.EXTRACTABLE]), (True, False))
        with self.assertRaises(pkcs11.AttributeSensitive):
            key[pkcs11.Attribute.VALUE]

    def test_a_wrong_pin_is_refused_once_and_not_tried_until_it_is_another(self):
        envelope = self._approved()
        self.keys._token().forget()
        self.pin.write_text('999999')
        self.addCleanup(self.pin.write_text, PIN)

        self.assertClosed(envelope, "refuses the PIN")
        with patch('pkcs11.lib', side_effect=AssertionError("tried again: real modules lock themselves")):
            self.assertClosed(envelope, "refuses the PIN")
        self.pin.write_text(PIN)
        self._put(envelope)

        self.assertEqual(envelope.state, 'completed')

    def test_a_pin_that_others_can_read_is_not_used(self):
        envelope = self._approved()
        self.keys._token().forget()
        self.pin.chmod(0o644)
        self.addCleanup(self.pin.chmod, 0o600)

        self.assertClosed(envelope, "Others than the server can read")

    def test_a_token_pulled_out_closes_and_works_again_when_it_is_back(self):
        envelope = self._approved()
        self.keys._open(self.name)  # logged in: it is pulled out in between
        away = self.tokens.with_name('away')
        self.tokens.rename(away)
        self.tokens.mkdir()

        self.assertClosed(envelope, "can’t be reached")
        self.assertClosed(envelope, "can’t be reached")
        self.tokens.rmdir()
        away.rename(self.tokens)
        self._put(envelope)

        self.assertEqual(envelope.state, 'completed')

    def test_a_server_without_the_module_closes(self):
        envelope = self._approved()
        self.keys._token().forget()
        for settings, sentence in (({'ESIGN_PKCS11_MODULE': '/nowhere/module.so'}, "can’t be reached"),
                                   ({'ESIGN_PKCS11_MODULE': ''}, "isn’t set up on this server"),
                                   ({'ESIGN_PKCS11_TOKEN': 'other'}, "can’t be reached")):
            with self.subTest(sentence), patch.dict(os.environ, settings):
                self.assertClosed(envelope, sentence)
