import io

from asn1crypto.algos import SignedDigestAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import Signer

from odoo.tests import BaseCase

from ..tools import pki, verify
from ..tools.errors import EsignError
from . import tools_common as common


class Module(Signer):
    """Keeps its key to itself and signs what it is given, as a hardware module does over PKCS#11."""

    def __init__(self, credential):
        signer = credential.signer()
        super().__init__(signing_cert=signer.signing_cert, cert_registry=signer.cert_registry, signature_mechanism=SignedDigestAlgorithm({
            'algorithm': 'sha256_ecdsa'}))
        self._ask = lambda data: credential.key.sign(data, ec.ECDSA(hashes.SHA256()))

    async def async_sign_raw(self, data, digest_algorithm, dry_run=False):
        return self._ask(data)


class TestPipeline(BaseCase):

    def _examine(self, pdf, *expected):
        return verify.examine(pdf, common.trust(), expected=expected)

    def test_contract_of_two_parties_holds_in_all_its_parts(self):
        steps = common.signed(2)

        found = self._examine(steps['finish'], 'party_a', 'party_b')

        self.assertEqual((found['ok'], found['problems']), (True, []))
        self.assertEqual((found['whole_file'], found['last_is_timestamp'], found['locked']), (True, True, True))
        self.assertEqual([(row['key'], row['kind'], row['level'], row['modification']) for row in found['signatures']], [
            ('freeze', 'system', 'B-LTA', 'form_filling'), ('party_a', 'handwriting', 'B-LTA', 'form_filling'),
            ('party_b', 'seal', 'B-LTA', 'lta_updates'), ('archive_001', 'archive', 'B-LTA', 'none')])
        for row in found['signatures']:
            self.assertEqual((row['intact'], row['valid'], row['trusted'], row['problems']), (True, True, True, []))
            self.assertTrue(row['at'].startswith('20'))
        self.assertEqual([row['evidence_sha256'] for row in found['signatures']], [
            None, common.evidence('party_a'), common.evidence('party_b'), None])
        self.assertEqual(len({row['serial'] for row in found['signatures']}), 4)

    def test_contract_of_three_parties_with_a_review(self):
        found = self._examine(common.signed(3)['finish'], 'party_a', 'party_g', 'party_b')

        self.assertEqual((found['ok'], [row['kind'] for row in found['signatures']]),
                         (True, ['system', 'handwriting', 'review', 'seal', 'archive']))

    def test_half_signed_says_what_is_there_and_that_it_is_not_the_end(self):
        found = self._examine(common.signed(2, until='party_a')['party_a'], 'party_a')

        self.assertFalse(found['ok'])
        self.assertEqual([(row['key'], row['level'], row['problems']) for row in found['signatures']], [
            ('freeze', 'B-T', []), ('party_a', 'B-T', [])])
        self.assertEqual(found['problems'], [
            'The last signature doesn’t lock the document.', 'The file has no archive time-stamp at its end.'])

    def test_a_key_in_a_module_seals_without_being_seen(self):
        """The seam for PKCS#11: the credential has no key, the module's signer is all there is."""
        steps, line = common.signed(2, until='party_a'), common.pipeline()
        credential = pki.HardwareCredential(Module(common.authority().issue('东实环境', kind='seal')))
        self.assertFalse(hasattr(credential, 'key'))

        pdf = line.finish(line.seal(steps['party_a'], 'party_b', credential, image_png=common.seal_png(), seam=True))

        found = self._examine(pdf, 'party_a', 'party_b')
        self.assertEqual((found['ok'], found['signatures'][2]['serial']), (True, credential.serial))

    def test_signing_leaves_the_claim_of_pdf_a_3b_true(self):
        pdf = common.signed(2)['finish']
        reader = PdfFileReader(io.BytesIO(pdf))
        claim = reader.root['/Metadata'].data

        self.assertRegex(claim, rb'pdfaid:part[>="]+3')
        self.assertRegex(claim, rb'pdfaid:conformance[>="]+B')
        self.assertEqual(reader.input_version, (1, 7))
        self.assertEqual([extension['/BaseVersion'] for extension in reader.root['/Extensions'].values()], ['/1.7'])

    def test_every_step_only_adds_to_the_file(self):
        steps = list(common.signed(3).values())

        for before, after in zip(steps, steps[1:]):
            self.assertTrue(after.startswith(before))

    def test_a_place_is_signed_once_and_only_after_freezing(self):
        line, credential = common.pipeline(), common.authority().issue('张伟', kind='signer')
        steps = common.signed(2, until='party_a')

        for pdf, key, code in ((steps['prepare'], 'party_a', 'bad'), (steps['party_a'], 'party_a', 'conflict'),
                               (steps['freeze'], 'party_x', 'conflict'), (common.paper().pdf, 'party_a', 'conflict')):
            with self.subTest(key=key, code=code), self.assertRaises(EsignError) as caught:
                line.sign(pdf, key, credential)
            self.assertEqual(caught.exception.code, code)

    def test_two_seals_across_the_pages_and_a_place_nobody_signed(self):
        rendered, line = common.paper(3), common.pipeline()
        places = common.fields(rendered, party_a='seal', party_g='review', party_b='seal')
        pdf = line.freeze(line.prepare(rendered.pdf, places, True, last='party_b'), common.authority().issue('系统', kind='system'))
        for key in ('party_a', 'party_b'):
            pdf = line.seal(pdf, key, common.authority().issue(common.PARTIES[key], kind='seal'), image_png=common.seal_png(), seam=True)
        found = self._examine(line.finish(pdf), 'party_a', 'party_b')

        self.assertEqual(found['problems'], [])

    def test_without_a_seal_the_last_handwriting_locks(self):
        rendered, line = common.paper(2), common.pipeline()
        pdf = line.freeze(line.prepare(rendered.pdf, common.fields(rendered, party_a='handwriting', party_b='handwriting'), True,
                                       last='party_b'), common.authority().issue('系统', kind='system'))
        for key in ('party_a', 'party_b'):
            pdf = line.sign(pdf, key, common.authority().issue('张伟', kind='signer'), strokes=common.handwriting())

        found = self._examine(line.finish(pdf), 'party_a', 'party_b')

        self.assertEqual((found['problems'], found['locked']), ([], True))

    def test_a_paper_that_only_the_system_seals_can_never_change(self):
        line = common.pipeline()
        report = line.finish(line.freeze(line.prepare(common.paper().pdf, []), common.authority().issue('系统', kind='system')))

        self.assertEqual(self._examine(report)['problems'], [])

    def test_the_archive_is_renewed_again_and_again(self):
        pdf, line = common.signed(2)['finish'], common.pipeline()
        for number in range(2, 5):
            pdf = line.retimestamp(pdf)

            found = self._examine(pdf, 'party_a', 'party_b')
            self.assertEqual((found['problems'], len(found['signatures'])), ([], 3 + number))
            self.assertEqual(found['signatures'][-1]['key'], f'archive_00{number}')
