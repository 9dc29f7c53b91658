import io
import zlib

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

from odoo.tests import BaseCase

from ..tools import received
from ..tools.errors import PdfRefused
from ..tools.received_limited import examine_received, join_received


def paper(pages=1, size=(595, 842), words="Page"):
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=size)
    for number in range(1, pages + 1):
        canvas.drawString(20, 20, f'{words} {number}')
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def changed(pdf, change):
    writer, file = PdfWriter(clone_from=io.BytesIO(pdf)), io.BytesIO()
    change(writer)
    writer.write(file)
    return file.getvalue()


def named(**parts):
    return DictionaryObject({NameObject(f'/{name}'): value for name, value in parts.items()})


def on_page(**parts):
    """Put an annotation on the first page."""
    def change(writer):
        note = named(Type=NameObject('/Annot'), Rect=ArrayObject(map(NumberObject, (0, 0, 9, 9))), **parts)
        writer.pages[0][NameObject('/Annots')] = ArrayObject([writer._add_object(note)])
    return change


def in_root(name, value):
    return lambda writer: writer.root_object.update({NameObject(name): value})


def bomb():
    """One object stream that unpacks to a gigabyte."""
    packer = zlib.compressobj(9)
    packed = b''.join(packer.compress(b'0' * 10_000_000) for _part in range(100)) + packer.flush()
    head = b'%PDF-1.7\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length ' + str(len(packed)).encode() + b'>>\nstream\n'
    xref = b'\nendstream\nendobj\n'
    rows = b'\0\0\0\0' + b'\1\0\x09\0' + b'\2\0\1\0'
    at = len(head) + len(packed) + len(xref)
    table = zlib.compress(rows)
    return head + packed + xref + (
        b'3 0 obj\n<</Type/XRef/Size 3/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length ' + str(len(table)).encode() + b'>>\nstream\n'
        + table + b'\nendstream\nendobj\nstartxref\n' + str(at).encode() + b'\n%%EOF')


class TestReceived(BaseCase):
    """Papers of others: signed as they came, or refused with a sentence."""

    def test_pages_stay_and_the_signing_page_follows(self):
        joined, pages = join_received(paper(3, words="Theirs"), paper(1, words="Ours"))

        texts = [page.extract_text().strip() for page in PdfReader(io.BytesIO(joined)).pages]
        self.assertEqual((pages, texts), (3, ["Theirs 1", "Theirs 2", "Theirs 3", "Ours 1"]))
        self.assertTrue(joined.startswith(b'%PDF-1.7'))

    def test_pages_that_lie_across_lie_as_they_are_shown(self):
        turned = changed(paper(1, (842, 595)), lambda writer: writer.pages[0].rotate(90))

        joined, _pages = join_received(turned, paper())

        page = PdfReader(io.BytesIO(joined)).pages[0]
        self.assertEqual((page.rotation, round(page.mediabox.width), round(page.mediabox.height)), (0, 595, 842))

    def test_links_are_no_danger(self):
        link = named(S=NameObject('/URI'), URI=TextStringObject('https://example.com'))

        self.assertEqual(examine_received(changed(paper(), on_page(Subtype=NameObject('/Link'), A=link))), 1)

    def test_what_could_change_or_act_is_refused(self):
        script = named(S=NameObject('/JavaScript'), JS=TextStringObject('app.alert(1)'))
        start = named(S=NameObject('/Launch'), F=TextStringObject('calc.exe'))
        field = {'Subtype': NameObject('/Widget'), 'T': TextStringObject('amount')}
        bad = {
            'password': (received.ENCRYPTED, changed(paper(), lambda writer: writer.encrypt('x'))),
            'owner password only': (received.ENCRYPTED, changed(paper(), lambda writer: writer.encrypt('', 'x'))),
            'script at opening': (received.ACTIVE, changed(paper(), in_root('/OpenAction', script))),
            'script in a link': (received.ACTIVE, changed(paper(), on_page(Subtype=NameObject('/Link'), A=script))),
            'program in a link': (received.ACTIVE, changed(paper(), on_page(Subtype=NameObject('/Link'), A=start))),
            'action of a page': (received.ACTIVE, changed(paper(), on_page(Subtype=NameObject('/Link'), AA=named(E=script)))),
            'field': (received.FORM, changed(paper(), on_page(FT=NameObject('/Tx'), **field))),
            'place for a signature': (received.SIGNED, changed(paper(), on_page(FT=NameObject('/Sig'), **field))),
            'XFA': (received.FORM, changed(paper(), in_root('/AcroForm', named(XFA=TextStringObject('<x/>'))))),
            'file inside': (received.FILES, changed(paper(), lambda writer: writer.add_attachment('a.exe', b'MZ'))),
            'no pages': (received.UNREADABLE, b'%PDF-1.7\n%%EOF'),
            'cut off': (received.UNREADABLE, paper()[:400]),
            'no PDF': (received.UNREADABLE, b'<html>'),
            '301 pages': (received.LARGE, paper(301)),
            'a stamp': (received.SIZES, paper(1, (30, 30))),
        }
        for name, (sentence, pdf) in bad.items():
            with self.subTest(name):
                with self.assertRaises(PdfRefused) as refused:
                    examine_received(pdf)
                self.assertEqual(refused.exception.sentence, sentence)
                with self.assertRaises(PdfRefused):
                    join_received(pdf, paper())

    def test_a_bomb_takes_no_more_than_its_share(self):
        pdf = bomb()
        self.assertLess(len(pdf), 2_000_000)

        with self.assertRaises(PdfRefused):
            examine_received(pdf)
