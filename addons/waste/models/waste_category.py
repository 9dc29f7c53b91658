from odoo import api, fields, models


class WasteCategory(models.Model):
    _name = "waste.category"
    _description = "Waste category"
    _order = "code, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, help="HW22 for hazardous waste, SW17 for general solid waste.")
    name = fields.Char(required=True, translate=False)
    business_id = fields.Many2one("waste.business", required=True, index=True, ondelete="restrict")
    fallback_code = fields.Char(
        help="Code of waste that was identified as hazardous and fits no other code of the category (900-000-xx).")
    code_ids = fields.One2many("waste.code", "category_id", string="Waste codes")
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Another waste category already has this code.")

    # === COMPUTE METHODS === #

    @api.depends("code", "name")
    def _compute_display_name(self):
        for category in self:
            category.display_name = f"{category.code or ''} {category.name or ''}".strip()
