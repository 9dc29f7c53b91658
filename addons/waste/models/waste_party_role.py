from odoo import fields, models


class WastePartyRole(models.Model):
    """What a partner is to the group: one partner may be several things at once."""

    _name = "waste.party.role"
    _description = "Party role"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()

    _code_uniq = models.Constraint("UNIQUE(code)", "Another party role already has this code.")
