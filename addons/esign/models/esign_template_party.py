import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

ACTIONS = [('sign', "Signs by hand"), ('seal', "Puts the seal"), ('review', "Reviews"), ('cc', "Gets a copy")]
KEY = re.compile(r'^[a-z][a-z0-9_]{0,30}$')


class EsignTemplateParty(models.Model):
    """A role in a signing template: who, what, when."""

    _name = 'esign.template.party'
    _description = "Party of a signing template"
    _order = 'template_id, order, id'

    template_id = fields.Many2one('esign.template', "Template", required=True, ondelete='cascade', index=True)
    name = fields.Char("Role", required=True, translate=True)
    key = fields.Char("Signature Place", required=True, help="Name of the place in the document, such as party_a.")
    action = fields.Selection(ACTIONS, "Does", required=True, default='sign')
    order = fields.Integer("Step", default=1, help="Parties of one step sign in any order; the next step follows them.")
    or_group = fields.Char("Either-or Group", help="Of several people in one group, whoever comes first signs for all.")
    seal_id = fields.Many2one(
        'esign.seal', "Seal", index='btree_not_null', ondelete='restrict', help="Empty: the first seal of the company."
    )
    needs_otp = fields.Boolean("Code by SMS", default=True)
    reading_seconds = fields.Integer("Reading Time (s)", default=10)
    per_character = fields.Boolean("One Box per Character", help="Easier on narrow phones and for elderly people.")

    _reading = models.Constraint('CHECK(reading_seconds BETWEEN 0 AND 600)', "The reading time is between 0 and 600 seconds.")

    @api.constrains('key')
    def _check_key(self):
        for party in self:
            if not KEY.match(party.key):
                raise ValidationError(
                    self.env._("“%(key)s” can't name a signature place: use small letters, digits and underscores.", key=party.key)
                )

    @api.model_create_multi
    def create(self, vals_list):
        parties = super().create(vals_list)
        parties.template_id._check_unused()
        return parties

    def write(self, vals):
        self.template_id._check_unused()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.template_id._check_unused()
