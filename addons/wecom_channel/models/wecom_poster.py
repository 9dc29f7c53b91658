import base64
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import picture

MOST_MEGABYTES = 10
DRAWN = ('background', 'left_percent', 'top_percent', 'side_percent', 'has_name', 'color')


class WecomPoster(models.Model):
    """A background on which codes are put: where, how large, with which name. Serves any number of codes."""
    _name = 'wecom.poster'
    _description = "WeCom poster"
    _order = 'name, id'

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', default=lambda self: self.env.company, index=True)
    background = fields.Binary(required=True, attachment=True, help="PNG or JPEG, 300 to 4,000 pixels each side, up to 10 MB.")
    left_percent = fields.Float("From the left (%)", default=35, help="Of the width, to the code's left side.")
    top_percent = fields.Float("From the top (%)", default=65, help="Of the height, to the code's upper side.")
    side_percent = fields.Float("Size (%)", default=30, help="Of the width. A code needs 120 pixels to be scanned.")
    has_name = fields.Boolean("With the name", default=True, help="The name of the code below it; of a code for one member, his.")
    color = fields.Char("Color of the name", default='#000000')
    preview = fields.Binary(compute='_compute_preview')

    @api.depends(*DRAWN)
    def _compute_preview(self):
        for poster in self:
            try:
                poster.preview = poster._draw(picture.draw_code('https://work.weixin.qq.com/'), self.env._("Name of the code"))
            except (picture.BadPicture, ValueError):
                poster.preview = False

    @api.constrains('background', 'left_percent', 'top_percent', 'side_percent', 'color')
    def _check_poster(self):
        for poster in self:
            content = poster._read_background()
            if len(content) > MOST_MEGABYTES * 2 ** 20:
                raise ValidationError(self.env._(
                    "“%(poster)s”: the picture is larger than %(most)s MB.", poster=poster.name, most=MOST_MEGABYTES))
            try:
                size = picture.open_picture(content).size
            except picture.BadPicture:
                raise ValidationError(self.env._(
                    "“%(poster)s”: choose a PNG or JPEG picture, %(fewest)s to %(most)s pixels each side.",
                    poster=poster.name, fewest=picture.FEWEST_PIXELS, most=picture.MOST_PIXELS)) from None
            left, top, side = poster._get_place(size)
            if left < 0 or top < 0 or side < picture.SMALLEST_CODE or left + side > size[0] or top + side > size[1]:
                raise ValidationError(self.env._(
                    "“%(poster)s”: the code lies outside the picture or is smaller than %(fewest)s pixels. Change its place or size.",
                    poster=poster.name, fewest=picture.SMALLEST_CODE))
            if not re.fullmatch('#[0-9a-fA-F]{6}', poster.color or ''):
                raise ValidationError(self.env._("“%(poster)s”: choose the color of the name again.", poster=poster.name))

    def _read_background(self):
        return base64.b64decode(self.with_context(bin_size=False).background or b'')

    def _get_place(self, size):
        return round(size[0] * self.left_percent / 100), round(size[1] * self.top_percent / 100), round(size[0] * self.side_percent / 100)

    def _draw(self, code, name):
        """Return the poster with a code as Base64 of a PNG.

        :param code: PNG
        :raise picture.BadPicture: the background is none
        """
        background = self._read_background()
        place = self._get_place(picture.open_picture(background).size)
        return base64.b64encode(picture.draw_poster(background, code, *place, name if self.has_name else '', self.color))
