from odoo import api, fields, models
from odoo.exceptions import ValidationError

CODE_LENGTHS = {"province": 2, "city": 4, "subdistrict": 9, "town": 9, "park": 9}


class WasteRegion(models.Model):
    _name = "waste.region"
    _description = "Administrative region"
    _order = "code, id"
    _rec_names_search = ["name", "code"]

    code = fields.Char(
        required=True, help="Statistical code: 2 digits of a province, 4 of a city (digits 5-8 of a manifest number), 9 of a town.")
    name = fields.Char(required=True, translate=False)
    kind = fields.Selection(
        [("province", "Province"), ("city", "City"), ("subdistrict", "Subdistrict"), ("town", "Town"), ("park", "Park")],
        required=True)
    parent_id = fields.Many2one("waste.region", index=True, ondelete="restrict", string="Part of")
    child_ids = fields.One2many("waste.region", "parent_id", string="Parts")
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Another region already has this code.")

    # === COMPUTE METHODS === #

    @api.depends("name", "kind", "parent_id.name")
    def _compute_display_name(self):
        # Cities carry their province, because four of them are all called 市辖区.
        for region in self:
            city = region.kind == "city" and region.parent_id
            region.display_name = f"{region.parent_id.name}{region.name}" if city else region.name

    # === CONSTRAINT METHODS === #

    @api.constrains("code", "kind")
    def _check_code(self):
        for region in self:
            length = CODE_LENGTHS[region.kind]
            if not (region.code.isdecimal() and len(region.code) == length):
                raise ValidationError(self.env._(
                    "“%(code)s” can not be the code of %(region)s: it needs %(length)s digits.",
                    code=region.code, region=region.name, length=length))

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A region can not be part of itself."))
