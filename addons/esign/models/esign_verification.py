import json
from hashlib import sha256

from odoo import api, fields, models

from ..tools.errors import EsignError
from ..tools.verify_limited import examine_limited

#: kind of event -> kind of revision that it made
MADE = {
    'rendered': 'rendered',
    'frozen': 'frozen',
    'signed': 'signed',
    'reviewed': 'reviewed',
    'sealed': 'sealed',
    'completed': 'finished',
    'retimestamped': 'retimestamped',
}


class EsignVerification(models.Model):
    """One verification and what it found. Insert-only."""

    _name = 'esign.verification'
    _inherit = ['esign.register.mixin']
    _description = "Verification"
    _order = 'id desc'
    _rec_name = 'at'

    envelope_id = fields.Many2one('esign.envelope', "Envelope", readonly=True, ondelete='restrict', index='btree_not_null')
    company_id = fields.Many2one(related='envelope_id.company_id', store=True, precompute=True, index='btree_not_null')
    at = fields.Datetime("Time", required=True, readonly=True)
    by = fields.Char(readonly=True)
    sha256 = fields.Char("SHA-256", readonly=True)
    is_ok = fields.Boolean("Sound", readonly=True)
    matches_register = fields.Boolean("Files match the register", readonly=True)
    is_chain_ok = fields.Boolean("Events complete", readonly=True)
    is_anchored = fields.Boolean("Anchors hold", readonly=True)
    is_valid = fields.Boolean("Cryptographically valid", readonly=True)
    is_examined = fields.Boolean("Signatures examined", readonly=True, help="Nightly, signatures are examined for a sample only.")
    problems = fields.Text(readonly=True)
    result = fields.Json(readonly=True)

    # ENVELOPE ------------------------------------------------------------------

    @api.model
    def _verify_envelope(self, envelope, *, by, examine=True):
        """Verify an envelope against its files, its events, its anchors and the signatures in the file.

        :return: `esign.verification`; what is wrong is an event and an alarm too
        """
        envelope = envelope.sudo()
        envelope.invalidate_recordset()
        files = list(envelope.revision_ids._check_files().values())
        files += self._check_register(envelope)
        chain = list(self.env['esign.event']._check_chains([envelope.id]).values())
        anchors = self.env['esign.anchor'].sudo().search([('envelope_id', '=', envelope.id)])._check()
        result, signatures = {}, []
        if examine and envelope.revision_id.seq > 0:
            result, signatures = self._examine(envelope)
        problems = [*files, *chain, *anchors, *signatures]
        verification = self.sudo().create(
            {
                'envelope_id': envelope.id,
                'at': fields.Datetime.now(),
                'by': by,
                'sha256': envelope.current_sha256,
                'is_ok': not problems,
                'matches_register': not files,
                'is_chain_ok': not chain,
                'is_anchored': not anchors,
                'is_valid': bool(result) and not signatures,
                'is_examined': bool(result),
                'problems': '\n'.join(problems),
                'result': result,
            }
        )
        envelope._log(
            'integrity_failed' if problems else 'verified',
            actor=by,
            payload={
                'verification': verification.id,
                'sha256': envelope.current_sha256,
                **({'problems': problems[:5]} if problems else {}),
            },
        )
        if problems != [] or envelope.has_alarm:
            envelope._set({'has_alarm': bool(problems)})
        if problems:
            self.env['esign.nightly']._alarm(
                self.env._("%(envelope)s: %(problem)s", envelope=envelope.display_name, problem=problems[0]), envelope
            )
        return verification.sudo(self.env.su)

    def _examine(self, envelope):
        signed = envelope.revision_ids.filtered(lambda revision: revision.kind in ('signed', 'reviewed', 'sealed')).sorted('seq')
        try:
            result = examine_limited(
                envelope.revision_id._get_pdf(),
                self.env['esign.keystore']._trust(),
                expected=[revision.signer_id.key for revision in signed],
            )
        except EsignError as error:
            return {'ok': False}, [self.env['esign.envelope']._translate(error.sentence)]
        problems = [self.env['esign.envelope']._translate(sentence) for sentence in result['problems']]
        if envelope.state != 'completed':
            # Before the end the file is open on purpose: more signatures follow.
            problems = [self.env['esign.envelope']._translate(sentence) for one in result['signatures'] for sentence in one['problems']]
        return result, problems

    def _check_register(self, envelope):
        """Hold the rows of an envelope against its events, which are chained and anchored: SQL changes one, not the other."""
        problems, events = [], envelope.event_ids
        made = [(MADE[event.type], event.payload.get('sha256')) for event in events if event.type in MADE]
        kept = [(revision.kind, revision.sha256) for revision in envelope.revision_ids.sorted('seq')]
        for number, (was, row) in enumerate(zip(made, kept)):
            if was != row:
                problems.append(self.env._("Revision %(seq)s isn't what the events say.", seq=number))
        if len(made) != len(kept):
            problems.append(self.env._("%(rows)s revisions are kept, but the events tell of %(events)s.", rows=len(kept), events=len(made)))
        acts = {event.payload.get('party'): event for event in events if event.type in ('signed', 'reviewed', 'sealed')}
        for signer in envelope.signer_ids.filtered(lambda signer: signer.action != 'cc'):
            event = acts.get(signer.key)
            if signer.state == 'signed' and (
                not event or event.payload.get('serial') != signer.serial or (signer.action != 'seal' and event.actor != signer.name)
            ):
                problems.append(self.env._("The row of signer %(signer)s isn't what the events say.", signer=signer.name))
        if set(acts) - set(envelope.signer_ids.filtered(lambda signer: signer.state == 'signed').mapped('key')):
            problems.append(self.env._("The events tell of a signature that no signer's row has."))
        final = [event.payload.get('sha256') for event in events if event.type in ('completed', 'retimestamped')][-1:]
        if final != ([envelope.final_sha256] if envelope.state == 'completed' else []):
            problems.append(self.env._("State and digest of the envelope aren't what the events say."))
        proofs = {event.payload.get('evidence_sha256') for event in events if event.type in ('signed', 'reviewed')}
        for kept_hand in (
            self.env['esign.handwriting'].sudo().search([('signer_id', 'in', envelope.signer_ids.ids), ('state', '=', 'done')])
        ):
            problems += self._check_handwriting(kept_hand, proofs)
        return problems

    def _check_handwriting(self, kept, proofs):
        name = kept.signer_id.name
        if sha256(kept.evidence.encode()).hexdigest() != kept.evidence_sha256 or kept.evidence_sha256 not in proofs:
            return [self.env._("The evidence of %(signer)s was altered.", signer=name)]
        try:
            strokes = kept._get_strokes()
        except EsignError:
            strokes = b'altered'
        if strokes and sha256(strokes).hexdigest() != json.loads(kept.evidence)['strokes_sha256']:
            return [self.env._("The handwriting of %(signer)s was altered.", signer=name)]
        return []

    # FILE ----------------------------------------------------------------------

    @api.model
    def _verify_file(self, pdf, meta=None):
        """Verify a file that somebody brings: is it in the register, and is it valid by itself? Two answers, told apart.

        Nothing is said of any document that one doesn't hold in one's hands.

        :param pdf: bytes
        :return: {'sha256', 'matches': 'final' | 'earlier' | 'none', 'valid': bool, 'problems': [...], 'signatures': [...],
            'envelope': {...} or None, 'examination': result of `tools.verify.examine`}
        :raise EsignError: when the file can't be examined
        """
        digest = sha256(pdf).hexdigest()
        revision = self.env['esign.revision'].sudo().search([('sha256', '=', digest), ('kind', '!=', 'rendered')], order='id desc', limit=1)
        envelope = revision.envelope_id
        is_final = revision.kind in ('finished', 'retimestamped') and envelope.state == 'completed'
        is_report = not revision and self._find_report(digest)
        expected = None
        if is_final:
            signed = envelope.revision_ids.filtered(lambda one: one.kind in ('signed', 'reviewed', 'sealed')).sorted('seq')
            expected = [one.signer_id.key for one in signed]
        result = examine_limited(pdf, self.env['esign.keystore']._trust(), expected=expected)
        if is_final:
            envelope._log('verified', meta=meta, payload={'sha256': digest, 'ok': bool(result['ok'])})
        return {
            'sha256': digest,
            'matches': 'final' if is_final else 'earlier' if revision else 'report' if is_report else 'none',
            'valid': self._is_report_valid(result) if is_report else bool(result['ok']),
            'problems': [self.env['esign.envelope']._translate(sentence) for sentence in result['problems']],
            'signatures': result['signatures'],
            'envelope': self._get_public_facts(envelope) if revision else None,
            'examination': result,
        }

    @api.model
    def _is_report_valid(self, result):
        """Tell whether the system's own signature closes the whole report; nobody else signs one."""
        return result['whole_file'] and len(result['signatures']) == 1 and not result['signatures'][0]['problems']

    @api.model
    def _find_report(self, digest):
        return bool(self.env['esign.envelope'].sudo().search_count([('report_sha256', '=', digest)], limit=1))

    @api.model
    def _verify_uuid(self, uuid):
        """Return the few facts that the QR code on a paper leads to, or None."""
        envelope = self.env['esign.envelope'].sudo().search([('uuid', '=', str(uuid or ''))], limit=1)
        return self._get_public_facts(envelope) if envelope and envelope.state == 'completed' else None

    def _get_public_facts(self, envelope):
        """Return what may be said to anybody who has the paper: no content, no names of people."""
        return {
            'name': envelope.name,
            'uuid': envelope.uuid,
            'state': envelope.state,
            'is_annulled': envelope.is_annulled,
            'completed_at': fields.Datetime.to_string(envelope.completed_at) if envelope.completed_at else '',
            'sha256': envelope.final_sha256 or '',
            'level': envelope.level,
            'level_note': envelope.level_note,
            'company': envelope.company_id.name,
            'signatures': len(envelope.signer_ids.filtered(lambda signer: signer.state == 'signed')),
        }
