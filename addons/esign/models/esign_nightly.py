import logging
from datetime import UTC, datetime, timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

BATCH = 200
#: of so many envelopes, one has its signatures examined each night
SAMPLE = 20


class EsignNightly(models.AbstractModel):
    """The watch: files, chains, anchors, a sample of signatures. What it finds is an event, an activity and a log line."""

    _name = 'esign.nightly'
    _description = "Nightly verification"

    @api.model
    def _cron_check(self):
        """Check every envelope that wasn't checked since yesterday; many nights' worth goes on in the next run."""
        envelopes = self.env['esign.envelope'].sudo()
        due = [('state', '!=', 'draft'), '|', ('checked_at', '=', False), ('checked_at', '<', fields.Datetime.now() - timedelta(hours=20))]
        todo = envelopes.search(due, order='checked_at nulls first, id', limit=BATCH)
        self.env['ir.cron']._commit_progress(remaining=envelopes.search_count(due))
        for envelope in todo:
            envelope = envelope.try_lock_for_update().filtered_domain(due)
            if envelope:
                self._check_alone(envelope)
            if not self.env['ir.cron']._commit_progress(1):
                return
            self.env.invalidate_all()  # the files of hundreds of envelopes would stay in memory
        if len(todo) < BATCH:
            self._check_all()

    def _check_alone(self, envelope):
        """Check one envelope; one that can't even be checked is an alarm, and no reason to leave the others unchecked."""
        try:
            with self.env.cr.savepoint():
                self._check_one(envelope)
        except OperationalError:  # the database: the whole run is tried again
            raise
        except Exception:  # noqa: BLE001 - whatever one envelope holds, the others are checked
            _logger.exception("Signing: %s can't be checked", envelope.name)
            self._alarm(self.env._("%(envelope)s can't be checked: something unexpected is stored.", envelope=envelope.name), envelope)
            envelope._set({'checked_at': fields.Datetime.now(), 'has_alarm': True})

    def _check_one(self, envelope):
        verifications = self.env['esign.verification']
        is_sampled = (envelope.id + fields.Date.context_today(self).toordinal()) % SAMPLE == 0
        wrong = (
            envelope.revision_ids._check_files()
            or verifications._check_register(envelope)
            or self.env['esign.event']._check_chains([envelope.id])
        )
        # A sound envelope isn't told of in its own chain each night; what is wrong is verified in full and recorded.
        if wrong or is_sampled:
            verifications._verify_envelope(envelope, by='nightly', examine=True)
        envelope._set({'checked_at': fields.Datetime.now()})

    def _check_all(self):
        """Check what belongs to no single envelope, and note the night's result."""
        problems = list(self.env['esign.event']._check_chains([0]).values())
        problems += self.env['esign.anchor'].sudo().search([('kind', '=', 'daily')])._check()
        problems += self._check_seals()
        problems += self._check_lists()
        for problem in problems[:20]:
            self._alarm(problem)
        self.env['esign.event']._append_system(
            'alarm' if problems else 'verified',
            actor='nightly',
            payload={
                'envelopes': self.env['esign.envelope']
                .sudo()
                .search_count([('checked_at', '>=', fields.Datetime.now() - timedelta(hours=20))]),
                'alarms': self.env['esign.envelope'].sudo().search_count([('has_alarm', '=', True)]),
                'problems': problems[:5],
            },
        )

    def _check_seals(self):
        """Tell of certificates that run out within a month."""
        soon = fields.Datetime.now() + timedelta(days=30)
        return [
            self.env._("The certificate of seal %(seal)s runs out on %(date)s. Renew the seal.", seal=seal.name, date=seal.not_after.date())
            for seal in self.env['esign.seal'].sudo().search([('state', '=', 'active'), ('certificate_id.not_after', '<', soon)])
        ]

    def _check_lists(self):
        """Tell of the time-stamp authority's revocation lists that run out in two weeks: without them no document is completed."""
        soon = datetime.now(UTC) + timedelta(days=14)
        return [
            self.env._("The revocation list %(file)s of the time-stamp authority runs out on %(date)s. Put the new one into the folder "
                       "“timestamp” of the key folder.", file=name, date=end.date())
            for name, end in self.env['esign.keystore']._get_time_lists() if end < soon
        ]

    @api.model
    def _alarm(self, sentence, envelope=None):
        """Tell the administrators of signing."""
        _logger.error("Signing: %s", sentence)
        administrators = self.env.ref('esign.group_administrator').sudo().all_user_ids.filtered(lambda user: user.active and not user.share)
        if envelope:
            for user in administrators.filtered(lambda user: envelope.company_id in user.company_ids)[:10]:
                if not envelope.activity_ids.filtered(lambda activity: activity.user_id == user and activity.summary == sentence[:200]):
                    envelope.activity_schedule('esign.mail_activity_alarm', user_id=user.id, summary=sentence[:200])
        else:
            self.env['mail.thread'].sudo().message_notify(
                partner_ids=administrators.partner_id.ids, subject=self.env._("Alarm of electronic signing"), body=sentence
            )
