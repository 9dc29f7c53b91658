import json
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.errors import EsignError

#: more at once are sealed in the background
AT_ONCE = 1
BATCH = 200


class EsignEnvelope(models.Model):
    """用印: asked, approved by another, put by the custodian; one by one or all in the background."""

    _inherit = 'esign.envelope'

    # REQUEST -------------------------------------------------------------------

    def _request_seal(self, signer):
        """Ask for the seal of a place, in the name of the sender."""
        self.ensure_one()
        seal = signer.seal_id or self.template_id.party_ids.filtered(lambda party: party.key == signer.key).seal_id
        if not seal or seal.company_id != self.company_id:
            if seal and signer.seal_id:
                raise UserError(
                    self.env._("%(seal)s belongs to another company than %(document)s.", seal=seal.name, document=self.document_name)
                )
            seal = self.env['esign.seal'].sudo().search([('company_id', '=', self.company_id.id), ('state', '=', 'active')], limit=1)
        if not seal:
            raise UserError(self.env._("%(company)s has no seal in use. Register one first.", company=self.company_id.name))
        signer._set({'seal_id': seal.id})
        request = (
            self.env['esign.seal.request']
            .sudo()
            .create(
                {
                    'envelope_id': self.id,
                    'signer_id': signer.id,
                    'seal_id': seal.id,
                    'applicant_id': self.user_id.id,
                    'requested_at': fields.Datetime.now(),
                }
            )
        )
        self._notify_approvers(request)
        self._log('seal_requested', actor=self.user_id.login, payload={'party': signer.key, 'seal': seal.name})

    def _withdraw_requests(self):
        requests = self.seal_request_ids.filtered(lambda request: request.state in ('requested', 'approved'))
        requests._transition('withdraw', progress=False)
        requests.activity_unlink(['esign.mail_activity_approve', 'esign.mail_activity_seal'])

    # PUT -----------------------------------------------------------------------

    @api.model
    def _put_seals(self, requests):
        """Put the approved seals in the name of the user; a refusal is recorded, not raised, so that its record stays.

        :param requests: `esign.seal.request`
        :return: a notification that says what was done
        """
        user = self.env.user
        refused, ready = [], self.env['esign.seal.request'].sudo()
        for request in requests.sudo():
            if reason := self._get_seal_blocking(request, user):
                self._refuse_seal(request, user, reason)
                refused.append(f'{request.display_name}: {reason}')
            else:
                ready += request
        failed = []
        if len(ready) > AT_ONCE:
            ready._set({'progress': 'queued', 'queued_by_id': user.id, 'error': False})
            self.env.ref('esign.ir_cron_seal')._trigger()
            message = self.env._("%(count)s documents are being sealed in the background.", count=len(ready))
        else:
            failed = [f'{request.display_name}: {error}' for request in ready if (error := self._try_seal(request, user))]
            message = self.env._("%(count)s sealed.", count=len(ready) - len(failed))
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'danger' if refused or failed else 'success',
                'sticky': bool(refused or failed),
                'title': self.env._("Seals"),
                'message': '\n'.join([message, *refused, *failed]),
                'next': {'type': 'ir.actions.act_window_close'},
            },
        }

    @api.model
    def _get_seal_blocking(self, request, user):
        """Return the sentence why ``user`` can't put the seal of ``request`` now, or False."""
        if request.company_id not in user.company_ids:
            return self.env._("The document belongs to another company.")
        if request.state != 'approved':
            return self.env._("The use of the seal isn't approved.")
        if request.envelope_id.company_id != request.seal_id.company_id:
            return self.env._("The seal belongs to another company.")
        if not request.signer_id._is_turn():
            return self.env._("Others sign before the seal is put.")
        return request.seal_id._get_blocking(user)

    def _refuse_seal(self, request, user, reason):
        self.env['esign.seal.use']._log(request, user, 'refused', reason=reason)
        request.envelope_id._log(
            'seal_blocked', actor=user.login, payload={'party': request.signer_id.key, 'seal': request.seal_id.name, 'reason': reason}
        )

    @api.model
    def _try_seal(self, request, user):
        """Put one seal.

        :return: the sentence why it had to wait, or False
        """
        try:
            with self.env.cr.savepoint():
                request.envelope_id._seal(request, user)
        except EsignError as error:
            self.env.invalidate_all()
            request.envelope_id._log_drift(error)
            sentence = self._translate(error.sentence)
            # When the time-stamp authority is down it stays in the queue; all else needs a person.
            request._set({'progress': 'queued' if error.code == 'later' else 'failed', 'queued_by_id': user.id, 'error': sentence})
            if error.code != 'later':
                self._refuse_seal(request, user, sentence)
            return sentence
        return False

    def _seal(self, request, user):
        """Put the seal of an approved request.

        :raise EsignError: nothing is sealed then
        """
        self.ensure_one()
        self._lock()
        signer, seal = request.signer_id, request.seal_id
        if reason := self._get_seal_blocking(request, user):
            raise EsignError(reason, 'conflict')
        self._check_turn(signer)
        evidence = {
            'envelope': self.uuid,
            'party': signer.key,
            'seal': seal.name,
            'organisation': seal.organisation,
            'custodian': user.login,
            'approver': request.approver_id.login,
            'applicant': request.applicant_id.login,
            'document_sha256': self.current_sha256,
            'server_time': fields.Datetime.to_string(fields.Datetime.now()),
            'events_head': self.event_head,
        }
        digest = sha256(json.dumps(evidence, ensure_ascii=False, sort_keys=True, separators=(',', ':')).encode()).hexdigest()
        credential = self.env['esign.certificate.provider']._get_provider()._seal_credential(seal)
        is_last = self._unfinished().filtered(lambda other: other.key != signer.key) == self.env['esign.signer']
        pdf = self._pipeline().seal(
            self.revision_id._get_sound_pdf(),
            signer.key,
            credential,
            image_png=seal._get_png(),
            seam=self.template_id.has_seam,
            evidence_sha256=digest,
            reason=self.env._("Sealed"),
            last=is_last,
        )
        self._add_revision('sealed', pdf, signer)
        self._log(
            'sealed',
            actor=user.login,
            payload={
                'sha256': self.current_sha256,
                'evidence_sha256': digest,
                'serial': seal.certificate_id.serial,
                'party': signer.key,
                'evidence': evidence,
            },
        )
        request._transition('put', progress=False, error=False)
        request.activity_unlink(['esign.mail_activity_seal'])
        self.env['esign.seal.use']._log(request, user, 'put', sha256=self.current_sha256)
        self._set({'retry_error': False})
        signer._done(seal.certificate_id.serial)
        record = self._get_record()
        if record:
            record._esign_signed(signer)
        self._advance()

    @api.model
    def _cron_seal(self):
        """Put the seals that wait in the queue, one transaction each."""
        due = [('progress', '=', 'queued')]
        queue = self.env['esign.seal.request'].sudo().search(due, order='id', limit=BATCH)
        self.env['ir.cron']._commit_progress(remaining=len(queue))
        for request in queue:
            if not self._in_turn(request, lambda own: self._try_seal(own, own.queued_by_id) if own.filtered_domain(due) else False):
                self._come_again()
            if not self.env['ir.cron']._commit_progress(1) or (request.progress == 'queued' and request.error):
                break  # out of time, or the authority is down: all others would wait for its timeout
