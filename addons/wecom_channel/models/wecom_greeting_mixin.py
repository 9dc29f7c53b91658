from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError

LONGEST, MOST_MATERIALS = 4000, 9  # bytes; D:92137


class WecomGreetingMixin(models.AbstractModel):
    """What a customer is told first: a text and up to nine attachments."""
    _name = 'wecom.greeting.mixin'
    _description = "Welcome of WeCom customers"

    welcome = fields.Text("Welcome message", help="Sent within 20 seconds. {customer} and {member} stand for their names.")
    material_ids = fields.Many2many('wecom.material', string="Attachments")
    welcome_preview = fields.Html("Preview", compute='_compute_welcome_preview')

    @api.depends('welcome', 'material_ids')
    def _compute_welcome_preview(self):
        for greeting in self:
            text = greeting._fill_in(self.env._("Ms. Wang"), self.env._("Li Na")) if greeting.welcome else ''
            greeting.welcome_preview = self._to_bubbles(text, greeting.material_ids)

    @api.model
    def _to_bubbles(self, text, materials):
        """Return a message about as a phone shows it."""
        kinds = dict(materials._fields['kind']._description_selection(self.env))
        bubbles = [*filter(None, [text]), *(f'[{kinds[material.kind]}] {material.name}' for material in materials)]
        return Markup('').join(
            Markup('<div class="mb-2"><span class="d-inline-block rounded bg-success-subtle text-body p-2" '
                   'style="white-space: pre-wrap">%s</span></div>') % bubble for bubble in bubbles) or False

    @api.constrains('welcome', 'material_ids')
    def _check_greeting(self):
        for greeting in self:
            if len((greeting.welcome or '').encode()) > LONGEST:
                raise ValidationError(self.env._(
                    "“%(name)s”: the welcome message is longer than %(most)s bytes, which is some 1,300 Chinese characters.",
                    name=greeting.display_name, most=LONGEST))
            if len(greeting.material_ids) > MOST_MATERIALS:
                raise ValidationError(self.env._(
                    "“%(name)s”: a welcome message carries at most %(most)s attachments.",
                    name=greeting.display_name, most=MOST_MATERIALS))

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get('material_ids') for vals in vals_list):
            self.env['wecom.material']._trigger_upload()
        return super().create(vals_list)

    def write(self, vals):
        if vals.get('material_ids'):
            self.env['wecom.material']._trigger_upload()
        return super().write(vals)

    def _says_something(self):
        return bool(self.welcome or self.material_ids)

    def _fill_in(self, customer, member):
        text = (self.welcome or '').replace('{member}', member).replace('{customer}', customer)
        return text.encode()[:LONGEST].decode(errors='ignore')
