from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import words


class WecomTagRule(models.Model):
    """Rules by what was said."""
    _inherit = 'wecom.tag.rule'

    kind = fields.Selection(selection_add=[('keyword', "Words in messages")], ondelete={'keyword': 'cascade'})
    keywords = fields.Text("Words", help="One a line, any of them; * stands for anything between.")
    said_by = fields.Selection([
        ('customer', "The customer"),
        ('member', "The member"),
        ('both', "Either"),
    ], "Said by", required=True, default='customer')

    @api.model
    def _get_condition_fields(self):
        return super()._get_condition_fields() + ['keywords', 'said_by']

    @api.constrains('kind', 'keywords')
    def _check_keywords(self):
        for rule in self:
            if rule.kind == 'keyword' and not words.split(rule.keywords):
                raise ValidationError(self.env._("“%(rule)s”: give at least one word to look for.", rule=rule.name))

    @api.model
    def _look_at(self, messages):
        """Have the rules look soon at the customers of messages in which one of their words is."""
        keywords = [word for rule in self.search([('kind', '=', 'keyword'), ('state', '=', 'on')]) for word in words.split(rule.keywords)]
        messages.filtered(lambda message: words.find(message.text, keywords)).contact_id._check_tags()
