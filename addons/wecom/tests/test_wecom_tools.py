import base64
import stat
import tempfile
from pathlib import Path
from unittest import TestCase

from odoo.addons.wecom.tools import bucket, envelope
from odoo.addons.wecom.tools.vault import Vault, VaultError

# Vectors made by WeCom's own test tool; see reference/wecom.md, 4.
VECTOR = {
    'token': 'QDG6eK', 'aes_key': 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C', 'receiver': 'wx5823bf96d3bd56c7',
    'signature': '5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3', 'timestamp': '1409659589', 'nonce': '263014780',
    'encrypted': 'P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==',
    'text': '1616140317555161061',
}
NOW = 1409659589


def keys(**changed):
    vector = {**VECTOR, **changed}
    return envelope.Keys.of(vector['token'], vector['aes_key'], vector['receiver'])


def reason(function, *args):
    try:
        function(*args)
    except envelope.Refused as refusal:
        return refusal.reason
    return None


class TestEnvelope(TestCase):

    def open(self, with_keys=None, now=NOW, **changed):
        vector = {**VECTOR, **changed}
        return (with_keys or keys()).open(vector['encrypted'], vector['signature'], vector['timestamp'], vector['nonce'], now)

    def test_the_vendors_own_example_opens(self):
        self.assertEqual(self.open(), VECTOR['text'])

    def test_what_is_not_signed_is_refused(self):
        for changed in ({'signature': VECTOR['signature'].replace('5', '6')}, {'signature': ''}, {'signature': 'é'}, {'nonce': '1'},
                        {'timestamp': '1409659590'}, {'encrypted': VECTOR['encrypted'][4:]}, {'encrypted': None}):
            with self.subTest(changed):
                self.assertEqual(reason(lambda changed=changed: self.open(**changed)), 'signature')

    def test_an_old_or_early_callback_is_refused(self):
        self.assertEqual(reason(lambda: self.open(now=NOW + 601)), 'time')
        self.assertEqual(reason(lambda: self.open(now=NOW - 601)), 'time')
        self.assertEqual(self.open(now=NOW + 599), VECTOR['text'])

    def test_another_corps_callback_is_refused(self):
        self.assertEqual(reason(lambda: self.open(keys(receiver='wxother'))), 'content')

    def test_damaged_content_with_a_right_signature_is_refused_and_never_raises_else(self):
        import hashlib  # noqa: PLC0415
        for encrypted in ('', 'x', '!!!!', 'AAAA', base64.b64encode(bytes(16)).decode(), base64.b64encode(bytes(64)).decode(),
                          base64.b64encode(b'\xff' * 32).decode()):
            signed = ''.join(sorted([VECTOR['token'], VECTOR['timestamp'], VECTOR['nonce'], encrypted]))
            signature = hashlib.sha1(signed.encode()).hexdigest()
            with self.subTest(encrypted):
                self.assertEqual(reason(lambda e=encrypted, s=signature: self.open(encrypted=e, signature=s)), 'content')

    def test_bodies_that_are_no_such_document_are_refused(self):
        bomb = b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
        for body in (b'', b'{}', b'<xml>', b'<xml/>', b'<other><Encrypt>x</Encrypt></other>', b'\xff\xfe', bomb):
            with self.subTest(body):
                self.assertIn(reason(keys().open_body, body, 's', '1', 'n', NOW), ('body', 'signature'))


class TestVault(TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / 'keys'
        self.vault = Vault(self.folder)

    def test_a_secret_comes_back_for_its_purpose_only(self):
        word = self.vault.encrypt('密钥 secret', 'app 1')

        self.assertNotIn('secret', word)
        self.assertEqual(Vault(self.folder).decrypt(word, 'app 1'), '密钥 secret')
        with self.assertRaises(VaultError):
            self.vault.decrypt(word, 'app 2')

    def test_the_key_is_for_the_server_alone(self):
        word = self.vault.encrypt('secret', 'x')
        key = self.folder / 'key'

        self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
        self.assertEqual([path.name for path in self.folder.iterdir()], ['key'])
        key.chmod(0o640)
        with self.assertRaisesRegex(VaultError, 'others'):
            self.vault.decrypt(word, 'x')

    def test_another_key_or_none_opens_nothing(self):
        word = self.vault.encrypt('secret', 'x')

        (self.folder / 'key').write_bytes(bytes(32))
        with self.assertRaises(VaultError):
            self.vault.decrypt(word, 'x')
        (self.folder / 'key').unlink()
        with self.assertRaises(VaultError):
            self.vault.decrypt(word, 'x')
        self.assertFalse((self.folder / 'key').exists())


class TestBucket(TestCase):

    def test_check_07_a_job_of_50000_calls_stays_within_wecoms_minute_and_hour(self):
        limit, level, at, now, times = bucket.Limit(), bucket.SIZE, 0.0, 0.0, []
        while len(times) < 200000:
            level, wait = bucket.take(level, at, now, limit)
            at = now
            if wait:
                now += wait
            else:
                times.append(now)
                now += 0.0005  # as fast as many workers together

        for seconds, most in ((60, 10000), (3600, 150000)):
            first, largest = 0, 0
            for last, moment in enumerate(times):
                while times[first] <= moment - seconds:
                    first += 1
                largest = max(largest, last - first + 1)
            self.assertLessEqual(largest, most, f'{seconds} s')
        self.assertLess(times[49999], 20 * 60)

    def test_an_idle_bucket_does_not_overflow(self):
        self.assertEqual(bucket.take(0, 0, 10 ** 6, bucket.Limit(size=10, rate=1)), (9, 0.0))
