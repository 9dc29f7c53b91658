from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import LONGEST, MOST_MATERIALS


class WecomWordsMixin(models.AbstractModel):
    """What members are asked to send: a text and up to nine attachments, the same for all who get it."""
    _name = 'wecom.words.mixin'
    _description = "Words of a WeCom group send"

    text = fields.Text(help="All customers get the same words: WeCom fills in no names.")
    material_ids = fields.Many2many('wecom.material', string="Attachments")
    preview = fields.Html(compute='_compute_preview')

    @api.depends('text', 'material_ids')
    def _compute_preview(self):
        for words in self:
            words.preview = self.env['wecom.greeting.mixin']._to_bubbles(words.text, words.material_ids)

    @api.constrains('text', 'material_ids')
    def _check_words(self):
        for words in self:
            if len((words.text or '').encode()) > LONGEST:
                raise ValidationError(self.env._(
                    "“%(name)s”: the text is longer than %(most)s bytes, which is some 1,300 Chinese characters.",
                    name=words.display_name, most=LONGEST))
            if len(words.material_ids) > MOST_MATERIALS:
                raise ValidationError(self.env._(
                    "“%(name)s”: a message carries at most %(most)s attachments.", name=words.display_name, most=MOST_MATERIALS))

    def _says_something(self):
        return bool((self.text or '').strip() or self.material_ids)

    def _to_message(self):
        """Return the words as WeCom's calls carry them; their materials must be ready."""
        return {**({'text': {'content': self.text}} if self.text else {}),
                'attachments': [material._to_attachment() for material in self.material_ids]}
