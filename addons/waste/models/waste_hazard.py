from odoo import api, fields, models


class WasteHazard(models.Model):
    _name = "waste.hazard"
    _description = "Hazardous characteristic"
    _order = "sequence, code"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, help="T, C, I, R or In.")
    name = fields.Char(required=True, translate=False)
    name_en = fields.Char(string="English name")
    sequence = fields.Integer(default=10)
    color = fields.Integer()

    _code_uniq = models.Constraint("UNIQUE(code)", "Another hazard mark already has this code.")

    # === COMPUTE METHODS === #

    @api.depends("code", "name")
    def _compute_display_name(self):
        for hazard in self:
            hazard.display_name = f"{hazard.code or ''} {hazard.name or ''}".strip()
