from odoo import fields, models

from .waste_licence import LICENCE_KINDS


class WasteTransportMode(models.Model):
    _name = "waste.transport.mode"
    _description = "Transport mode"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=False)
    sequence = fields.Integer(default=10)
    licence_needed = fields.Char(translate=False, help="The licence the carrier needs for this mode.")
    licence_kind = fields.Selection(
        LICENCE_KINDS, string="Licence checked", help="Contracts ask whether their carrier has it. Empty: no licence is asked for.")
    note = fields.Char()
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Another transport mode already has this code.")
