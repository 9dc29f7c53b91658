import math
import re
import tempfile
from unittest.mock import patch

from .common import EsignCase, strokes
from .phone import PhoneCase


class H5Case(EsignCase, PhoneCase):
    """An envelope, its links, and the messages that reach the phones."""
    #: `EsignCase` enters it already
    registry_test_mode = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('zh_CN')
        cls.env['ir.module.module'].search([('name', '=', 'esign')])._update_translations(['zh_CN'])

    def url_open(self, url, *args, timeout=60, **kwargs):
        """A first page compiles its styles, a signature draws pages and asks the authority: on a full machine not in 12 seconds."""
        return super().url_open(url, *args, timeout=timeout, **kwargs)

    def setUp(self):
        super().setUp()
        self.messages = []
        self.gateway_is_up = True

        def take(_api, messages, delivery_reports_url=False):
            rows = [number for message in messages for number in message['numbers']]
            if not self.gateway_is_up:
                return [{'uuid': row['uuid'], 'state': 'server_error'} for row in rows]
            self.messages.extend(message['content'] for message in messages)
            return [{'uuid': row['uuid'], 'state': 'success'} for row in rows]

        self.startPatcher(patch.object(self._sms_api(), '_send_sms_batch', take))

    def code(self):
        """The code in the last message, as the phone shows it."""
        return re.findall(r'\b\d{6}\b', self.messages[-1])[0]

    def path(self, signer):
        with self.alone():
            return f'/sign/{signer._get_token()}'

    # WITHOUT A BROWSER -----------------------------------------------------------

    def visit(self, signer):
        """Open a link as a person does; return what the page's scripts know."""
        self.opener.cookies.clear()
        page = self.url_open(self.path(signer))
        self.assertEqual(page.status_code, 200, page.text)
        page = self.url_open(self.path(signer) + '/open', data={'csrf_token': self.csrf(page.text)})
        self.assertEqual(page.status_code, 200, page.text)
        self.assertTrue(page.url.endswith('/sign/page'), page.url)
        return page

    def csrf(self, page):
        return re.search(r'(?:name="csrf_token" value|data-csrf)="([^"]+)"', page)[1]

    def form(self, page):
        """The fields that each request of a page's scripts carries."""
        found = re.search(r'data-reference="([^"]+)"', page.text)
        return {'csrf_token': self.csrf(page.text), 'page': found[1] if found else ''}

    def post(self, page, path, **fields):
        return self.url_open(path, data={**self.form(page), **fields})

    def read(self, page, signer):
        pages = ','.join(str(number) for number, _width, _height in signer._pages())
        return self.post(page, '/sign/seen', pages=pages, complete='1')

    def prove(self, page):
        self.assertEqual(self.post(page, '/sign/code').status_code, 200)
        return self.post(page, '/sign/code/check', code=self.code())

    def signature(self, signer, **fields):
        return {
            'strokes': strokes(), 'base_sha256': signer.envelope_id.current_sha256, 'nonce': 'nonce-of-the-page-01', 'statement': '1',
            'keep_strokes': '1', **fields}

    def ready(self, signer):
        """Open, read, prove who one is; return the page."""
        page = self.visit(signer)
        self.assertEqual(self.read(page, signer).json(), {'ok': True})
        self.assertEqual(self.prove(page).json(), {'ok': True})
        return page


class H5BrowserCase(H5Case):
    """The way of a signer through the pages, step by step, with a finger."""

    def open_link(self, phone, signer):
        phone.open(self.path(signer))
        phone.see('form button.primary')
        phone.tap('form button.primary')
        phone.see('[data-step=intro]')

    def read_through(self, phone):
        phone.tap('[data-step=intro] [data-next]')
        phone.see('.sheet img')
        for number in range(1, phone.js('document.querySelectorAll(".sheet").length') + 1):
            phone.js(f'document.querySelector(".sheet[data-page=\\"{number}\\"]").scrollIntoView()')
            phone.wait(f'document.querySelector(".dock progress").value >= {number}')
        phone.js('window.scrollTo(0, document.body.scrollHeight)')
        phone.wait('!document.querySelector("[data-go=next]").disabled')
        phone.tap('[data-go=next]')

    def agree(self, phone, *, keep_strokes=True):
        phone.tap('[name=statement]')
        if keep_strokes:
            phone.tap('[name=keep_strokes]')
        phone.tap('section:not([hidden]) > [data-next]')

    def type_code(self, phone):
        count = len(self.messages)
        phone.tap('[data-step=code] [data-do=code]')
        phone.see('[data-sent]')
        self.assertEqual(len(self.messages), count + 1)
        phone.type('[data-step=code] [name=code]', self.code())

    def to_the_canvas(self, phone, signer):
        self.open_link(phone, signer)
        self.read_through(phone)
        self.agree(phone)
        self.type_code(phone)
        phone.see('#handwriting canvas')

    def write_name(self, phone):
        """Two lines across the sheet as it lies on the screen now."""
        left, top, width, height = phone.js('(({ x, y, width, height }) => [x, y, width, height])('
                                            'document.querySelector("#handwriting canvas").getBoundingClientRect())')
        along = max(width, height)
        for line in (0.35, 0.6):
            phone.draw([
                (left + width * (line + 0.1 * math.sin(step / 3)), top + along * (0.15 + 0.02 * step)) if height > width
                else (left + along * (0.15 + 0.02 * step), top + height * (line + 0.1 * math.sin(step / 3)))
                for step in range(30)])

    def write_by_character(self, phone, name):
        """One character to a square, two lines each."""
        phone.see('#handwriting.by-character')
        for character in name:
            self.assertEqual(phone.js('document.querySelector(".guide").textContent'), character)
            box = phone.js('document.querySelector("#handwriting canvas").getBoundingClientRect().toJSON()')
            for line in (0.3, 0.6):
                phone.draw([(box['left'] + box['width'] * (0.2 + 0.03 * step), box['top'] + box['height'] * line)
                            for step in range(20)])
            phone.tap('#handwriting [data-do=finish]')

    def submit(self, phone):
        phone.tap('[data-step=write] [data-do=submit]')
        phone.see('.mark.done')

    def upload(self, phone, pdf):
        """Let the public page examine a file; return how it calls its two verdicts."""
        with tempfile.NamedTemporaryFile(suffix='.pdf') as file:
            file.write(pdf)
            file.flush()
            phone.open('/sign/verify')
            phone.choose('[name=pdf]', file.name)
            phone.tap('form.verify button.primary')
            phone.see('.verdicts', 40)
        return phone.js('[...document.querySelectorAll(".verdicts li")].map((item) => item.className)')
