from odoo import fields, models


class WastePackaging(models.Model):
    _name = "waste.packaging"
    _description = "Packaging type"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=False)
    kind = fields.Selection(
        [
            ("drum", "Drum or bin"), ("bag", "Bag"), ("box", "Box"), ("pallet", "Pallet"), ("tanker", "Tanker"),
            ("container", "Roll-off container"), ("loose", "Loose load"), ("cylinder", "Cylinder"), ("bale", "Bale"),
            ("none", "None"),
        ], required=True)
    sequence = fields.Integer(default=10)
    volume_l = fields.Float(string="Volume (L)", digits=(16, 1))
    typical_net_kg_low = fields.Float(string="Usual net weight from (kg)", digits=(16, 3))
    typical_net_kg_high = fields.Float(string="Usual net weight to (kg)", digits=(16, 3))
    holds_liquid = fields.Boolean()
    holds_solid = fields.Boolean()
    reusable = fields.Boolean()
    un_code = fields.Char(string="UN code")
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Another packaging type already has this code.")
