import json

from odoo import api, fields, models

from ..tools.child import ChildError, ChildRefusal
from .wecom_archive_backend import Unread

CRASH_MINUTES = 2
FOR_KEYS = ('no_key', 'wrong_key')


class WecomArchiveRecord(models.Model):
    """A record of the archive that couldn't be read when it came: kept encrypted, as WeCom gave it, and tried again."""
    _name = 'wecom.archive.record'
    _inherit = ['exchange.message.mixin']
    _description = "Unread record of a WeCom archive"

    _queue_cron = 'wecom_archive.ir_cron_wecom_archive_record'
    _max_attempts = 3

    archive_id = fields.Many2one('wecom.archive', "Archive", required=True, readonly=True, ondelete='restrict', index=True)
    seq = fields.Integer("Number", readonly=True)
    version = fields.Integer("Version of the key", readonly=True)

    _key_uniq = models.UniqueIndex("(archive_id, key)", "The record is kept already.")

    @api.model
    def _selection_error_category(self):
        return super()._selection_error_category() + [
            ('no_key', self.env._("Key missing")),
            ('wrong_key', self.env._("Wrong key")),
            ('crash', self.env._("Ends the library")),
            ('refused', self.env._("Can't be decrypted")),
            ('shape', self.env._("Of another shape")),
        ]

    @api.model
    def _describe(self, category):
        return {
            'no_key': self.env._("The private key of this version isn't here. Enter it with the archive; the record is read then."),
            'wrong_key': self.env._(
                "The private key of this version isn't the one it was encrypted for. "
                "Correct it with the archive; the record is read then."),
            'crash': self.env._("WeCom's library ended or hung on this record; its process was started again, the others were read."),
            'refused': self.env._("WeCom's library can't decrypt this record."),
            'internal': self.env._("We failed on this record; the log has the details. The others were read."),
            'shape': self.env._("The record was decrypted, but isn't a message as WeCom describes them."),
        }[category]

    @api.depends('seq', 'archive_id.app_id.name')
    def _compute_display_name(self):
        for record in self:
            record.display_name = self.env._("Record %(number)s", number=record.seq)

    # === KEEPING === #

    @api.model
    def _park(self, archive, rows, category):
        """Keep records that couldn't be read; those that end the library are tried again, a bounded number of times.

        :param rows: dicts as GetChatData gives them
        """
        records = self.with_context(lang=archive.user_id.lang)
        known = set(records.search([('archive_id', '=', archive.id), ('key', 'in', [row['msgid'] for row in rows])]).mapped('key'))
        again = fields.Datetime.add(fields.Datetime.now(), minutes=CRASH_MINUTES)
        result = {'state': 'pending', 'attempts': 1, 'next_attempt_at': again} if category == 'crash' else {
            'state': 'parked' if category == 'no_key' else 'rejected', 'processed_at': fields.Datetime.now()}
        kept = records.create([{
            'archive_id': archive.id, 'company_id': archive.company_id.id, 'key': row['msgid'], 'seq': row['seq'],
            'version': row['publickey_ver'], 'payload': json.dumps(row), 'payload_sha256': self._digest(json.dumps(row)),
            'error_category': category, 'error': records._describe(category), **result,
        } for row in rows if row['msgid'] not in known])
        if category == 'crash':
            self._trigger_queue(again)
        elif category != 'no_key':  # of a missing key the archive tells
            kept._raise_activities()

    # === READING AGAIN === #

    @api.model
    def _replay_for_keys(self, archive):
        waiting = self.search([
            ('archive_id', '=', archive.id), ('state', 'in', ('parked', 'rejected')), ('error_category', 'in', FOR_KEYS)])
        if waiting:
            waiting.with_context(tracking_disable=True).write(self._prepare_replay_values())
            self._trigger_queue()
        if archive.problem_code == 'no_key':
            archive._end_problem(self.env._("A key was entered."))

    def _process_batch(self):
        for archive, records in self.grouped('archive_id').items():
            try:
                with archive._open_backend() as child:
                    child.start()
                    records._read_again(archive, child, archive._load_keys())
            except (ChildError, ChildRefusal):  # nothing is wrong with the records
                records._update({'next_attempt_at': fields.Datetime.add(fields.Datetime.now(), minutes=10)})

    def _read_again(self, archive, child, keys):
        read = []
        for record in self:
            try:
                read.append((record, *archive._read_record(json.loads(record.payload), child, keys)))
            except Unread as error:
                record._note_unread(error.category)
        self.env['wecom.archive.message']._keep(archive, [(record.seq, found, text) for record, found, text in read])
        self.browse(record.id for record, *_rest in read)._finish('done')
        archive._trigger_pull()  # the rules look at what was read

    def _note_unread(self, category):
        if category == 'crash' and self.attempts + 1 < self._max_attempts:
            again = fields.Datetime.add(fields.Datetime.now(), minutes=CRASH_MINUTES ** (self.attempts + 1))
            self._update({'attempts': self.attempts + 1, 'next_attempt_at': again})
            self._trigger_queue(again)
        else:
            state = 'parked' if category == 'no_key' else 'rejected'
            self._finish(state, category, False, self._describe(category), attempts=self.attempts + (category == 'crash'))
