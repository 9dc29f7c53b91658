import logging
import random
import time
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models

from odoo.addons.exchange.models.exchange_message_mixin import CONCURRENCY
from odoo.addons.exchange.tools.quiet import describe, withheld

from ..const import EXPIRED, KEPT_DAYS, PAGE, TRANSIENT, WARN_DAYS
from ..tools.child import ChildError, ChildRefusal
from .wecom_archive_backend import Unread

_logger = logging.getLogger(__name__)

RACES = (*CONCURRENCY, UniqueViolation)
MOST_TRIES = 5


class WecomArchive(models.Model):
    """Fetching what was said: page by page, each with its place in one transaction."""
    _inherit = 'wecom.archive'

    is_late = fields.Boolean("About to lose messages", readonly=True, copy=False)

    @api.model
    def _cron_pull(self):
        """Read all archives to their end; one that can't be read holds up no other."""
        commit = self.env['ir.cron']._commit_progress
        archives = self.search([])
        with withheld():
            for archive in archives:
                archive = archive.with_context(lang=archive.user_id.lang)  # who is told of problems
                if archive.state == 'enabled':
                    archive._pull_to_end()
                archive._warn_of_loss()
            commit(len(archives), remaining=0)

    def _pull_to_end(self):
        """Fetch page by page; what was fetched stays when a later page fails."""
        self.ensure_one()
        commit = self.env['ir.cron']._commit_progress
        try:
            with self._open_backend() as child:
                while self._pull_page_patiently(child):
                    if not commit(1, remaining=1):
                        self._trigger_pull()
                        return
            if self.problem_code not in ('gap', 'no_key'):  # of these somebody has to know
                self._end_problem(self.env._("It was read again."))
        except (ChildError, ChildRefusal) as error:
            self._note_failure(error)
        except RACES:
            raise
        except Exception as error:  # noqa: BLE001 - whatever one archive does, the others are read
            _logger.error("wecom.archive(%s) can't be read: %s", self.id, describe(error))
            self._note_problem(self.env._("We failed while reading the archive (%(kind)s); the log has the details.",
                                          kind=type(error).__name__), 'internal')
        commit(0)

    def _pull_page_patiently(self, child):
        """Keep the next page; again on a new snapshot where another job was faster, who has just made the same customer, say."""
        tries = 0
        while True:
            try:
                with self.env.cr.savepoint():
                    return self._pull_page(child)
            except RACES:
                tries += 1
                if tries == MOST_TRIES:
                    raise
                self.env.cr.rollback()
                time.sleep(random.uniform(0, 0.1 * 2 ** tries))

    def _pull_page(self, child):
        """Keep the next page and how far it goes, both or none.

        :return: whether there may be more
        """
        records = child.call('pull', seq=self.seq, limit=PAGE)['records']
        if records:
            records.sort(key=lambda record: record['seq'])
            self._check_gap(records[0]['seq'])
            self._keep_guarded(records, child)
        self.write({'pulled_at': fields.Datetime.now(), 'is_late': False, **({'seq': records[-1]['seq']} if records else {})})
        return len(records) == PAGE

    def _keep_guarded(self, records, child):
        """Keep the records; where that fails one by one, so that none which we don't understand holds up those after it."""
        try:
            with self.env.cr.savepoint():
                self._keep_records(records, child)
        except RACES:
            raise
        except Exception as error:  # noqa: BLE001 - whatever one record does, the others are kept
            _logger.error("wecom.archive(%s): records up to %s: %s", self.id, records[-1]['seq'], describe(error))
            if len(records) == 1:
                self.env['wecom.archive.record']._park(self, records, 'internal')
                return
            middle = len(records) // 2
            self._keep_guarded(records[:middle], child)
            self._keep_guarded(records[middle:], child)

    def _keep_records(self, records, child):
        """Keep what can be read as messages, the rest as records to be read later."""
        keys, rows, unread = self._load_keys(), [], {}
        for record in records:
            try:
                rows.append((record['seq'], *self._read_record(record, child, keys)))
            except Unread as error:
                unread.setdefault(error.category, []).append(record)
        self.env['wecom.archive.message']._keep(self, rows)
        for category, those in unread.items():
            self.env['wecom.archive.record']._park(self, those, category)
        if 'no_key' in unread:
            self._note_problem(self.env._(
                "Messages came that are encrypted with the key of version %(version)s, which isn't here. Enter it: they are read then.",
                version=unread['no_key'][0]['publickey_ver']), 'no_key')

    def _load_keys(self):
        return {key.version: key._load() for key in self.sudo().key_ids}

    # === WHAT GOES WRONG === #

    def _check_gap(self, first):
        """WeCom begins with the oldest it has: after more than five days a jump in its numbers means that something is lost."""
        kept = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        if self.seq and first > self.seq + 1 and self.pulled_at and self.pulled_at < kept:
            self._note_gap(self.env._(
                "What was said is lost from number %(first)s to %(last)s: the archive wasn't read from %(since)s on, "
                "and WeCom keeps %(days)s days.", first=self.seq + 1, last=first - 1, since=self.pulled_at, days=KEPT_DAYS))

    def _note_gap(self, sentence):
        """A gap stays on record with the archive, also when the problem has ended."""
        self._note_problem(sentence, 'gap')
        self.message_post(body=sentence)

    def _note_failure(self, error):
        """Tell what is wrong; of what heals by itself only `_warn_of_loss` tells."""
        if isinstance(error, ChildError):
            self._note_problem(self.env._("The archive can't be read: %(reason)s.", reason=error), 'child')
        elif error.code == EXPIRED:
            self._note_gap(self.env._(
                "WeCom no longer has what follows number %(seq)s (error 10010): what was said since %(since)s may be lost.",
                seq=self.seq, since=self.pulled_at or self.create_date))
            if self.seq:
                self.write({'seq': 0})  # the oldest that WeCom has; what is here already isn't kept twice
                self._trigger_pull()
        elif error.code not in TRANSIENT:
            self._note_problem(self._describe_refusal(error.code), str(error.code), stop=True)

    def _describe_refusal(self, code):
        reasons = {
            10009: self.env._(
                "this server's address isn't among the trusted ones of the conversation archive; add it in the admin console"),
            10011: self.env._("WeCom's certificate is refused; check the clock and the certificates of the server"),
            **dict.fromkeys((40001, 48002), self.env._("the secret isn't that of the conversation archive; enter it again")),
        }
        reason = reasons.get(code, self.env._("see WeCom's list of codes"))
        return self.env._("WeCom refuses (%(code)s): %(reason)s.", code=code, reason=reason)

    def _warn_of_loss(self):
        """Tell once, while there is still time, that messages are about to be lost."""
        since = self.pulled_at or self.create_date
        if not self.is_late and since < fields.Datetime.now() - timedelta(days=WARN_DAYS):
            self.is_late = True
            self._raise_activity(self.env._(
                "Messages are about to be lost: the archive wasn't read since %(since)s, and WeCom keeps %(days)s days.",
                since=since, days=KEPT_DAYS))
