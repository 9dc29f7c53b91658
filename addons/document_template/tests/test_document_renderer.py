import io
import os
import time

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import BaseCase, TransactionCase

from ..tools import PdfError, render
from ..tools.pdf import HTML_BYTES

PAGE = '<html lang="zh"><head><style>body{font-family:"LXGW WenKai"}</style></head><body>%s</body></html>'


def text(rendered):
    return '\n'.join(page.extract_text() for page in PdfReader(io.BytesIO(rendered.pdf)).pages)


class TestDocumentRenderer(BaseCase):

    def test_chinese_is_drawn_with_embedded_truetype_fonts_as_pdf_a(self):
        rendered = render(PAGE % '<h1 style="font-family:WenQuanYi Zen Hei">合同</h1><p>甲方与乙方</p>')

        self.assertIn('甲方与乙方', text(rendered))
        self.assertEqual(set(rendered.fonts), {'LXGW WenKai', 'WenQuanYi Zen Hei'})
        self.assertIn(b'pdfaid', PdfReader(io.BytesIO(rendered.pdf)).trailer['/Root']['/Metadata'].get_data())
        fonts = PdfReader(io.BytesIO(rendered.pdf)).pages[0]['/Resources']['/Font']
        for font in fonts.values():
            descendant = font.get_object()['/DescendantFonts'][0].get_object()
            self.assertIn('/FontFile2', descendant['/FontDescriptor'].get_object())
        self.assertEqual((rendered.engine.split()[0], rendered.warnings), ('WeasyPrint', []))

    def test_the_same_paper_has_the_same_bytes(self):
        first = render(PAGE % '<p>第一条</p>')
        time.sleep(1.1)

        self.assertEqual(render(PAGE % '<p>第一条</p>').sha256, first.sha256)

    def test_signature_places_are_told_in_points_of_their_page(self):
        rendered = render(
            '<style>@page{size:A4;margin:0}body{margin:0}</style><p>1</p><div style="break-before:page;height:100pt"></div>'
            '<div id="sig_party_a" style="width:200pt;height:80pt"></div><div id="other">x</div>')

        self.assertEqual(set(rendered.places), {'sig_party_a'})
        self.assertEqual(rendered.places['sig_party_a']['page'], 2)
        for value, expected in zip(rendered.places['sig_party_a']['box'], [0, 661.89, 200, 741.89]):
            self.assertAlmostEqual(value, expected, delta=0.1)

    def test_no_file_and_no_network_is_read(self):
        for attack in (
            '<img src="file:///etc/passwd">', '<link rel=attachment href="file:///etc/passwd">',
            '<link rel=stylesheet href="http://127.0.0.1:9/x.css">', '<style>@import url(file:///etc/passwd);</style>',
            '<style>@font-face{font-family:x;src:url(file:///etc/passwd)}</style><p style="font-family:x">x</p>',
            '<object data="file:///etc/passwd"></object>', '<embed src="http://169.254.169.254/latest/meta-data">',
            '<p style="background:url(file:///etc/passwd)">x</p>', '<base href="file:///etc/"><img src="passwd">',
            ("""<img src='data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">"""
            """<image xlink:href="file:///etc/passwd"/></svg>'>"""),
        ):
            with self.subTest(attack=attack):
                rendered = render(f'<body>{attack}<p>end</p></body>')

                self.assertNotIn(b'root:', rendered.pdf)
                self.assertFalse(PdfReader(io.BytesIO(rendered.pdf)).attachments)

    def test_the_servers_secrets_stay_outside(self):
        os.environ['PGPASSWORD'] = 'h_secret'
        self.addCleanup(os.environ.pop, 'PGPASSWORD')

        with open('/proc/self/environ', 'rb') as environment:
            self.assertTrue(environment.read())
        self.assertNotIn(b'h_secret', render('<img src="file:///proc/self/environ"><p>x</p>').pdf)

    def test_what_would_never_end_is_stopped(self):
        for attack in (
            '<table>' + '<tr><td>x<td>y' * 300000 + '</table>',
            '<style>@page{size:2px 2px;margin:0}</style><p>' + 'x ' * 300000,
            '<div>' * 100000,
        ):
            start = time.monotonic()
            with self.subTest(attack=attack[:40]), self.assertRaises(PdfError) as caught:
                render(attack, seconds=4)
            self.assertIn(caught.exception.reason, ('time', 'memory', 'engine'))
            self.assertLess(time.monotonic() - start, 8)

    def test_memory_is_limited(self):
        with self.assertRaises(PdfError) as caught:
            render('<div style="display:grid;grid-template-columns:repeat(100000000,1px)">x</div>', memory_bytes=400 * 1024 * 1024)

        self.assertEqual(caught.exception.reason, 'memory')

    def test_size_is_limited(self):
        with self.assertRaises(PdfError) as caught:
            render('x' * (HTML_BYTES + 1))

        self.assertEqual(caught.exception.reason, 'size')


class TestDocumentRendererSentences(TransactionCase):

    def test_the_user_reads_one_sentence(self):
        renderer = self.env['document.renderer']

        for reason in ('time', 'memory', 'size', 'engine'):
            sentence = renderer._get_error_sentence(PdfError(reason, 'ValueError: x'))
            self.assertTrue(sentence.endswith(('.', 'x')) and '\n' not in sentence, sentence)
        with self.assertRaises(UserError):
            renderer._render('x' * (HTML_BYTES + 1))
