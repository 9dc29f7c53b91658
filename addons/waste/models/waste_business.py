from odoo import fields, models


class WasteBusiness(models.Model):
    _name = "waste.business"
    _description = "Business line of waste"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short technical name, such as hazardous. Other systems send it.")
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True)
    needs_manifest = fields.Boolean(
        string="Transfer manifest", help="Each trip of this business needs a transfer manifest (联单).")
    needs_government_review = fields.Boolean(
        string="Government review", help="Contracts of this business pass a government office before they are signed.")
    default_quota_t = fields.Float(
        string="Default quota (t)", digits=(16, 6),
        help="Tonnes per settlement period at the normal price, where a contract has no tiers of its own.")
    excess_price_factor = fields.Float(
        default=1.0, digits=(6, 3), help="Above the quota the price is multiplied by this factor.")
    category_ids = fields.One2many("waste.category", "business_id", string="Waste categories")

    _code_uniq = models.Constraint("UNIQUE(code)", "Another business already has this code.")
    _quota_positive = models.Constraint("CHECK(default_quota_t >= 0)", "The default quota can not be negative.")
    _factor_positive = models.Constraint("CHECK(excess_price_factor >= 0)", "The factor can not be negative.")
