import base64
import logging

import requests

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import picture
from .wecom_poster import DRAWN

_logger = logging.getLogger(__name__)


class WecomWayMixin(models.AbstractModel):
    """The picture of a code: kept here once, so that lists and posters need no other server; and the poster with it."""
    _inherit = 'wecom.way.mixin'

    qr_picture = fields.Binary("Picture of the code", readonly=True, attachment=True, copy=False)
    is_pictured = fields.Boolean(readonly=True, copy=False)
    poster_id = fields.Many2one('wecom.poster', "Poster", ondelete='set null')
    poster_picture = fields.Binary("Poster with the code", compute='_compute_poster_picture')

    @api.depends('qr_picture', 'name', *(f'poster_id.{name}' for name in DRAWN))
    def _compute_poster_picture(self):
        for record in self:
            code = record.poster_id and record.with_context(bin_size=False).qr_picture
            record.poster_picture = record.poster_id._draw(base64.b64decode(code), record._get_poster_name()) if code else False

    def _get_poster_name(self):
        return self.name

    def action_download_poster(self):
        self.ensure_one()
        self.check_access('read')
        if not self.poster_picture:
            raise UserError(self.env._("“%(name)s”: choose a poster, and wait until WeCom has made the code.", name=self.name))
        return {'type': 'ir.actions.act_url', 'target': 'download',
                'url': f'/web/content/{self._name}/{self.id}/poster_picture?download=true&filename={self.key}.png'}

    def action_download_picture(self):
        self.ensure_one()
        self.check_access('read')
        return {'type': 'ir.actions.act_url', 'target': 'download',
                'url': f'/web/content/{self._name}/{self.id}/qr_picture?download=true&filename={self.key}.png'}

    @api.model
    def _cron_send(self):
        super()._cron_send()
        # A way into group chats may still be without the address of its picture.
        for record in self.search(
                [('is_pictured', '=', False), '|', ('qr_code', '!=', False), ('url', '!=', False)], order='id'):
            if not record._keep_picture():
                return
            self.env['ir.cron']._commit_progress(1)

    def _keep_picture(self):
        """Fetch the picture of a code, draw that of a link.

        :return: False when WeCom gives no answer; it is asked again with the next run
        """
        try:
            content = picture.draw_code(self.url) if self.url else picture.fetch(self.qr_code, self.app_id._get_base_url())
        except picture.BadPicture as error:
            # The screen shows WeCom's own picture then.
            _logger.warning("WeCom code %s: its picture can't be kept (%s)", self.id, error)
            content = None
        except requests.RequestException as error:
            _logger.info("WeCom code %s: no picture yet (%s)", self.id, type(error).__name__)
            return False
        self.write({'qr_picture': content and base64.b64encode(content), 'is_pictured': True})
        return True

    def _add(self):
        return {**super()._add(), 'is_pictured': False}

    def _take_away(self):
        super()._take_away()
        self.write({'qr_picture': False, 'is_pictured': False})
