from odoo import api, fields, models


class WasteCatalogueVersion(models.Model):
    """An official list of waste codes, as published. Codes point to the list that introduced them."""

    _name = "waste.catalogue.version"
    _description = "Version of an official waste catalogue"
    _order = "valid_from desc, id desc"

    name = fields.Char(required=True, help="The year by which people call it, such as 2021.")
    business_id = fields.Many2one(
        "waste.business", required=True, index=True, default=lambda self: self.env.ref("waste.business_hazardous", False))
    order = fields.Char(string="Order", help="The order that published the list, such as 生态环境部令第15号.")
    published_on = fields.Date()
    valid_from = fields.Date(required=True)
    valid_to = fields.Date()
    official_count = fields.Integer(string="Codes in the official list")
    code_count = fields.Integer(string="Codes valid here", compute="_compute_code_count")
    status = fields.Selection(
        [("not_loaded", "List not loaded"), ("partial", "Differs from the official count"), ("loaded", "Loaded")],
        compute="_compute_code_count",
        help="Whether as many codes are valid here on the list's first day as the official list has.")
    note = fields.Text()

    _name_uniq = models.Constraint("UNIQUE(business_id, name)", "This business already has a list of this name.")
    _period_ordered = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_to >= valid_from)", "A list can not end before it starts.")

    # === COMPUTE METHODS === #

    @api.depends("valid_from", "business_id", "official_count")
    def _compute_code_count(self):
        codes = self.env["waste.code"].search_fetch(
            [("business_id", "in", self.business_id.ids), ("is_fallback", "=", False)],
            ["business_id", "catalogue_version_id", "valid_from", "valid_to"])
        by_business = codes.grouped("business_id")
        for version in self:
            listed = by_business.get(version.business_id, codes.browse())
            valid = listed._valid_on(version.valid_from) if version.valid_from else listed.browse()
            version.code_count = len(valid)
            if version not in listed.catalogue_version_id:
                version.status = "not_loaded"
            elif version.official_count and version.official_count != len(valid):
                version.status = "partial"
            else:
                version.status = "loaded"

    @api.depends("name", "order")
    def _compute_display_name(self):
        for version in self:
            version.display_name = f"{version.name}（{version.order}）" if version.order else version.name
