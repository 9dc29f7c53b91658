"""Others agree: openssl, poppler and Chromium's reader on the good file, openssl alone on the bad ones."""
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from odoo.tests import BaseCase

from ..tools import pades, timestamp, verify
from ..tools.appearance import seal_image
from ..tools.errors import EsignError, TimestampError
from . import tools_common as common
from .test_tools_tampering import REVISIONS, flip, revised

CHECKOUT = Path(__file__).resolve().parents[3]


class TestOthers(BaseCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        for program in ('openssl', 'pdfsig', 'pdfinfo', 'pdftoppm'):
            if not shutil.which(program):
                raise AssertionError(f'{program} is missing: the signatures can only be judged by others with openssl and poppler-utils.')
        cls.steps = common.signed(3)
        cls.file = cls.folder / 'good.pdf'
        cls.file.write_bytes(cls.steps['finish'])
        cls.roots = cls.folder / 'roots'
        cls.roots.mkdir()
        (cls.roots / 'own.der').write_bytes(common.authority().root)
        (cls.roots / 'time.der').write_bytes(common.time_authority().root_der)

    def _run(self, *command):
        return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, check=False)

    def _verify(self, pdf, roots=None):
        file = self.folder / 'checked.pdf'
        file.write_bytes(pdf)
        return self._run(sys.executable, CHECKOUT / 'scripts/verify_pdf', file, *(['--roots', roots or self.roots]))

    def test_openssl_finds_every_signature_and_time_stamp_good(self):
        said = self._verify(self.steps['finish'])

        self.assertEqual((said.returncode, said.stdout.splitlines()[-1]), (0, 'GOOD'), said.stdout + said.stderr)
        for party in common.PARTIES.values():
            self.assertIn(party, said.stdout)
        self.assertEqual(len(re.findall(r'^\d\. signature, 20', said.stdout, re.MULTILINE)), 4)

    def test_openssl_notices_what_it_can(self):
        good = self.steps['finish']
        (self.folder / 'none').mkdir(exist_ok=True)
        (self.folder / 'none/time.der').write_bytes(common.time_authority().root_der)
        for name, pdf, roots, words in (
            ('text', flip(good, good.index(b'/MediaBox') + 1), None, 'NOT GOOD: Signature 1'),
            ('appended', good + b'\n', None, '1 bytes were added'),
            ('revision', revised(good, REVISIONS['an annotation is added']), None, 'bytes were added'),
            ('earlier copy', self.steps['party_b'], None, 'no archive time-stamp'),
            ('unsigned', common.paper(3).pdf, None, 'not signed'),
            ('other authority', good, self.folder / 'none', 'NOT GOOD: Signature 2'),
        ):
            with self.subTest(name):
                said = self._verify(pdf, roots)

                self.assertEqual(said.returncode, 1, said.stdout + said.stderr)
                self.assertIn(words, said.stdout)
        said = self._verify(b'no PDF')
        self.assertEqual((said.returncode, said.stderr), (2, 'Cannot be checked: this is no PDF.\n'))

    def test_pdfsig_finds_every_signature_good(self):
        said = self._run('pdfsig', '-nocert', self.file).stdout

        self.assertEqual(re.findall(r'Signature Field Name: (\w+)', said), ['freeze', 'party_a', 'party_g', 'party_b', 'archive_001'])
        self.assertEqual(said.count('Signature is Valid'), 4)
        self.assertEqual(said.count('Total document signed'), 1)
        broken = self.folder / 'broken.pdf'
        broken.write_bytes(flip(self.steps['finish'], self.steps['finish'].index(b'/MediaBox') + 1))
        self.assertNotIn('Signature is Valid', self._run('pdfsig', '-nocert', broken).stdout)

    def test_poppler_opens_it_and_draws_seal_handwriting_and_slices(self):
        info = self._run('pdfinfo', self.file)
        self.assertEqual((info.returncode, info.stderr), (0, ''))
        pages = int(re.search(r'Pages: +(\d+)', info.stdout)[1])
        self._run('pdftoppm', '-r', '50', '-png', self.file, self.folder / 'page')
        images = [Image.open(path) for path in sorted(self.folder.glob('page-*.png'))]
        self.assertEqual(len(images), pages)

        for image in images:  # red ink at the right edge, in the middle of the height, and nowhere else there
            wide, high = image.size
            edge = image.crop((wide - 20, 0, wide, high))
            red = [number for number in range(high) if any(_is_red(edge.getpixel((x, number))) for x in range(20))]
            self.assertTrue(red and high * 0.4 < min(red) and max(red) < high * 0.6, (image.size, red))
        wide, high = images[-1].size
        x1, y1, x2, y2 = (value / 72 * 50 for value in common.paper(3).places['sig_party_b']['box'])
        seal = images[-1].crop((int(x1), int(high - y2 - 12), int(x2), int(high - y1 + 12)))
        box = Image.frombytes('L', seal.size, bytes(255 * _is_red(pixel) for pixel in seal.getdata())).getbbox()
        self.assertAlmostEqual((box[2] - box[0]) / (box[3] - box[1]), 1, delta=0.06)  # round
        self.assertAlmostEqual((box[2] - box[0]) / 50 * 25.4, 38, delta=3)  # of its natural size

    def test_a_seal_of_any_kind_of_png_lets_the_paper_through(self):
        for mode in ('RGBA', 'RGB', 'P'):
            with self.subTest(mode=mode):
                image = seal_image(common.seal_png(mode=mode))

                self.assertEqual(image.getpixel((3, 3))[3], 0)
                red = image.getpixel((200, 200))
                self.assertTrue(red[0] > 180 and red[1] < 80 and red[3] > 200, red)
        for bad in (b'', b'GIF89a', common.seal_png(size=40), b'<svg onload="alert(1)"/>'):
            with self.subTest(bad=bad[:10]), self.assertRaises(EsignError):
                seal_image(bad)


