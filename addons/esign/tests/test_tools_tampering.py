"""Every attack of the signing reference (3.4) on a finished contract is noticed."""
import io

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.signers import PdfTimeStamper
from pypdf import PdfReader, PdfWriter

from odoo.tests import BaseCase

from ..tools import appearance, pki, verify
from ..tools.errors import VerifyError
from . import tools_common as common

EXPECTED = ['party_a', 'party_b']
NOT_WHOLE = 'Something was added after the last time-stamp.'
NO_ARCHIVE = 'The file has no archive time-stamp at its end.'
NOT_LOCKED = 'The last signature doesn’t lock the document.'
BROKEN = 'At least one signature doesn’t hold.'
OTHERS = 'The signatures are not those of this document’s parties, in their order.'


def revised(pdf, change):
    """Append a revision, as an attacker does who leaves all signed bytes alone."""
    writer, output = IncrementalPdfFileWriter(io.BytesIO(pdf)), io.BytesIO()
    change(writer)
    writer.write(output)
    return output.getvalue()


def stamped(pdf):
    """Add a time-stamp over the whole file; anybody can buy one from the same authority."""
    return PdfTimeStamper(common.time_authority().timestamper(), field_name='archive_900').timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), 'sha256').getvalue()


def field(writer, name):
    return next(item.get_object() for item in writer.root['/AcroForm']['/Fields'] if item.get_object().get('/T') == name)


def add_annotation(writer):
    page = writer.find_page_for_modification(0)[0]
    writer.register_annotation(page, writer.add_object(generic.DictionaryObject({
        pdf_name('/Type'): pdf_name('/Annot'), pdf_name('/Subtype'): pdf_name('/FreeText'),
        pdf_name('/Rect'): generic.ArrayObject(map(generic.NumberObject, (100, 700, 300, 750))),
        pdf_name('/Contents'): generic.pdf_string('30% off'), pdf_name('/DA'): generic.pdf_string('/F 12 Tf')})))


def add_page(writer):
    pages = writer.root['/Pages']
    pages['/Kids'].append(writer.add_object(generic.DictionaryObject({
        pdf_name('/Type'): pdf_name('/Page'), pdf_name('/Parent'): writer.root.raw_get('/Pages'),
        pdf_name('/MediaBox'): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))})))
    pages['/Count'] = generic.NumberObject(pages['/Count'] + 1)
    writer.update_container(pages)


def replace_content(writer):
    page = writer.find_page_for_modification(0)[0].get_object()
    page['/Contents'] = writer.add_object(generic.StreamObject(stream_data=b'1 0 0 rg 0 0 300 300 re f'))
    writer.update_container(page)


def remove_seal(writer):
    form = writer.root['/AcroForm']
    form['/Fields'] = generic.ArrayObject(item for item in form['/Fields'] if item.get_object().get('/T') != 'party_b')
    writer.update_container(form)


def repaint(name):
    def change(writer):
        widget = field(writer, name)
        widget['/AP'] = generic.DictionaryObject({
            pdf_name('/N'): writer.add_object(appearance.form(100, 100, b'1 0 0 rg 0 0 100 100 re f'))})
        writer.update_container(widget)
    return change


def enlarge(writer):
    widget = field(writer, 'seam_party_b_001')
    widget['/Rect'] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))
    writer.update_container(widget)


REVISIONS = {
    'a page is added': add_page,
    'an annotation is added': add_annotation,
    'the content of a page is replaced': replace_content,
    'the field of the seal is removed': remove_seal,
    'the picture of a slice is changed': repaint('seam_party_b_002'),
    'the handwriting is repainted': repaint('party_a'),
    'a slice is enlarged over the page': enlarge,
}


