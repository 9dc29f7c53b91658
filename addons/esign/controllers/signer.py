"""The signer's page: a link, a cookie, one document.

Each door finds the signer by the cookie and asks the model; nothing is decided here.
"""
import hashlib

from odoo import http
from odoo.http import request
from odoo.tools import consteq
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..tools.errors import EsignError
from . import door
from .stage import Stage

COOKIE = 'esign'
#: whoever reads slowly has a day; then the link is opened anew
COOKIE_HOURS = 24
SCOPE = 'esign.signer.page'
#: wrong links from one address in ten minutes
GUESSES = 30
#: of one envelope in ten minutes
POSTS, READS = 120, 2000
MAX_FILES, MAX_FILES_BYTES = 5, 10 * 1024 * 1024


class SignerPage(http.Controller):

    # FROM THE LINK TO THE COOKIE

    @door.page_route('/sign/<string:token>', methods=['GET'])
    def interstitial(self, token):
        """Show who asks, and a button: programs that fetch links for a preview don't press it."""
        signer = self._by_link(token)
        return door.page('esign.h5_interstitial', brand=signer.envelope_id.company_id.name, token=token)

    @door.page_route('/sign/<string:token>/open', methods=['POST'])
    def open(self, token, **_form):
        """Exchange the link for a cookie, so that no address shown, logged or passed on holds the key."""
        signer = self._by_link(token)
        signer._open(door.meta())
        response = door.secured(request.redirect('/sign/page', code=303))
        value = hash_sign(request.env(su=True), SCOPE, [signer.id, signer.token_hash], expiration_hours=COOKIE_HOURS)
        response.set_cookie(
            COOKIE, value, max_age=COOKIE_HOURS * 3600, path='/sign', httponly=True, samesite='Strict',
            secure=request.httprequest.scheme == 'https')
        return response

    def _by_link(self, token):
        signer = request.env['esign.signer']._by_token(token)
        if not signer:
            # Only what is wrong counts: 192 bits aren't guessed, and a whole town behind one address of a mobile network
            # must not find its links closed because somebody else opened dead ones.
            door.count('guess', request.httprequest.remote_addr, GUESSES)
            raise self._unknown()
        return self._spoken_to(signer)

    def _spoken_to(self, signer):
        """Return the signer in the language of this page."""
        door.speak(signer.partner_id, signer.envelope_id.company_id.partner_id)
        return signer.with_context(lang=request.env.lang)

    def _unknown(self):
        return EsignError(request.env._(
            "It is unknown, was passed on to somebody else, or was opened too long ago. Open the link in your latest message, or ask the "
            "sender for a new one."), 'gone')

    def _signer(self, door_name, limit):
        """Return the signer of the cookie, in sudo: the cookie is the only right needed here, and it is for this record alone."""
        try:
            signer_id, token_hash = verify_hash_signed(request.env(su=True), SCOPE, request.httprequest.cookies.get(COOKIE, '')) or (0, '')
        except ValueError:  # not a cookie of ours
            signer_id, token_hash = 0, ''
        signer = request.env['esign.signer'].sudo().browse(signer_id).exists()
        # whoever passed it on keeps no way in: a cookie ends as its link does
        if not signer or signer.state == 'delegated' or not consteq(signer.token_hash or '', token_hash):
            raise self._unknown()
        signer = self._spoken_to(signer)
        door.count(door_name, signer.envelope_id.id, limit)
        return signer

    def _acting(self, page):
        """Return the signer for a request that changes something, and check that it came from the page of this very document."""
        signer = self._signer('post', POSTS)
        if not consteq(page or '', self._reference(signer)):
            raise EsignError(request.env._(
                "Another document was opened in this browser meanwhile. Open the link of this one again."), 'conflict')
        return signer

    def _reference(self, signer):
        return hashlib.sha256(f'page:{signer.id}:{signer.token_hash}'.encode()).hexdigest()[:20]

    # READING

    @door.page_route('/sign/page', methods=['GET'])
    def page(self):
        """Show what the signer can do now."""
        signer = self._signer('read', READS)
        return door.page(**Stage(signer, self._reference(signer)).page())

    @door.page_route('/sign/page/<int:number>.png', methods=['GET'])
    def picture(self, number, r=None, **_retry):
        signer = self._signer('read', READS)
        response = door.secured(request.make_response(signer._page_png(number), headers=[('Content-Type', 'image/png')]))
        if r:  # named by its revision: the same for ever, and for this browser only
            response.headers['Cache-Control'] = 'private, max-age=86400, immutable'
        return response

    @door.page_route('/sign/file.pdf', methods=['GET'])
    def file(self):
        signer = self._signer('read', READS)
        return self._pdf(signer._pdf(), signer.envelope_id.name)

    @door.page_route('/sign/evidence.pdf', methods=['GET'])
    def evidence(self):
        signer = self._signer('read', READS)
        return self._pdf(signer._report_pdf(), request.env._("%(document)s (evidence)", document=signer.envelope_id.name))

    def _pdf(self, content, name):
        return door.secured(request.make_response(content, headers=[
            ('Content-Type', 'application/pdf'), ('Content-Disposition', http.content_disposition(f'{name}.pdf'))]))

    @door.data_route('/sign/seen', methods=['POST'], max_content_length=16 * 1024)
    def seen(self, page=None, pages='', complete=None, **_other):
        """Take note of pages that were in sight and, with ``complete``, of the reading's end."""
        signer = self._acting(page)
        for number in sorted({int(number) for number in pages.split(',') if number.isascii() and number.isdigit()}):
            signer._seen(number)
        if complete:
            signer._read_complete()
        return door.data(ok=True)

    # CODE

    @door.data_route('/sign/code', methods=['POST'], max_content_length=16 * 1024)
    def send_code(self, page=None, **_other):
        signer = self._acting(page)
        signer._send_code(door.meta())
        return door.data(wait=60)

    @door.data_route('/sign/code/check', methods=['POST'], max_content_length=16 * 1024)
    def check_code(self, page=None, code='', **_other):
        self._acting(page)._check_code(code[:20], door.meta())
        return door.data(ok=True)

    # ANSWERS

    @door.data_route('/sign/submit', methods=['POST'], max_content_length=256 * 1024)
    def submit(self, page=None, strokes='', base_sha256='', nonce='', **form):
        signer = self._acting(page)
        return door.data(**signer._sign(
            strokes, base_sha256=base_sha256, nonce=nonce, consents=self._consents(form), meta=door.meta()))

    @door.data_route('/sign/review', methods=['POST'], max_content_length=MAX_FILES_BYTES + 512 * 1024)
    def review(self, page=None, verdict='', opinion='', strokes='', base_sha256='', nonce='', **form):
        signer = self._acting(page)
        return door.data(**signer._review(
            verdict, opinion, self._files(), strokes_json=strokes or None, base_sha256=base_sha256, nonce=nonce,
            consents=self._consents(form), meta=door.meta()))

    def _consents(self, form):
        return {'statement': form.get('statement') == '1', 'strokes': form.get('keep_strokes') == '1'}

    def _files(self):
        """Return [(name, bytes)] of the attachments; their kind is judged by the model."""
        files = [(file.filename, file.read()) for file in request.httprequest.files.getlist('files') if file.filename]
        if len(files) > MAX_FILES or sum(len(content) for _name, content in files) > MAX_FILES_BYTES:
            raise EsignError(request.env._(
                "Attach %(count)s files at most, %(size)s MB together.", count=MAX_FILES, size=MAX_FILES_BYTES // 1024 // 1024), 'bad')
        return files

    @door.data_route('/sign/decline', methods=['POST'], max_content_length=16 * 1024)
    def decline(self, page=None, reason='', **_other):
        self._acting(page)._decline(reason, door.meta())
        return door.data(ok=True)

    @door.data_route('/sign/delegate', methods=['POST'], max_content_length=16 * 1024)
    def delegate(self, page=None, name='', phone='', reason='', **_other):
        self._acting(page)._delegate(name, phone, reason, door.meta())
        return door.data(ok=True)
