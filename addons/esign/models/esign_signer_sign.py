import json
import logging
import re
from hashlib import sha256

from odoo import fields, models
from odoo.tools import format_datetime

from ..tools import strokes as handwriting
from ..tools.errors import EsignError

_logger = logging.getLogger(__name__)

NONCE = re.compile(r'^[A-Za-z0-9_-]{8,80}$')
OPINION_LENGTH = 1000
MOST_FILES, MOST_BYTES = 5, 10 * 1024 * 1024
#: what a reviewer may attach: ending -> how the file begins
FILE_KINDS = {'.pdf': b'%PDF-', '.png': b'\x89PNG\r\n\x1a\n', '.jpg': b'\xff\xd8\xff', '.jpeg': b'\xff\xd8\xff', '.ofd': b'PK\x03\x04'}


class EsignSigner(models.Model):
    """The signature. One request, one signature, whatever happens to the network in between."""

    _inherit = 'esign.signer'

    def _sign(self, strokes_json, *, base_sha256, nonce, consents, meta):
        """Sign by hand.

        :param strokes_json: handwriting as the canvas sends it (`tools.strokes`)
        :param base_sha256: of the document that was shown
        :param nonce: names this request; when it comes again, the first answer is given
        :param consents: {'statement': bool, 'strokes': bool}
        :param meta: {'ip', 'user_agent'}
        :return: {'state', 'envelope_state', 'sha256'}
        :raise EsignError: nothing is signed then; what must be recorded is, so the caller does not roll back
        """
        return self._act('sign', base_sha256, nonce, consents, meta, strokes_json=strokes_json)

    def _review(self, verdict, opinion, files, strokes_json=None, *, base_sha256, nonce, consents, meta):
        """Review: 'pass' signs the opinion into the document, 'return' ends the signing with the opinion as reason.

        :param files: [(name, bytes)] that go with the opinion
        """
        opinion = ' '.join(str(opinion or '').split())[:OPINION_LENGTH]
        if verdict not in ('pass', 'return'):
            raise EsignError(self.env._("Choose whether the document passes."), 'bad')
        if verdict == 'return' and not opinion:
            raise EsignError(self.env._("Write why the document is returned."), 'bad')
        if verdict == 'return':
            self.envelope_id._lock()
            self._guard(lambda: self._check_may_sign('review', base_sha256), meta)
            self._keep_files(files)
            self._set({'opinion': opinion})
            return self._leave('declined', opinion, meta)
        return self._act('review', base_sha256, nonce, consents, meta, strokes_json=strokes_json, opinion=opinion, files=files)

    # RECEIVE -------------------------------------------------------------------

    def _act(self, action, base_sha256, nonce, consents, meta, **content):
        self.ensure_one()
        if not NONCE.match(nonce or ''):
            raise EsignError(self.env._("Reload the page and try again."), 'bad')
        self.envelope_id._lock()
        kept = self.env['esign.handwriting'].sudo().search([('signer_id', '=', self.id), ('nonce', '=', nonce), ('state', '!=', 'dropped')])
        if kept.state == 'done':
            return kept.answer
        if not kept:
            kept = self._guard(lambda: self._receive(action, base_sha256, nonce, consents, meta, **content), meta)
        return self._put_or_keep(kept, meta)

    def _guard(self, step, meta):
        """Run ``step``; when it is refused, undo it and record the refusal."""
        try:
            with self.env.cr.savepoint():
                return step()
        except EsignError as error:
            self.envelope_id._log(
                'refused', actor=self.name, payload={'party': self.key, 'code': error.code, 'reason': error.sentence}, meta=meta
            )
            raise

    def _check_may_sign(self, action, base_sha256):
        self.envelope_id._check_turn(self)
        if self.action != action:
            raise EsignError(self.env._("This link is for something else."), 'bad')
        if base_sha256 != self.envelope_id.current_sha256:
            raise EsignError(
                self.env._("Somebody else signed meanwhile. Reload the page, then sign the document as it is now."), 'conflict'
            )
        if not self.read_at:
            raise EsignError(self.env._("Read the document to its end before you sign."), 'bad')
        if not self._is_code_checked():
            raise EsignError(self.env._("Type in the code that was sent to your mobile phone."), 'code')

    def _receive(self, action, base_sha256, nonce, consents, meta, *, strokes_json=None, opinion='', files=()):
        """Check what was sent and keep it with all the evidence there is."""
        self._check_may_sign(action, base_sha256)
        consents = {name: (consents or {}).get(name) is True for name in ('statement', 'strokes')}
        if not consents['statement']:
            raise EsignError(self.env._("Confirm the declaration before you sign."), 'bad')
        written = None
        if strokes_json or action == 'sign':
            try:
                written = handwriting.parse(strokes_json or '[]')
            except ValueError as error:
                raise EsignError(self.envelope_id._translate(str(error)), 'bad') from None
        attachments = self._keep_files(files)
        envelope, party = self.envelope_id, {'party': self.key}
        envelope._log(
            'consent',
            actor=self.name,
            meta=meta,
            payload={**party, **consents, 'statement_sha256': sha256((envelope.statement or '').encode()).hexdigest()},
        )
        if written:
            envelope._log('stroke_submitted', actor=self.name, payload={**party, 'strokes_sha256': written.sha256}, meta=meta)
        evidence = json.dumps(
            self._get_evidence(written, opinion, attachments, consents, meta), ensure_ascii=False, sort_keys=True, separators=(',', ':')
        )
        kept_sudo = self.env['esign.handwriting'].sudo()
        kept_sudo.search([('signer_id', '=', self.id), ('state', '=', 'pending')])._transition('drop')
        return kept_sudo.create(
            {
                'signer_id': self.id,
                'nonce': nonce,
                'strokes': kept_sudo._encrypt(written.canonical) if written else False,
                'strokes_sha256': written.sha256 if written else False,
                'is_strokes_kept': consents['strokes'],
                'opinion': opinion,
                'evidence': evidence,
                'evidence_sha256': sha256(evidence.encode()).hexdigest(),
                'base_sha256': base_sha256,
                'code_id': self._get_checked_code().id if self.needs_otp else False,
                'attachment_ids': attachments.ids,
                'received_at': fields.Datetime.now(),
            }
        )

    def _get_evidence(self, written, opinion, attachments, consents, meta):
        """Return what the signature vouches for besides the document."""
        envelope = self.envelope_id
        code_event = envelope.event_ids.filtered(lambda event: event.type == 'otp_ok' and event.payload.get('party') == self.key)[-1:]
        pages = (
            self.env['ir.attachment']
            .sudo()
            .search(
                [
                    ('res_model', '=', 'esign.revision'),
                    ('res_id', '=', envelope.revision_id.id),
                    ('res_field', '=', 'attachment_id'),
                    ('name', '=like', 'page-%'),
                ],
                order='id',
            )
        )
        return {
            'envelope': envelope.uuid,
            'party': self.key,
            'signer': self.name,
            'organisation': self.company_name or '',
            'document_sha256': envelope.current_sha256,
            'pages': {page.name: sha256(page.raw).hexdigest() for page in pages},
            'strokes_sha256': written.sha256 if written else '',
            'opinion': opinion,
            'files': {file.name: sha256(file.raw).hexdigest() for file in attachments},
            'statement_sha256': sha256((envelope.statement or '').encode()).hexdigest(),
            'consents': consents,
            'code_event': code_event.hash or '',
            'phone': self._masked_phone(),
            'ip': (meta or {}).get('ip') or '',
            'user_agent': (meta or {}).get('user_agent') or '',
            'server_time': fields.Datetime.to_string(fields.Datetime.now()),
            'events_head': envelope.event_head,
        }

    def _keep_files(self, files):
        """Keep what a reviewer attaches, locked. A file is what its ending and its first bytes both say."""
        values = []
        for name, content in files or ():
            name = ''.join(character for character in str(name) if character.isprintable() and character not in '/\\<>')[-80:]
            kind = next((ending for ending in FILE_KINDS if name.lower().endswith(ending)), None)
            if not kind or not content.startswith(FILE_KINDS[kind]):
                raise EsignError(self.env._("%(file)s: attach PDF, OFD, PNG or JPEG files only.", file=name), 'bad')
            values.append(
                {
                    'name': name,
                    'raw': content,
                    'res_model': self._name,
                    'res_id': self.id,
                    'is_locked': True,
                    'mimetype': {'.pdf': 'application/pdf', '.png': 'image/png', '.ofd': 'application/octet-stream'}.get(
                        kind, 'image/jpeg'
                    ),
                }
            )
        if len(values) > MOST_FILES or sum(len(row['raw']) for row in values) > MOST_BYTES:
            raise EsignError(
                self.env._("Attach %(count)s files at most, %(size)s MB together.", count=MOST_FILES, size=MOST_BYTES // 2**20), 'bad'
            )
        # Drawn anew, a picture would no longer be what the reviewer sent.
        return self.env['ir.attachment'].sudo().with_context(image_no_postprocess=True).create(values)

    # PUT -----------------------------------------------------------------------

    def _put_or_keep(self, kept, meta=None):
        """Put the signature; when the authority is down, it stays kept and the retry job goes on.

        :raise EsignError: 'later' when it has to wait
        """
        envelope = self.envelope_id
        try:
            with self.env.cr.savepoint():
                return self._put(kept, meta)
        except EsignError as error:
            self.env.invalidate_all()
            if error.code != 'later':
                kept._transition('drop')
                envelope._log(
                    'refused', actor=self.name, payload={'party': self.key, 'code': error.code, 'reason': error.sentence}, meta=meta
                )
                raise
            envelope._log_drift(error)
            if envelope.retry_error != error.sentence:
                envelope._log('pending', actor=self.name, payload={'party': self.key, 'reason': error.sentence}, meta=meta)
                envelope._set({'retry_error': error.sentence})
            raise EsignError(
                self.env._(
                    "Your signature arrived and is kept, but the time-stamp authority doesn't answer. "
                    "It will be completed by itself; you may also try again."
                ),
                'later',
            ) from None

    def _put(self, kept, meta):
        """Write the signature into the document, note it, let the others go on."""
        envelope = self.envelope_id
        envelope._check_turn(self)
        if kept.base_sha256 != envelope.current_sha256:
            raise EsignError(
                self.env._("Somebody else signed meanwhile. Reload the page, then sign the document as it is now."), 'conflict'
            )
        provider = self.env['esign.certificate.provider']._get_provider()
        credential = provider._signer_credential(self)
        content = kept._get_strokes()
        pdf = envelope._pipeline().sign(
            envelope.revision_id._get_sound_pdf(),
            self.key,
            credential,
            strokes=handwriting.parse(content) if content else None,
            text=self._get_legend(kept),
            evidence_sha256=kept.evidence_sha256,
            reason=self._get_commitment(),
            name=self.name,
        )
        self.env['esign.certificate']._enter(credential, 'signer', envelope.company_id, name=self.name)
        serial = format(credential.cert.serial_number, 'x')
        kept.code_id.sudo().used_at = fields.Datetime.now()
        envelope._add_revision('reviewed' if self.action == 'review' else 'signed', pdf, self)
        party = {'party': self.key, 'serial': serial}
        envelope._log(
            'reviewed' if self.action == 'review' else 'signed',
            actor=self.name,
            meta=meta,
            payload={
                **party,
                'sha256': envelope.current_sha256,
                'base_sha256': kept.base_sha256,
                'evidence_sha256': kept.evidence_sha256,
                **({'opinion': kept.opinion} if kept.opinion else {}),
            },
        )
        # The key existed in this process only and goes with `credential`.
        envelope._log('key_destroyed', payload=party)
        envelope._set({'retry_error': False})
        self._done(serial, opinion=kept.opinion)
        record = envelope._get_record()
        if record:
            record._esign_signed(self)
        sha = envelope.current_sha256
        envelope._advance()
        answer = {'state': self.state, 'envelope_state': envelope.state, 'sha256': sha}
        kept._settle(answer)
        return answer

    def _retry(self, kept):
        """Put a kept signature, or ask for a new one when the document moved on meanwhile."""
        self.envelope_id._lock()
        if not self._is_turn() or kept.base_sha256 != self.envelope_id.current_sha256:
            kept._transition('drop')
            self.envelope_id._log('refused', actor=self.name, payload={'party': self.key, 'reason': 'the document moved on'})
            if self._is_turn():
                self._send_invitation(reminder=True)
            return
        try:
            self._put_or_keep(kept)
        except EsignError as error:
            _logger.info("Envelope %s still waits: %s", self.envelope_id.name, error)

    def _get_legend(self, kept):
        """Return what is printed beside the handwriting: who, when, and the reviewer's opinion."""
        moment = format_datetime(self.env, fields.Datetime.now(), tz='Asia/Shanghai', dt_format='yyyy-MM-dd HH:mm')
        return '\n'.join(filter(None, (kept.opinion, self.name, moment)))

    def _get_commitment(self):
        return self.env._("Reviewed") if self.action == 'review' else self.env._("Signed by hand")
