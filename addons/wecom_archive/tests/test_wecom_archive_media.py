import base64
import hashlib

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.wecom_archive.models import wecom_archive_media

from .common import ArchiveCase

PICTURE = base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==')


@tagged('post_install', '-at_install')
class TestWecomArchiveMedia(HttpCase, ArchiveCase):

    def registry_enter_test_mode(self, **words):
        """Both parents enter it."""
        if not self._registry_patched:
            super().registry_enter_test_mode(**words)

    def file(self, data=PICTURE, seq=101, md5=None, **faults):
        self.world['files'][f'file{seq}'] = {'data': base64.b64encode(data).decode(), **faults}
        self.say(seq, msgtype='image', image={
            'sdkfileid': f'file{seq}', 'md5sum': md5 or hashlib.md5(data, usedforsecurity=False).hexdigest(), 'filesize': len(data)})
        self.pull()
        return self.env['wecom.archive.media'].search([('message_id.msgid', '=', f'm{seq}_external'), ('archive_id', '=', self.archive.id)])

    def fetch(self):
        self.run_job(lambda: self.env['wecom.archive.media']._cron_fetch())

    def positions(self):
        return [argument for _process, op, argument in self.asked() if op == 'media']

    def test_a_file_is_fetched_in_chunks_and_goes_on_where_it_was_cut(self):
        self.save(chunk=20)
        media = self.file(fault='abort', fault_at=40)
        self.fetch()
        self.assertEqual((media.state, media.tries, media.sudo().position), ('waiting', 1, '40'))

        del self.world['files']['file101']['fault']
        self.save()
        media.next_try_at = self.ago(minutes=1)
        self.fetch()
        self.assertEqual(self.positions(), ['', '20', '40', '40', '60'])
        self.assertEqual(media.message_id.with_user(self.auditor).body, '[Picture]')
        self.assertEqual((media.state, base64.b64decode(media.sudo().content), media.sudo().partial), ('fetched', PICTURE, False))

    def test_what_cannot_be_fetched_ends_after_some_tries_and_can_be_asked_for_again(self):
        media = self.file(md5='0' * 32)
        gone = self.file(seq=102)
        del self.world['files']['file102']
        self.save()
        for _try in range(5):
            media.next_try_at = False
            self.fetch()
        self.assertEqual((media.state, media.tries, gone.state, gone.tries), ('failed', 5, 'failed', 0))

        media.md5 = False
        media.with_user(self.auditor).action_fetch()
        self.fetch()
        self.assertEqual(media.state, 'fetched')

    def test_large_files_stay_with_wecom_also_when_their_size_is_not_told(self):
        self.archive.media_most_mb = 0
        known = self.file()
        self.patch(wecom_archive_media, 'STEP', 1)
        self.archive.media_most_mb = 50
        unknown = self.file(seq=102)
        self.archive.media_most_mb = 0
        self.save(chunk=20)
        self.fetch()
        self.assertEqual((known.state, unknown.state, unknown.sudo().partial), ('too_large', 'too_large', False))

    @mute_logger('odoo.http')
    def test_check_12_a_file_is_opened_by_one_address_only_which_is_on_record(self):
        media = self.file()
        self.fetch()
        attachment = self.env['ir.attachment'].sudo().search([
            ('res_model', '=', 'wecom.archive.media'), ('res_id', '=', media.id), ('res_field', '=', 'content')])
        self.assertEqual(len(attachment), 1)
        ways = (f'/web/content/{attachment.id}', f'/web/image/{attachment.id}', f'/web/content/wecom.archive.media/{media.id}/content',
                f'/web/image/wecom.archive.media/{media.id}/content')
        for login in ('auditor.a', 'lina.c', 'admin'):
            self.authenticate(login, login)
            for way in ways:
                self.assertNotIn(PICTURE, self.url_open(way).content, f'{login} {way}')
            answer = self.url_open(f'/wecom_archive/media/{media.id}')
            self.assertEqual(answer.content == PICTURE, login == 'auditor.a', login)
            self.assertEqual(answer.status_code, 200 if login == 'auditor.a' else 404)
        self.assertEqual(self.accesses(self.auditor), [('media', 1, '101')])
        self.assertEqual(self.env['wecom.archive.access'].search_count([('user_id', '=', self.lina.id)]), 0)
