import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import pattern


class SmsCnTemplate(models.Model):
    """A text the vendor has approved, and the wording in Odoo that stands for it. Nothing else can be sent."""
    _name = 'sms.cn.template'
    _description = "Approved SMS text"
    _order = 'company_id, kind, name, id'
    _check_company_auto = True

    name = fields.Char(required=True)
    account_id = fields.Many2one('sms.cn.account', "Gateway", required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='account_id.company_id', store=True, index=True)
    active = fields.Boolean(default=True)

    kind = fields.Selection([
        ('code', "Verification code"), ('notice', "Notification"), ('promotion', "Promotion"),
    ], required=True, default='notice')
    code = fields.Char("Template number", required=True, help="As the vendor's console shows it, e.g. SMS_154950909 or 1400321.")
    sms_template_id = fields.Many2one('sms.template', "SMS template in Odoo", help="Its text becomes the wording below.")
    wording = fields.Text(
        "Wording in Odoo", required=True,
        help="The text as Odoo writes it, without the signature. What changes from message to message is a variable: ${code}.")
    variables = fields.Char(
        compute='_compute_variables', store=True, readonly=False,
        help="The variables the vendor's template takes, in its order: for Tencent Cloud {1} is the first one.")

    _code_uniq = models.Constraint('UNIQUE(account_id, code)', "This gateway already has a template of that number.")

    @api.depends('wording')
    def _compute_variables(self):
        for template in self:
            template.variables = ', '.join(pattern.names(template.wording))

    @api.constrains('wording', 'variables')
    def _check_variables(self):
        for template in self:
            unknown = set(template._variable_list()) - set(pattern.names(template.wording))
            if unknown:
                raise ValidationError(self.env._(
                    "%(template)s: the wording has no variable %(names)s. Write it there as ${name}, or take it off the list.",
                    template=template.name, names=", ".join(sorted(unknown))))
            if not pattern.fixed_length(template.wording):
                raise ValidationError(self.env._(
                    "%(template)s: the wording has nothing but variables, so it would fit any text. Write the fixed words too.",
                    template=template.name))

    @api.onchange('sms_template_id')
    def _onchange_sms_template_id(self):
        """Each expression of Odoo's template becomes a variable."""
        if body := self.sms_template_id.body:
            numbers = iter(range(1, body.count('{{') + 1))
            self.wording = re.sub(r'\{\{.*?\}\}', lambda _found: f'${{v{next(numbers)}}}', body, flags=re.DOTALL)

    def _variable_list(self):
        return [name.strip() for name in (self.variables or '').split(',') if name.strip()]

    def _match(self, text):
        """The template among these that covers a text, with its values; of several the one with the most fixed words.

        :return: (template or empty, {variable: value})
        """
        for template in self.sorted(lambda template: (-pattern.fixed_length(template.wording), template.id)):
            values = pattern.match(template.wording, text)
            if values is not None:
                return template, values
        return self.browse(), {}
