import mimetypes

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

#: what a browser may show; all else is downloaded
SHOWN = ('image/jpeg', 'image/png', 'image/gif', 'image/webp')


class ArchiveMedia(http.Controller):

    @http.route('/wecom_archive/media/<int:media_id>', type='http', auth='user', methods=['GET'], readonly=False)
    def media(self, media_id):
        """Give a file of the archive to who may read its message, and put that on record: the only way to it."""
        media = request.env['wecom.archive.media'].browse(media_id)
        try:
            media.check_access('read')
            media.message_id.check_access('read')
        except (AccessError, MissingError):
            raise NotFound from None
        # sudo: nobody reads the column itself; checked above, noted below
        media_sudo = media.sudo()
        if media_sudo.state != 'fetched':
            raise NotFound
        request.env['wecom.archive.access']._note_messages(media.message_id, 'media')
        kind = mimetypes.guess_type(media_sudo.name)[0] or 'application/octet-stream'
        stream = media_sudo.env['ir.binary']._get_stream_from(media_sudo, 'content', filename=media_sudo.name, mimetype=kind)
        stream.mimetype = kind
        return stream.get_response(as_attachment=kind not in SHOWN, immutable=False, max_age=0)
