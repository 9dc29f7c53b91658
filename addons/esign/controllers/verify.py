"""The public page that answers: is this file the registered one, and are its signatures sound? It knows nothing but the file in hand."""
from odoo import fields, http
from odoo.http import request
from odoo.tools import SQL, format_datetime

from ..tools.errors import EsignError, VerifyError
from . import door

MAX_BYTES = 50 * 1024 * 1024
#: the file and the form around it
MAX_REQUEST = MAX_BYTES + 64 * 1024
#: examinations in ten minutes: of one address, of all
PER_ADDRESS, PER_SYSTEM = 20, 300
#: unknown codes looked up from one address in ten minutes; those of papers never count
CODES = 60
#: examinations at the same moment, of all workers; one may take half a minute and 800 MB
SLOTS, LOCK = 2, 0x6573_0001


class VerificationPage(http.Controller):

    @door.page_route('/sign/verify', methods=['GET', 'POST'], max_content_length=MAX_REQUEST)
    def verify(self, pdf=None, **_form):
        return self._page('/sign/verify', pdf)

    @door.page_route('/sign/verify/<string:code>', methods=['GET', 'POST'], max_content_length=MAX_REQUEST)
    def verify_code(self, code, pdf=None, **_form):
        """Follow the code on a paper: a few facts, and the question for the file."""
        facts = request.env['esign.verification']._verify_uuid(code)
        if not facts:
            door.count('verify-code', request.httprequest.remote_addr, CODES)
            raise EsignError(request.env._(
                "No signed document has this code. Choose the file itself on the page “Check a signed file”."), 'gone')
        return self._page(f'/sign/verify/{facts["uuid"]}', pdf, facts)

    @door.data_route('/sign/crl', methods=['GET'])
    def crl(self):
        """Publish which certificates of ours were revoked: every reader of a signed file may ask."""
        response = door.secured(request.make_response(request.env['esign.certificate']._get_crl(), headers=[
            ('Content-Type', 'application/pkix-crl'), ('Content-Disposition', http.content_disposition('esign.crl'))]))
        response.headers['Cache-Control'] = 'public, max-age=3600'
        return response

    # PAGE

    def _page(self, action, pdf, facts=None):
        door.speak()
        values = {'action': action, 'most': MAX_BYTES, 'registered': facts and self._facts(facts), 'result': None, 'error': None}
        status = 200
        if request.httprequest.method == 'POST':
            try:
                values['result'] = self._result(self._examine(pdf), pdf.filename, facts)
            except EsignError as error:
                values['error'], status = error.sentence, door.STATUS[error.code]
        return door.page('esign.h5_verify', status=status, title=request.env._("Check a signed file"), page_class='verify', **values)

    def _examine(self, pdf):
        if not getattr(pdf, 'filename', None):
            raise EsignError(request.env._("Choose a PDF file first."), 'bad')
        door.count('verify', request.httprequest.remote_addr, PER_ADDRESS)
        door.count('verify', 'all', PER_SYSTEM)
        content = pdf.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise EsignError(request.env._("The file is larger than %(size)s MB.", size=MAX_BYTES // 2 ** 20), 'bad')
        if b'%PDF-' not in content[:1024]:
            raise EsignError(request.env._("This is not a PDF file. Choose the PDF as you received it."), 'bad')
        self._take_slot()
        try:
            return request.env['esign.verification']._verify_file(content, door.meta())
        except VerifyError as error:
            raise EsignError(self._translate(error.sentence), error.code) from error

    def _take_slot(self):
        """Hold one of the few places for an examination until the request ends."""
        for slot in range(SLOTS):
            if request.env.execute_query(SQL('SELECT pg_try_advisory_xact_lock(%s, %s)', LOCK, slot))[0][0]:
                return
        raise EsignError(request.env._("Other files are being examined. Please try again in a minute."), 'later')

    # WORDS

    def _facts(self, facts):
        env = request.env
        rows = [
            (env._("Sender"), facts['company']), (env._("Completed on"), self._time(facts['completed_at'])),
            (env._("Signatures"), facts['signatures']), (env._("SHA-256 of the file"), facts['sha256']),
        ]
        if facts['is_annulled']:
            rows.append((env._("Note"), env._("Annulled later by an agreement of all parties.")))
        return [{'label': label, 'value': value} for label, value in rows]

    def _result(self, found, filename, facts):
        return {
            'file': filename, 'verdicts': self._verdicts(found, facts), 'problems': found['problems'],
            'signatures': [self._signature(signature, found) for signature in found['signatures']],
        }

    def _verdicts(self, found, facts):
        """Return the two answers, told apart: one needs our register, the other only the file."""
        env = request.env
        good, bad = (lambda *words: self._verdict('good', *words)), (lambda *words: self._verdict('bad', *words))
        register, valid = env._("Same as registered"), env._("Cryptographically valid")
        registered = {
            'final': good(register, env._("Yes"), env._("This file is the final document in the register, byte by byte.")),
            'report': good(register, env._("Yes"), env._("This file is an evidence report of our register, byte by byte.")),
            'earlier': bad(register, env._("No"), env._(
                "This is an earlier state of a registered document. The final one has more signatures, or is not complete yet.")),
            'none': bad(register, env._("No"), env._("No document in the register is this file. It is foreign, or was changed.")),
        }[found['matches']]
        verdicts = [registered]
        if found['valid']:
            verdicts.append(good(valid, env._("Yes"), env._("All signatures are unbroken and nothing was changed after them.")))
        elif found['signatures']:
            verdicts.append(bad(valid, env._("No"), env._(
                "Signatures are broken or incomplete, or something was changed: see the findings.")))
        else:
            verdicts.append(bad(valid, env._("No"), env._("The file carries no signature.")))
        envelope = found['envelope'] or {}
        if facts and envelope.get('uuid') != facts['uuid']:
            verdicts.append(bad(env._("Code on the paper"), env._("Differs"), env._(
                "This file is not the document that the code leads to.")))
        if envelope.get('is_annulled'):
            verdicts.append(bad(env._("In force"), env._("No"), env._("All parties annulled this document by a later agreement.")))
        return verdicts

    def _verdict(self, mark, title, answer, sentence):
        return {'mark': mark, 'title': title, 'answer': answer, 'sentence': sentence}

    def _signature(self, signature, found):
        env = request.env
        kinds = {
            'freeze': env._("Document frozen"), 'handwriting': env._("Handwriting"), 'review': env._("Review"),
            'seal': env._("Company seal"), 'archive': env._("Archive time stamp"),
        }
        sound = signature['intact'] and signature['valid'] and signature['trusted']
        if sound:
            answer = env._("Valid")
        elif not signature['intact']:
            answer = env._("Broken: the content was changed")
        elif not signature['valid']:
            answer = env._("Not valid")
        else:
            answer = env._("Of an unknown authority")
        return {
            'mark': 'good' if sound else 'bad', 'name': signature['name'] or env._("Unnamed"), 'kind': kinds.get(signature['kind'], ''),
            'at': self._time(signature['at']), 'answer': answer, 'level': signature['level'],
            'problems': [self._translate(problem) for problem in signature['problems']],
        }

    def _translate(self, sentence):
        return request.env['esign.envelope']._translate(sentence)

    def _time(self, moment):
        moment = moment and fields.Datetime.to_datetime(str(moment).replace('T', ' ')[:19])
        return format_datetime(request.env, moment, tz='Asia/Shanghai', dt_format='yyyy-MM-dd HH:mm:ss') if moment else ''