class TestTampering(BaseCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steps = common.signed(2)
        cls.good = cls.steps['finish']

    def _examine(self, pdf, expected=EXPECTED):
        return verify.examine(pdf, common.trust(), expected=expected)

    def _noticed(self, pdf, *problems, broken=()):
        """The examination says exactly these problems; ``broken`` are the keys of the signatures that don't hold."""
        found = self._examine(pdf)
        self.assertFalse(found['ok'])
        for problem in problems:
            self.assertIn(problem, found['problems'])
        self.assertEqual({row['key'] for row in found['signatures'] if row['problems']} & set(broken), set(broken))
        return found

    def test_the_untouched_file_is_good(self):
        self.assertTrue(self._examine(self.good)['ok'])

    # BYTES

    def test_a_byte_of_the_text_breaks_all_signatures(self):
        at = self.good.index(b'/MediaBox')

        found = self._noticed(flip(self.good, at + 1), BROKEN, broken=['freeze', 'party_a', 'party_b', 'archive_001'])

        self.assertFalse(any(row['intact'] for row in found['signatures']))

    def test_a_byte_of_the_content_stream_breaks_all_signatures(self):
        at = self.good.index(b'stream\n', self.good.index(b'/FlateDecode')) + 40

        self._noticed(flip(self.good, at), BROKEN, broken=['freeze', 'party_a', 'party_b', 'archive_001'])

    def test_a_byte_of_the_handwriting_breaks_its_signature_and_the_later_ones(self):
        start = len(self.steps['freeze'])
        at = self.good.index(b'stream\n', self.good.index(b'/Form', start)) + 60

        found = self._noticed(flip(self.good, at), BROKEN, broken=['party_a', 'party_b', 'archive_001'])

        self.assertTrue(found['signatures'][0]['intact'])

    def test_a_digit_of_a_signature_breaks_it_or_the_later_ones(self):
        start = self.good.index(b'/Contents <', len(self.steps['freeze'])) + 12
        # certificates, signed attributes, the signature, its time-stamp: wherever it is
        for offset in range(200, 6000, 400):
            at = start + offset
            other = b'1' if self.good[at:at + 1] != b'1' else b'2'
            with self.subTest(offset=offset):
                self._noticed_or_unreadable(self.good[:at] + other + self.good[at + 1:])

    def _noticed_or_unreadable(self, pdf):
        try:
            found = self._examine(pdf)
        except VerifyError:
            return
        self.assertFalse(found['ok'])
        self.assertTrue(any(row['problems'] for row in found['signatures'] if row['key'] in ('party_b', 'archive_001')))

    def test_one_line_break_at_the_end_is_noticed(self):
        for junk in (b'\n', b' ', b'%EOF\n', b'junk' * 100):
            with self.subTest(junk=junk[:6]):
                self._noticed(self.good + junk, NOT_WHOLE)

    # REVISIONS

    def test_what_is_added_later_is_noticed_even_below_a_time_stamp_of_the_same_authority(self):
        for name, change in REVISIONS.items():
            with self.subTest(name):
                changed = revised(self.good, change)

                self._noticed(changed, NOT_WHOLE)
                self._noticed(stamped(changed), BROKEN)

    def test_what_is_changed_between_seal_and_archive_is_noticed(self):
        sealed = self.steps['party_b']
        for name, change in REVISIONS.items():
            with self.subTest(name):
                found = self._noticed(common.pipeline().finish(revised(sealed, change)), BROKEN)

                # changing the field of the seal itself leaves nothing of it to judge; it is missing then
                keys = [row['key'] for row in found['signatures'] if row['problems']]
                self.assertTrue('party_b' in keys or OTHERS in found['problems'], keys)

    def test_without_a_lock_the_file_is_not_good(self):
        """The library alone accepts a changed slice when nothing locks it."""
        open_file = common.signed(2, last=None)['party_b']

        for change in (None, repaint('seam_party_b_001'), repaint('party_a'), enlarge):
            with self.subTest(change=change):
                pdf = common.pipeline().finish(revised(open_file, change) if change else open_file)

                self._noticed(pdf, NOT_LOCKED)

    def test_a_signature_of_an_attacker_after_the_lock_is_noticed(self):
        attacker = pki.Authority.load(*pki.create_authority('Attacker', 5, b'x'), b'x')
        for issuer in (attacker, common.authority()):
            with self.subTest(issuer=issuer.cert.subject):
                opened = revised(self.good, lambda writer: append_signature_field(writer, SigFieldSpec('party_x')))
                line = common.pipeline(roots=[issuer.root], crls=[])
                pdf = line.sign(opened, 'party_x', issuer.issue('Eve', kind='signer'))

                self._noticed(pdf, BROKEN, NO_ARCHIVE, OTHERS, broken=['party_b'])
                self._noticed(line.finish(pdf), BROKEN, OTHERS, broken=['party_b'])

    # OTHER FILES

    def test_a_look_alike_authority_is_not_trusted(self):
        twin = pki.Authority.load(*pki.create_authority('东实环境电子签名', 20, b'x'), b'x')
        self.assertEqual(twin.cert.subject, common.authority().cert.subject)
        pdf = common.signed(2, issuer=twin, crls=[])['finish']

        found = self._noticed(pdf, BROKEN, broken=['freeze', 'party_a', 'party_b'])

        self.assertEqual([(row['intact'], row['valid'], row['trusted']) for row in found['signatures']], [
            (True, True, False), (True, True, False), (True, True, False), (True, True, True)])

    def test_an_authority_for_time_stamps_cannot_sign(self):
        times = common.time_authority()
        attacker = pki.Authority(times.root_key, times.root)
        pdf = common.signed(2, issuer=attacker, crls=[])['finish']

        self._noticed(pdf, BROKEN, broken=['freeze', 'party_a', 'party_b'])

    def test_a_file_saved_anew_by_another_program_is_noticed(self):
        writer, output = PdfWriter(clone_from=PdfReader(io.BytesIO(self.good))), io.BytesIO()
        writer.write(output)

        self._noticed(output.getvalue(), BROKEN, broken=['freeze', 'party_a', 'party_b', 'archive_001'])

    def test_a_file_printed_anew_is_not_signed(self):
        writer, output = PdfWriter(), io.BytesIO()
        for page in PdfReader(io.BytesIO(self.good)).pages:
            page.pop('/Annots', None)
            writer.add_page(page)
        writer.write(output)

        self._noticed(output.getvalue(), 'The file isn’t signed.', OTHERS)

    def test_an_earlier_copy_is_noticed(self):
        for step, problems in {
            'freeze': [NOT_LOCKED, NO_ARCHIVE, OTHERS], 'party_a': [NOT_LOCKED, NO_ARCHIVE, OTHERS], 'party_b': [NO_ARCHIVE],
        }.items():
            with self.subTest(step):
                self._noticed(self.steps[step], *problems)
                if step != 'party_b':
                    # with a time-stamp of one's own at the end
                    self._noticed(stamped(self.steps[step]), OTHERS, NOT_LOCKED)

    def test_a_race_that_lost_a_signature_is_noticed(self):
        """Both sign the same base; the file is perfect, but one signature is gone."""
        line, frozen = common.pipeline(), self.steps['freeze']
        line.sign(frozen, 'party_a', common.authority().issue('张伟', kind='signer'))
        second = line.finish(line.seal(frozen, 'party_b', common.authority().issue('东实', kind='seal'), image_png=common.seal_png()))

        self.assertEqual(self._examine(second, ['party_b'])['problems'], [])
        self.assertEqual(self._noticed(second)['problems'], [OTHERS])

    def test_other_parties_or_another_order_are_noticed(self):
        for expected in (['party_b', 'party_a'], ['party_a'], [*EXPECTED, 'party_g'], []):
            with self.subTest(expected=expected):
                self.assertEqual(self._examine(self.good, expected)['problems'], [OTHERS])

    def test_a_document_nobody_froze_is_noticed(self):
        rendered, line = common.paper(2), common.pipeline()
        attacker = common.authority().issue('Eve', kind='signer')
        opened = revised(rendered.pdf, lambda writer: append_signature_field(writer, SigFieldSpec('party_a')))
        pdf = line.finish(line.sign(opened, 'party_a', attacker))

        found = verify.examine(pdf, common.trust(), expected=['party_a'])

        self.assertEqual(found['problems'], ['The document wasn’t frozen before it was signed.', NOT_LOCKED])

    def test_evidence_of_another_signature_does_not_fit(self):
        """The digest is part of what is signed: putting another one there breaks the signature."""
        digest = common.evidence('party_a').encode()
        at = self.good.lower().index(digest)
        pdf = self.good[:at] + b'00' + self.good[at + 2:]

        self._noticed(pdf, BROKEN, broken=['party_a', 'party_b', 'archive_001'])

    def test_the_list_of_revocation_inside_cannot_be_exchanged(self):
        at = self.good.index(b'stream\n', len(self.steps['party_b'])) + 60

        self._noticed(flip(self.good, at), BROKEN, broken=['archive_001'])


def flip(pdf, at):
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1:]
