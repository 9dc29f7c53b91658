from datetime import timedelta

from odoo import api, fields, models

BATCH = 1000


class WecomArchive(models.Model):
    """How long it is kept."""
    _inherit = 'wecom.archive'

    keep_days = fields.Integer(
        "Kept for (days)", tracking=True, help="0: for good. What an open alert is about is kept until it is closed.")
    media_most_mb = fields.Integer("Largest file (MB)", default=50, tracking=True, help="Larger ones stay with WeCom.")

    _keep_days_positive = models.Constraint('CHECK (keep_days >= 0 AND media_most_mb >= 0)', "Days and megabytes can't be negative.")

    @api.model
    def _cron_end_terms(self):
        """Delete what is older than its archive's term, and put on record what was deleted."""
        for archive in self.with_context(active_test=False).search([('keep_days', '>', 0)]):
            before = fields.Datetime.now() - timedelta(days=archive.keep_days)
            while messages := archive._find_ended(before):
                count = len(messages)
                messages._forget()
                if not self.env['ir.cron']._commit_progress(count, remaining=1):
                    self.env.ref('wecom_archive.ir_cron_wecom_archive_term')._trigger()
                    return
            self.env['wecom.archive.record'].search([('archive_id', '=', archive.id), ('received_at', '<', before)]).unlink()
            self.env['ir.cron']._commit_progress(0, remaining=0)

    def _find_ended(self, before):
        held = self.env['wecom.archive.alert'].search([('state', '=', 'open'), ('conversation_id.archive_id', '=', self.id)]).said_ids
        return self.env['wecom.archive.message'].search(
            [('archive_id', '=', self.id), ('occurred_at', '<', before), ('id', 'not in', held.ids)], order='occurred_at, id', limit=BATCH)


class WecomArchiveMessage(models.Model):
    _inherit = 'wecom.archive.message'

    def _forget(self):
        """Delete these messages for good, with their files; how many, of which conversation, stays on record."""
        self.env['wecom.archive.access']._note_messages(self, 'deletion')
        conversations = self.conversation_id
        self.env['wecom.archive.media'].search([('message_id', 'in', self.ids)]).unlink()  # with their attachments
        self.with_context(wecom_archive_term=True).unlink()
        left = {conversation: (count, first) for conversation, count, first in self._read_group(
            [('conversation_id', 'in', conversations.ids)], ['conversation_id'], ['__count', 'occurred_at:min'])}
        for conversation in conversations:
            count, first = left.get(conversation, (0, False))
            conversation.write({'message_count': count, 'first_at': first})
