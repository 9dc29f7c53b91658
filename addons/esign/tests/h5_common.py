import re
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
