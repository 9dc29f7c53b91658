import base64
import re

from odoo import api, fields, models
from odoo.exceptions import UserError

#: the token lets somebody read, the small picture is what the web client drew of the first page: neither changes the file
BESIDE_THE_FILE = {'access_token', 'thumbnail'}
PICTURE = re.compile(r'^/web/image/(\d+)\b')
#: SVG may refer to other files; paper needs none
PICTURE_TYPES = ('image/png', 'image/jpeg', 'image/gif', 'image/webp')
DATA_PICTURE = re.compile(r'^data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$')


class IrAttachment(models.Model):
    _inherit = 'ir.attachment'

    is_locked = fields.Boolean(
        "Locked", copy=False, readonly=True, help="Evidence: nobody can replace, move or delete the file.")

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get('is_locked') for vals in vals_list):
            raise UserError(self.env._("Files are locked by archiving their document."))
        return super().create(vals_list)

    def write(self, vals):
        if not vals.keys() <= BESIDE_THE_FILE:
            self._check_unlocked(vals)
            if 'is_locked' in vals and not self.env.su:
                raise UserError(self.env._("Files are locked by archiving their document."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self._check_unlocked()

    def _check_unlocked(self, vals=None):
        """Refuse whoever it is, jobs and administrators too: that is what a locked file is for.

        :param vals: what was to be written; None when the files were to be deleted
        """
        for attachment in self.sudo().filtered('is_locked'):
            raise UserError(self.env._(
                "%(file)s is archived: it can neither be changed nor deleted.", file=attachment.name))

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _get_document_picture(self, source, res_model, res_ids):
        """Return ``source`` of an <img> as ``data:`` URL when it is a picture of these records, else None."""
        if DATA_PICTURE.match(source):
            return source
        match = PICTURE.match(source)
        # Whoever prints the paper sees the pictures of its wording.
        attachment_sudo = self.sudo().browse(int(match[1])).exists() if match else self.browse()
        if not attachment_sudo or attachment_sudo.mimetype not in PICTURE_TYPES or (
                attachment_sudo.res_model != res_model or attachment_sudo.res_id not in res_ids):
            return None
        return f'data:{attachment_sudo.mimetype};base64,{base64.b64encode(attachment_sudo.raw).decode()}'
