from odoo.tests import tagged

from .common import ArchiveCase


@tagged('post_install', '-at_install')
class TestWecomArchiveTerm(ArchiveCase):

    def end_terms(self):
        self.run_job(lambda: self.env['wecom.archive']._cron_end_terms())

    def test_what_is_older_than_the_term_is_deleted_and_that_is_on_record(self):
        now = int(self.ago(days=0).timestamp() * 1000)
        old = now - 40 * 86_400_000
        self.say(101, '旧的', msgtime=old)
        self.say(102, '旧图', msgtime=old, msgtype='image', image={'sdkfileid': 'f', 'filesize': 3})
        self.say(103, '旧的，转我卡上', msgtime=old)
        self.say(104, '新的', msgtime=now)
        self.say(105, by='LiNa', to=self.wang, action='recall', msgtype='revoke', revoke={'pre_msgid': 'm101_external'}, msgtime=now)
        self.pull()
        self.end_terms()
        self.assertEqual(len(self.messages()), 5, "without a term nothing is deleted")

        self.archive.keep_days = 30
        self.end_terms()
        self.assertEqual(self.messages().mapped('seq'), [103, 104, 105], "what an open alert is about is kept")
        row = self.env['wecom.archive.access'].search([('use', '=', 'deletion')], limit=1)
        self.assertEqual((row.message_count, row.detail, row.conversation_id), (2, '101–102', self.messages()[0].conversation_id))
        self.assertEqual(row.conversation_id.message_count, 3)
        self.assertFalse(self.env['wecom.archive.media'].search([('archive_id', '=', self.archive.id)]))

        self.env['wecom.archive.alert'].search([]).sudo().write({'state': 'closed'})
        self.end_terms()
        self.assertEqual(self.messages().mapped('seq'), [104, 105])
