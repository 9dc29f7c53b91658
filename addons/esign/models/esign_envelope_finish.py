import base64
from hashlib import sha256

from dateutil.relativedelta import relativedelta

from odoo import fields, models

from ..tools.errors import EsignError
from ..tools.timestamp import ClockDrift
from .esign_envelope_flow import KEEP_YEARS

#: a file's time stamp is renewed before its certificate can run out
RENEW = relativedelta(years=1)


class EsignEnvelope(models.Model):
    """The end of signing: archive time stamp, anchor, report."""

    _inherit = 'esign.envelope'

    def _complete(self):
        """Put the archive time stamp and anchor the events; when the authority is down, the retry job does it later."""
        self.ensure_one()
        head = self.event_head
        try:
            with self.env.cr.savepoint():
                self._finish()
        except EsignError as error:
            # The signatures stand; only the last time stamp is missing.
            self.env.invalidate_all()
            self._log_drift(error)
            if self.retry_error != error.sentence or self.event_head != head:
                self._log('pending', payload={'step': 'finish', 'reason': error.sentence})
            self._set({'retry_error': error.sentence})
            return False
        return True

    def _finish(self):
        pdf = self._pipeline().finish(self.revision_id._get_pdf())
        self._add_revision('finished', pdf)
        now = fields.Datetime.now()
        self._transition(
            'complete',
            completed_at=now,
            final_sha256=self.current_sha256,
            retry_error=False,
            retimestamp_at=now + RENEW,
            retain_until=fields.Date.context_today(self) + relativedelta(years=KEEP_YEARS),
        )
        self._log('completed', payload={'sha256': self.final_sha256, 'size': self.revision_id.size})
        self.env['esign.anchor']._anchor_envelope(self)
        record = self._get_record()
        if record:
            record._esign_completed(self)
        if self.replaces_id and self.kind == 'void':
            self.replaces_id._message_log(body=self.env._("Annulled by %(envelope)s.", envelope=self.name))
        self.env.ref('esign.ir_cron_report')._trigger()

    def _log_drift(self, error):
        """Record that our clock and the time-stamp authority's differ."""
        if isinstance(error, ClockDrift):
            self._log('clock_drift', payload={'seconds': round(error.drift.total_seconds())})

    def _make_report(self):
        """Draw the evidence report and seal it with the system's key."""
        self.ensure_one()
        pdf = self.env['esign.evidence.report']._render(self)
        provider = self.env['esign.certificate.provider']._get_provider()
        sealed = self._pipeline().freeze(self._pipeline().prepare(pdf, [], False), provider._system_credential())
        attachment = (
            self.env['ir.attachment']
            .sudo()
            .create(
                {
                    'name': self.env._("%(envelope)s evidence.pdf", envelope=self.name).replace('/', '-'),
                    'raw': sealed,
                    'mimetype': 'application/pdf',
                    'res_model': self._name,
                    'res_id': self.id,
                    'res_field': 'report_id',
                    'company_id': self.company_id.id,
                    'is_locked': True,
                }
            )
        )
        self._set({'report_id': attachment.id, 'report_sha256': sha256(sealed).hexdigest()})
        record = self._get_record()
        if record:
            record._esign_reported(self)

    def _retimestamp(self):
        """Add a time stamp to the completed file before the last one's certificate runs out."""
        self.ensure_one()
        self._lock()
        pdf = self._pipeline().retimestamp(self.revision_id._get_pdf())
        self._add_revision('retimestamped', pdf)
        self._set({'final_sha256': self.current_sha256, 'retimestamp_at': fields.Datetime.now() + RENEW})
        self._log('retimestamped', payload={'sha256': self.final_sha256})

    def _get_public_files(self):
        """Return what every party gets: [(name, bytes)] of the signed file, the report and the anchor of the events."""
        self.ensure_one()
        files = [(f'{self.name}.pdf'.replace('/', '-'), self.revision_id._get_pdf())]
        if self.report_id:
            files.append((self.report_id.name, self.report_id.raw))
        anchor = self.env['esign.anchor'].sudo().search([('envelope_id', '=', self.id)], limit=1)
        if anchor:
            files.append((f'{self.name}.tsr'.replace('/', '-'), base64.b64decode(anchor.token)))
        return files
