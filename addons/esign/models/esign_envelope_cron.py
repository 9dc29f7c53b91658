import logging
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.errors import EsignError

_logger = logging.getLogger(__name__)

BATCH = 100
SOON = timedelta(minutes=1)
ATTEMPTS = 3


class EsignEnvelope(models.Model):
    """What goes on by itself."""

    _inherit = 'esign.envelope'

    @api.model
    def _each(self, records, step):
        """Run ``step`` on each record in a transaction of its own.

        What fails is logged and comes again with the next run; what a request is working on at this moment comes again in a minute.
        """
        self.env['ir.cron']._commit_progress(remaining=len(records))
        for record in records:
            try:
                if not self._in_turn(record, step):
                    self._come_again()
            except (EsignError, UserError) as error:
                self.env.invalidate_all()
                _logger.warning("%s %s: %s", record._name, record.id, error)
            if not self.env['ir.cron']._commit_progress(1):
                break

    @api.model
    def _in_turn(self, record, step):
        """Run ``step`` when nobody else has the record; what collides is tried again, as with requests.

        :return: whether it was run
        """
        for _attempt in range(ATTEMPTS):
            try:
                with self.env.cr.savepoint():
                    locked = record.try_lock_for_update()
                    if locked:
                        step(locked)
                    return bool(locked)
            except TransactionRollbackError:
                self.env.cr.rollback()
        return False

    @api.model
    def _come_again(self):
        """Let the running job run again soon: its next regular run may be ten minutes away."""
        if job_id := self.env.context.get('cron_id'):
            self.env['ir.cron'].browse(job_id)._trigger(at=fields.Datetime.now() + SOON)

    @api.model
    def _cron_expire(self):
        """Let links run out."""
        due = (
            self.env['esign.signer']
            .sudo()
            .search(
                [
                    ('expires_at', '<=', fields.Datetime.now()),
                    ('state', 'in', ('waiting', 'invited')),
                    ('envelope_id.state', '=', 'signing'),
                    ('action', '!=', 'cc'),
                ],
                limit=BATCH,
            )
        )
        self._each(due, lambda signer: signer._expire())

    @api.model
    def _cron_remind(self):
        """Remind who is slow, as often as the template allows."""
        now = fields.Datetime.now()
        candidates = (
            self.env['esign.signer']
            .sudo()
            .search(
                [
                    ('is_turn', '=', True),
                    ('action', 'in', ('sign', 'review')),
                    ('invited_at', '<', now - timedelta(days=1)),
                    ('expires_at', '>', now),
                ]
            )
        )

        def is_due(signer):
            template = signer.envelope_id.template_id
            last = signer.reminded_at or signer.invited_at
            return signer.reminder_count < template.reminder_max and last + timedelta(days=template.reminder_days) <= now

        self._each(candidates.filtered(is_due)[:BATCH], lambda signer: signer._remind())

    @api.model
    def _cron_retry(self):
        """Go on where the time-stamp authority was down: kept signatures first, then documents that only lack the last time stamp."""
        kept = self.env['esign.handwriting'].sudo().search([('state', '=', 'pending')], order='id', limit=BATCH)
        self._each(kept, lambda handwriting: handwriting.signer_id._retry(handwriting))
        finished = (
            self.sudo()
            .search([('state', '=', 'signing'), ('retry_error', '!=', False)], limit=BATCH)
            .filtered(lambda envelope: not envelope._unfinished())
        )
        self._each(finished, lambda envelope: envelope._complete())
        if self.env['esign.seal.request'].sudo().search_count([('progress', '=', 'queued')], limit=1):
            self.env.ref('esign.ir_cron_seal')._trigger()

    @api.model
    def _cron_report(self):
        """Make the evidence reports and send the parties their copies."""
        due = self.sudo().search([('state', '=', 'completed'), ('is_told', '=', False)], order='id', limit=BATCH)

        def finish(envelope):
            if not envelope.report_id:
                envelope._make_report()
            envelope._send_completed()

        self._each(due, finish)

    @api.model
    def _cron_retimestamp(self):
        """Renew the time stamps of completed documents, yearly."""
        due = self.sudo().search([('state', '=', 'completed'), ('retimestamp_at', '<=', fields.Datetime.now())], order='id', limit=BATCH)
        self._each(due, lambda envelope: envelope._retimestamp())
