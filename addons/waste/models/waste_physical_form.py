from odoo import fields, models


class WastePhysicalForm(models.Model):
    _name = "waste.physical.form"
    _description = "Physical form"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=False)
    sequence = fields.Integer(default=10)

    _code_uniq = models.Constraint("UNIQUE(code)", "Another physical form already has this code.")
