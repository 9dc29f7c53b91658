import base64
import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS

from ..const import EXPIRED
from ..tools.child import ChildError, ChildRefusal

BATCH = 50
STEP = 16  # chunks of 512 KB between two savings
MOST_TRIES = 5
WRONG_FILE = 10005


class WecomArchiveMedia(models.Model):
    """A picture, recording or file of a message: fetched in chunks by a job of its own, going on where it was cut."""
    _name = 'wecom.archive.media'
    _description = "File of an archived WeCom message"
    _order = 'id desc'

    message_id = fields.Many2one('wecom.archive.message', "Message", required=True, readonly=True, ondelete='cascade', index=True)
    archive_id = fields.Many2one(related='message_id.archive_id', store=True)
    company_id = fields.Many2one(related='message_id.company_id', store=True)
    name = fields.Char(required=True, readonly=True)
    size = fields.Integer("Bytes", readonly=True)
    md5 = fields.Char(readonly=True)
    file_id = fields.Text(readonly=True, groups=NO_ACCESS)
    content = fields.Binary(attachment=True, readonly=True, groups=NO_ACCESS)
    partial = fields.Binary(attachment=True, readonly=True, groups=NO_ACCESS)
    position = fields.Text(readonly=True, groups=NO_ACCESS, help="WeCom's mark of how far it was fetched.")
    state = fields.Selection([
        ('waiting', "To be fetched"),
        ('fetched', "Here"),
        ('too_large', "Too large"),
        ('failed', "Can't be fetched"),
    ], required=True, readonly=True, default='waiting')
    tries = fields.Integer(readonly=True)
    next_try_at = fields.Datetime("Next attempt", readonly=True)

    _waiting_idx = models.Index("(id) WHERE state = 'waiting'")
    _archive_idx = models.Index("(archive_id)")

    @api.model
    def _expect(self, archive, medias):
        """Note the files of new messages.

        :param medias: {message: `content.Content.media`}
        """
        most = archive.media_most_mb << 20
        self.create([{
            'message_id': message.id, 'name': media['name'], 'size': media['size'], 'md5': media['md5'], 'file_id': media['file'],
            'state': 'too_large' if media['size'] > most else 'waiting'} for message, media in medias.items()])
        if medias:
            self._trigger_fetch()

    @api.model
    def _trigger_fetch(self, at=None):
        self.env.ref('wecom_archive.ir_cron_wecom_archive_media').sudo()._trigger(at)

    @api.model
    def _due_domain(self):
        return [('state', '=', 'waiting'), ('archive_id.state', '=', 'enabled'),
                '|', ('next_try_at', '=', False), ('next_try_at', '<=', fields.Datetime.now())]

    @api.model
    def _cron_fetch(self):
        """Fetch files one by one; each has its own commits, so that a large one isn't fetched again from its beginning."""
        while due := self.search(self._due_domain(), order='id', limit=BATCH):
            for archive, medias in due.grouped('archive_id').items():
                with archive._open_backend() as child:
                    for media in medias:
                        media._fetch(child)
                        if not self.env['ir.cron']._commit_progress(1, remaining=self.search_count(self._due_domain(), limit=BATCH)):
                            return

    def _fetch(self, child):
        """Fetch what is missing of a file."""
        data, position, chunks = base64.b64decode(self.partial or b''), self.position or '', 0
        try:
            while True:
                answer = child.call('media', file=self.file_id, index=position)
                data, position, chunks = data + base64.b64decode(answer['data']), answer['index'], chunks + 1
                if answer['finished']:
                    self._finish(data)
                    return
                if len(data) > self.archive_id.media_most_mb << 20:
                    self._end('too_large')
                    return
                if chunks % STEP == 0:
                    self._save(data, position)
                    self.env['ir.cron']._commit_progress(0)
        except (ChildError, ChildRefusal) as error:
            self._save(data, position)
            code = getattr(error, 'code', None)
            if code in (WRONG_FILE, EXPIRED):
                self._end('failed')
            else:
                self._try_later()

    def _save(self, data, position):
        self.write({'partial': base64.b64encode(data) if data else False, 'position': position})

    def _finish(self, data):
        """Keep the file if it is the one that WeCom named; at times its digest differs, and is right when fetched anew (D:91774)."""
        if self.md5 and hashlib.md5(data, usedforsecurity=False).hexdigest() != self.md5.lower():
            self._save(b'', False)
            self._try_later()
            return
        self.write({'content': base64.b64encode(data), 'size': len(data), 'state': 'fetched', 'partial': False, 'position': False})

    def _end(self, state):
        self.write({'state': state, 'partial': False, 'position': False, 'next_try_at': False})

    def _try_later(self):
        self.tries += 1
        if self.tries >= MOST_TRIES:
            self._end('failed')
        else:
            self.next_try_at = fields.Datetime.now() + timedelta(minutes=2 ** self.tries)
            self._trigger_fetch(self.next_try_at)

    def action_fetch(self):
        """Try again what couldn't be fetched."""
        if not self.env.user.has_group('wecom_archive.group_auditor'):
            raise AccessError(self.env._("Only auditors of the archive may fetch its files again."))
        self.check_access('read')
        # sudo: nobody writes files by hand
        self.sudo().filtered(lambda media: media.state == 'failed').write({'state': 'waiting', 'tries': 0, 'next_try_at': False})
        self._trigger_fetch()
        return True