def _is_red(pixel):
    return pixel[0] - max(pixel[1:]) > 60


class TestTimeStampAuthority(BaseCase):
    """The authority of tests/fakes: a process of its own that speaks RFC 3161."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        sys.path.insert(0, str(CHECKOUT / 'tests'))
        cls.addClassCleanup(sys.path.remove, str(CHECKOUT / 'tests'))
        from fakes.running import Fake
        root = Path(cls.folder.name) / 'root.pem'
        cls.fake = Fake('tsa', '--certificate-out', root).start()
        cls.addClassCleanup(cls.fake.stop)
        der = subprocess.run(['openssl', 'x509', '-in', root, '-outform', 'DER'], capture_output=True, check=True).stdout
        cls.trust = common.trust()._replace(timestamp_roots=[der])

    def _line(self, path='/'):
        return pades.Pipeline(timestamp.http(self.fake.url + path), self.trust)

    def test_a_contract_is_signed_and_archived_with_it(self):
        rendered, line = common.paper(2), self._line()
        pdf = line.freeze(line.prepare(rendered.pdf, common.fields(rendered, party_a='handwriting'), last='party_a'),
                          common.authority().issue('系统', kind='system'))
        pdf = line.finish(line.sign(pdf, 'party_a', common.authority().issue('张伟', kind='signer'), strokes=common.handwriting()))

        self.assertEqual(verify.examine(pdf, self.trust, expected=['party_a'])['problems'], [])

    def test_a_token_is_about_its_digest_and_of_a_known_authority(self):
        stamper, digest = timestamp.CheckedTimestamper(timestamp.http(self.fake.url), self.trust.timestamp_roots), b'd' * 32

        der = stamper.token(digest)

        self.assertEqual(timestamp.check(der, digest, self.trust.timestamp_roots).year, datetime.now(UTC).year)
        known = self.trust.timestamp_roots
        for token, about, roots in ((der, b'x' * 32, known), (der, digest, [common.authority().root]), (der, digest, []),
                                    (b'', digest, known), (der[:-9], digest, known)):
            with self.assertRaises(TimestampError):
                timestamp.check(token, about, roots)

    def test_a_bad_authority_signs_nothing(self):
        pdf, credential = common.signed(2, until='freeze')['freeze'], common.authority().issue('张伟', kind='signer')
        for path, sentence in {
            '/refuse': timestamp.REFUSED, '/down': timestamp.UNREACHABLE,
            '/wrong-imprint': timestamp.OTHER_DATA, '/wrong-nonce': timestamp.REFUSED, '/stranger': timestamp.NOT_TRUSTED,
        }.items():
            with self.subTest(path), self.assertRaises(TimestampError) as caught:
                self._line(path).sign(pdf, 'party_a', credential)
            self.assertEqual((caught.exception.sentence, caught.exception.code), (sentence, 'later'))
        with self.assertRaises(timestamp.ClockDrift) as caught:
            self._line('/wrong-time').sign(pdf, 'party_a', credential)
        self.assertAlmostEqual(caught.exception.drift.total_seconds(), -3600, delta=60)
