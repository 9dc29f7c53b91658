"""What strangers send to be checked: a sentence for each, in time, and no trace of a program."""
import io
import time
import zlib

from pypdf import PdfReader, PdfWriter

from odoo.tests import BaseCase

from ..tools import verify, verify_limited
from ..tools.errors import EsignError, VerifyError
from . import tools_common as common


def loop():
    """A page tree that is its own kid."""
    body = b'%PDF-1.7\n'
    places = []
    for number, content in enumerate((b'<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [3 0 R] /SigFlags 3 >> >>',
                                      b'<< /Type /Pages /Kids [2 0 R] /Count 1 >>',
                                      b'<< /T (a) /FT /Sig /Kids [3 0 R] >>'), 1):
        places.append(len(body))
        body += b'%d 0 obj\n%s\nendobj\n' % (number, content)
    table = b''.join(b'%010d 00000 n \n' % place for place in places)
    return body + b'xref\n0 4\n0000000000 65535 f \n' + table + b'trailer << /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n' % len(body)


def bomb():
    """An object stream of a gigabyte, a megabyte in the file."""
    packed = zlib.compress(zlib.compress(b'0' * (1 << 30), 9), 9)
    body = b'%PDF-1.7\n'
    place = len(body)
    body += (b'1 0 obj\n<< /Type /XRef /Size 2 /W [1 2 1] /Root 2 0 R /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n'
             % len(packed)) + packed + b'\nendstream\nendobj\n'
    return body + b'startxref\n%d\n%%%%EOF\n' % place


class TestLimited(BaseCase):

    def _examine(self, pdf, **limits):
        return verify_limited.examine_limited(pdf, common.trust(), **limits)

    def test_a_good_file_is_good_in_a_process_of_its_own(self):
        pdf = common.signed(2)['finish']

        found = self._examine(pdf, expected=['party_a', 'party_b'])

        self.assertEqual((found['ok'], found['problems'], len(found['signatures'])), (True, [], 4))
        self.assertEqual(self._examine(pdf, expected=['party_b'])['ok'], False)

    def test_a_file_that_nobody_signed(self):
        self.assertEqual(self._examine(common.paper(2).pdf)['problems'][0], 'The file isn’t signed.')

    def test_what_is_no_pdf_gets_a_sentence(self):
        good = common.signed(2)['finish']
        writer, encrypted = PdfWriter(clone_from=PdfReader(io.BytesIO(common.paper(2).pdf))), io.BytesIO()
        writer.encrypt('secret', algorithm='AES-256')
        writer.write(encrypted)
        for name, pdf in {
            'nothing': b'', 'text': b'hello', 'a picture': common.seal_png(), 'only a head': b'%PDF-1.7\n', 'cut off': good[:5000],
            'cut in the middle': good[:len(good) // 2], 'zeros': b'%PDF-1.7\n' + bytes(100_000), 'encrypted': encrypted.getvalue(),
            'a loop': loop(), 'turned round': good[:10] + good[:9:-1], 'signature field of a loop': loop().replace(b'/Kids [3 0 R] ', b''),
        }.items():
            with self.subTest(name):
                started = time.monotonic()
                try:
                    found = self._examine(pdf, seconds=20)
                    self.assertFalse(found['ok'])
                except EsignError as error:
                    self.assertIsInstance(error, VerifyError)
                    self.assertIn(error.sentence, (verify.UNREADABLE, verify.TOO_LONG, verify_limited.TOO_MUCH))
                self.assertLess(time.monotonic() - started, 30)

    def test_a_file_of_200_mb_is_not_even_read(self):
        started = time.monotonic()

        with self.assertRaises(VerifyError) as caught:
            self._examine(b'%PDF-1.7\n' + bytes(200_000_000))

        self.assertEqual((caught.exception.sentence, caught.exception.code), (verify_limited.TOO_LARGE, 'limit'))
        self.assertLess(time.monotonic() - started, 3)

    def test_a_bomb_is_stopped(self):
        started = time.monotonic()

        with self.assertRaises(VerifyError):
            self._examine(bomb(), seconds=20, memory_mb=500)

        self.assertLess(time.monotonic() - started, 30)

    def test_time_is_limited(self):
        with self.assertRaises(VerifyError) as caught:
            self._examine(common.signed(2)['finish'], seconds=0.05)

        self.assertEqual((caught.exception.sentence, caught.exception.code), (verify.TOO_LONG, 'limit'))
