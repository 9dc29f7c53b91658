import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from freezegun import freeze_time

from odoo.tests import BaseCase

from ..tools import pades, pki, verify
from ..tools.chain import event_hash
from ..tools.errors import KeyRefused
from ..tools.merkle import merkle_root
from . import tools_common as common


class TestAuthority(BaseCase):

    def test_each_act_has_a_key_and_a_serial_of_its_own_that_names_the_signer(self):
        first, second = (
            common.authority().issue('张伟', kind='signer', organisation='绿源', identifiers={'envelope': 'e1'}) for _act in '12')

        self.assertNotEqual(first.serial, second.serial)
        self.assertNotEqual(first.key.public_key(), second.key.public_key())
        self.assertEqual(first.cert.subject.rfc4514_string(), 'UID=envelope=e1,CN=张伟,OU=signer,O=绿源,C=CN')
        usage = first.cert.extensions.get_extension_for_class(x509.KeyUsage).value
        self.assertEqual((usage.digital_signature, usage.content_commitment, usage.key_cert_sign), (True, True, False))
        self.assertFalse(first.cert.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
        first.cert.verify_directly_issued_by(common.authority().cert)

    def test_names_are_cut_and_cleaned_and_never_empty(self):
        long = common.authority().issue('\u202e' + '长' * 90 + '\n<img>', kind='seal').cert

        self.assertEqual(long.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value, '长' * 64)
        for name, kind in (('  ', 'seal'), ('\u202e', 'seal'), ('张', 'root')):
            with self.subTest(name=name, kind=kind), self.assertRaises(KeyRefused):
                common.authority().issue(name, kind=kind)

    def test_a_certificate_never_outlives_its_authority(self):
        end = common.authority().cert.not_valid_after_utc

        issued = common.authority().issue('张伟', kind='signer', not_after=end + timedelta(days=1))

        self.assertEqual(issued.cert.not_valid_after_utc, end)
        with freeze_time(end + timedelta(days=1)), self.assertRaises(KeyRefused):
            common.authority().issue('张伟', kind='signer')

    def test_the_list_says_what_was_taken_back_when_and_why(self):
        when = datetime(2026, 11, 1, tzinfo=UTC)
        serial = common.authority().issue('东实', kind='seal').serial

        der = common.authority().crl([(serial, when, 'keyCompromise'), (77, when, None)], datetime.now(UTC) + timedelta(days=7))

        crl = x509.load_der_x509_crl(der)
        self.assertTrue(crl.is_signature_valid(common.authority().cert.public_key()))
        self.assertEqual({entry.serial_number: entry.revocation_date_utc for entry in crl}, {int(serial, 16): when, 77: when})


class TestKeyStore(BaseCase):

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / 'keys'
        self.passphrase_file = Path(folder.name) / 'passphrase'
        self.passphrase_file.write_bytes(b'secret of tests\n')
        self.passphrase_file.chmod(0o600)
        self.store = pki.KeyStore(self.folder, self.passphrase_file)
        self.credential = common.authority().issue('东实', kind='seal')
        self.store.save('seal-1', self.credential.key_pem(self.store.passphrase), self.credential.cert_pem)

    def _refused(self, words, action):
        with self.assertRaises(KeyRefused) as caught:
            action()
        self.assertIn(words, caught.exception.sentence)

    def test_a_key_is_kept_encrypted_and_for_the_server_alone(self):
        opened = self.store.credential('seal-1')

        self.assertEqual((opened.serial, len(opened.chain)), (self.credential.serial, 1))
        self.assertIn(b'ENCRYPTED', (self.folder / 'seal-1.key.pem').read_bytes())
        self.assertEqual([oct(path.stat().st_mode & 0o777) for path in (self.folder, self.folder / 'seal-1.key.pem')], ['0o700', '0o600'])
        self.assertEqual(self.store.names(), ['seal-1'])

    def test_a_key_others_can_read_is_not_used(self):
        for path in (self.folder / 'seal-1.key.pem', self.passphrase_file):
            path.chmod(0o640)
            self._refused('Others than the server', lambda: self.store.credential('seal-1'))
            path.chmod(0o600)
        self.folder.chmod(0o777)
        self._refused('Others than the server', lambda: self.store.credential('seal-1'))

    def test_wrong_passphrase_missing_key_and_strange_names_are_refused(self):
        self._refused('no such key', lambda: self.store.credential('seal-2'))
        self._refused('no such key', lambda: self.store.credential('../seal-1'))
        self._refused('of this name already', lambda: self.store.save('seal-1', b'', b''))
        other = common.authority().issue('东实', kind='seal')
        self.store.save('mixed', other.key_pem(self.store.passphrase), self.credential.cert_pem)
        self._refused('don’t belong together', lambda: self.store.credential('mixed'))
        self.passphrase_file.write_bytes(b'another')
        self._refused('can’t be opened', lambda: self.store.credential('seal-1'))
        self.passphrase_file.write_bytes(b'')
        self._refused('isn’t set up', lambda: self.store.credential('seal-1'))
        self.passphrase_file.unlink()
        self._refused('isn’t set up', lambda: self.store.credential('seal-1'))

    def test_the_passphrase_can_come_from_the_environment(self):
        os.environ['ESIGN_PASSPHRASE'] = 'secret of tests'
        self.addCleanup(os.environ.pop, 'ESIGN_PASSPHRASE')

        self.assertEqual(pki.KeyStore(self.folder).credential('seal-1').serial, self.credential.serial)


class TestTimeTravel(BaseCase):
    """A signature with a time-stamp stays good after its certificate expires or is taken back; a new one is refused."""

    def _days(self, days):
        return freeze_time(datetime.now(UTC) + timedelta(days=days))

    def _seal(self, credential, trust):
        line = pades.Pipeline(common.time_authority().timestamper(), trust)
        rendered = common.paper(2)
        pdf = line.freeze(line.prepare(rendered.pdf, common.fields(rendered, party_b='seal'), last='party_b'),
                          common.authority().issue('系统', kind='system'))
        return line.seal(pdf, 'party_b', credential, image_png=common.seal_png())

    def test_taken_back(self):
        credential = common.authority().issue('东实', kind='seal', not_after=datetime.now(UTC) + timedelta(days=300))
        stamped = self._seal(credential, common.trust())
        finished = common.pipeline().finish(stamped)
        with self._days(200):
            after = common.trust(revoked=[(credential.serial, datetime.now(UTC) - timedelta(days=50), 'keyCompromise')])

            for pdf in (stamped, finished):
                self.assertFalse(any(row['problems'] for row in verify.examine(pdf, after)['signatures']))
            with self.assertRaises(KeyRefused):
                self._seal(credential, after)

    def test_taken_back_before_it_was_used(self):
        credential = common.authority().issue('东实', kind='seal')
        stamped = self._seal(credential, common.trust())
        before = common.trust(revoked=[(credential.serial, datetime.now(UTC) - timedelta(days=3), 'keyCompromise')])

        found = verify.examine(stamped, before)['signatures'][-1]

        self.assertEqual((found['intact'], found['valid'], found['trusted']), (True, True, False))

    def test_expired(self):
        credential = common.authority().issue('东实', kind='seal', not_after=datetime.now(UTC) + timedelta(days=300))
        stamped = self._seal(credential, common.trust())
        finished = common.pipeline().finish(stamped)
        for days in (400, 1500):
            with self.subTest(days=days), self._days(days):
                self.assertFalse(any(row['problems'] for row in verify.examine(stamped, common.trust())['signatures']))
                self.assertTrue(verify.examine(finished, common.trust(), expected=['party_b'])['ok'])
                with self.assertRaises(KeyRefused):
                    self._seal(credential, common.trust())

    def test_an_archive_outlives_its_time_stamp_authority_when_it_is_renewed_in_time(self):
        finished = common.signed(2)['finish']
        with self._days(365 * 14):
            renewing = common.TimeAuthority('Later TSA', moment=datetime.now(UTC))
            trust = common.trust()._replace(timestamp_roots=[common.time_authority().root_der, renewing.root_der])
            renewed = pades.Pipeline(renewing.timestamper(), trust).retimestamp(finished)
        with self._days(365 * 17):
            trust = common.trust()._replace(timestamp_roots=trust.timestamp_roots)

            late, good = (verify.examine(pdf, trust, expected=['party_a', 'party_b']) for pdf in (finished, renewed))

        self.assertEqual([row['key'] for row in late['signatures'] if row['problems']], ['archive_001'])
        self.assertEqual(good['problems'], [])

    def test_a_time_stamp_from_the_future_is_noticed(self):
        finished = common.signed(2)['finish']

        found = verify.examine(finished, common.trust(), moment=datetime.now(UTC) - timedelta(days=1))

        self.assertFalse(found['ok'])


class TestHashes(BaseCase):

    def test_the_order_of_fields_does_not_matter_all_else_does(self):
        first = event_hash('', {'type': 'signed', 'at': '2026-11-22', 'name': '张伟'})

        self.assertEqual(event_hash('', {'name': '张伟', 'at': '2026-11-22', 'type': 'signed'}), first)
        for prev, fields in (('0', {'type': 'signed', 'at': '2026-11-22', 'name': '张伟'}), ('', {'type': 'signed', 'at': '2026-11-22'}),
                             ('', {'type': 'signed', 'at': '2026-11-22', 'name': '张 伟'})):
            self.assertNotEqual(event_hash(prev, fields), first)
        with self.assertRaises(ValueError):
            event_hash('', {'x': float('nan')})

    def test_merkle_roots_as_rfc_6962_has_them(self):
        leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']

        self.assertEqual(merkle_root([]), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
        self.assertEqual(merkle_root(leaves[:1]), '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d')
        self.assertEqual(merkle_root(leaves[:3]), 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77')
        self.assertEqual(merkle_root(leaves), '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328')
        self.assertNotEqual(merkle_root(leaves[::-1]), merkle_root(leaves))
