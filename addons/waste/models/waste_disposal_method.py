from odoo import api, fields, models


class WasteDisposalMethod(models.Model):
    _name = "waste.disposal.method"
    _description = "Disposal method"
    _order = "sequence, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=False)
    kind = fields.Selection(
        [("recovery", "Recovery"), ("disposal", "Disposal"), ("legacy", "Chromium slag (old codes)")], required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Another disposal method already has this code.")

    # === COMPUTE METHODS === #

    @api.depends("code", "name")
    def _compute_display_name(self):
        for method in self:
            method.display_name = f"{method.code or ''} {method.name or ''}".strip()
