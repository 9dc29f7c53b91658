import base64
import mimetypes
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.wecom.models.wecom_client import WeComError

MEGABYTE = 2 ** 20
#: what may be uploaded (D:90253): types and megabytes
FILES = {
    'image': (('image/png', 'image/jpeg'), 10),
    'miniprogram': (('image/png', 'image/jpeg'), 10),
    'video': (('video/mp4',), 10),
    'file': (None, 20),
}
SMALLEST = 5  # bytes; WeCom refuses less
LIFE, RENEWED_AFTER = timedelta(days=3), timedelta(days=2)
WECOMS_FIELDS = {'media_id', 'media_until', 'problem'}
GREETINGS = ('wecom.channel', 'wecom.channel.window', 'wecom.member', 'wecom.app')


class WecomMaterial(models.Model):
    """What a message carries besides its text. WeCom keeps an uploaded file for three days; a job renews those in use in time."""
    _name = 'wecom.material'
    _description = "WeCom material"
    _order = 'sequence, id'

    app_id = fields.Many2one('wecom.app', "App", required=True, ondelete='restrict',
                             default=lambda self: self.env['wecom.channel']._default_app_id())
    company_id = fields.Many2one(related='app_id.company_id', store=True)
    name = fields.Char("Title", required=True)
    sequence = fields.Integer(default=10, help="In this order messages carry them.")
    active = fields.Boolean(default=True)
    kind = fields.Selection([
        ('image', "Image"),
        ('link', "Link"),
        ('miniprogram', "Mini program"),
        ('file', "File"),
        ('video', "Video"),
    ], required=True, default='image')
    file = fields.Binary(attachment=True, help="PNG or JPEG up to 10 MB, MP4 up to 10 MB, other files up to 20 MB.")
    file_name = fields.Char()
    url = fields.Char("Address")
    description = fields.Char()
    picture_url = fields.Char("Address of its picture")
    mini_appid = fields.Char("App ID", help="wx…; of a mini program that is bound to the corp.")
    mini_page = fields.Char("Page")
    media_id = fields.Char("WeCom ID", readonly=True, copy=False)
    media_until = fields.Datetime("Ready until", readonly=True, copy=False)
    problem = fields.Char(readonly=True, copy=False)

    @api.constrains('kind', 'file', 'url', 'picture_url', 'mini_appid', 'mini_page')
    def _check_content(self):
        for material in self:
            if material.kind in FILES:
                material._check_file()
            addresses = [material.url, material.picture_url] if material.kind == 'link' else []
            if material.kind == 'link' and not material.url or not all(
                    address.startswith(('https://', 'http://')) for address in filter(None, addresses)):
                raise ValidationError(self.env._(
                    "“%(material)s”: a link needs an address that begins with https://.", material=material.name))
            if material.kind == 'miniprogram' and not (material.mini_appid and material.mini_page):
                raise ValidationError(self.env._("“%(material)s”: a mini program needs its app ID and page.", material=material.name))

    def _check_file(self):
        types, most = FILES[self.kind]
        content = base64.b64decode(self.with_context(bin_size=False).file or b'')
        if not SMALLEST < len(content) <= most * MEGABYTE:
            raise ValidationError(self.env._(
                "“%(material)s”: choose a file of up to %(most)s MB.", material=self.name, most=most))
        if types and self._guess_type(content) not in types:
            raise ValidationError(self.env._(
                "“%(material)s”: pictures are PNG or JPEG, videos MP4. Choose another file.", material=self.name))

    @api.model
    def _guess_type(self, content):
        """Return the type that the bytes show; a name can say anything."""
        if content.startswith(b'\x89PNG\r\n'):
            return 'image/png'
        if content.startswith(b'\xff\xd8\xff'):
            return 'image/jpeg'
        return 'video/mp4' if content[4:8] == b'ftyp' else None

    def _check_fields(self, vals):
        if not self.env.su and vals.keys() & WECOMS_FIELDS:
            raise AccessError(self.env._("What WeCom knows of a material can't be changed here."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_fields(vals)
        materials = super().create(vals_list)
        self._trigger_upload()
        return materials

    def write(self, vals):
        self._check_fields(vals)
        if vals.keys() & {'file', 'kind', 'app_id'}:
            vals = {**vals, 'media_id': False, 'media_until': False, 'problem': False}
            self._trigger_upload()
        return super().write(vals)

    # === WHAT WECOM IS TOLD === #

    @api.model
    def _trigger_upload(self):
        self.env.ref('wecom_channel.ir_cron_wecom_material').sudo()._trigger()

    @api.model
    def _cron_upload(self):
        """Upload what messages use and WeCom doesn't have, or will forget within a day; one transaction each."""
        used = self.browse().union(*(self.env[name].search([('material_ids', '!=', False)]).material_ids for name in GREETINGS))
        soon = fields.Datetime.now() + LIFE - RENEWED_AFTER
        waiting = used.filtered(lambda material: material.kind in FILES and not (material.media_until and material.media_until > soon))
        standing = self.env['wecom.app']
        for left, material in zip(reversed(range(len(waiting))), waiting):
            if material.app_id in standing:
                continue
            try:
                material._upload()
            except WeComError as error:
                material.problem = error.sentence
                if error.policy != 'business':
                    at = fields.Datetime.add(fields.Datetime.now(), seconds=error.seconds or 60)
                    self.env.ref('wecom_channel.ir_cron_wecom_material').sudo()._trigger(at)
                    self.env['ir.cron']._commit_progress(0, remaining=0)
                    standing |= material.app_id
                    continue
            self.env['ir.cron']._commit_progress(1, remaining=left)

    def _upload(self):
        """Give WeCom the file. An upload whose answer got lost is done again: WeCom forgets the first in three days."""
        content = base64.b64decode(self.with_context(bin_size=False).file)
        kind = 'image' if self.kind == 'miniprogram' else self.kind
        guessed = self._guess_type(content) or mimetypes.guess_type(self.file_name or '')[0] or 'application/octet-stream'
        name = self.file_name or f'{self.name}{mimetypes.guess_extension(guessed) or ""}'
        answer = self.env['wecom.client']._call(self.app_id, 'media/upload', files={'media': (name, content, guessed)}, type=kind)
        self.write({'media_id': answer['media_id'], 'media_until': fields.Datetime.now() + LIFE, 'problem': False})

    def _forget(self):
        """WeCom doesn't know the uploaded files (any more): they are uploaded again."""
        self.write({'media_id': False, 'media_until': False})
        self._trigger_upload()

    def _is_ready(self):
        return self.kind == 'link' or bool(self.media_id and self.media_until > fields.Datetime.now())

    def _to_attachment(self):
        """Return it as WeCom's messages carry it (D:92137); it must be ready."""
        content = {
            'image': {'media_id': self.media_id},
            'video': {'media_id': self.media_id},
            'file': {'media_id': self.media_id},
            'link': {'title': self.name, 'url': self.url, 'desc': self.description or '', 'picurl': self.picture_url or ''},
            'miniprogram': {'title': self.name, 'pic_media_id': self.media_id, 'appid': self.mini_appid, 'page': self.mini_page},
        }[self.kind]
        return {'msgtype': self.kind, self.kind: content}
