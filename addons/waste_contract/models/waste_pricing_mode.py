from odoo import fields, models

PRICING_MODES = [
    ('unit_t', "Per tonne"),
    ('unit_kg', "Per kilogram"),
    ('unit_package', "Per package"),
    ('per_trip', "Per trip"),
    ('lump_year', "Lump sum"),
    ('tier_all', "Tiers, whole quantity"),
    ('tier_excess', "Tiers, excess only"),
    ('tier_quota', "Tiers up to a quota, excess above"),
    ('negative', "We pay per tonne"),
    ('indexed', "We pay by market price"),
    ('calorific', "By laboratory value"),
    ('kitchen_bin', "Per bin"),
    ('kitchen_free', "Paid by the government"),
    ('transport_sep', "Transport apart"),
    ('pretreat_fee', "Pre-treatment apart"),
    ('analysis_fee', "Analysis per sample"),
]


class WastePricingMode(models.Model):
    """What a business may choose from; the arithmetic is in `waste.pricing.<code>`."""
    _name = 'waste.pricing.mode'
    _description = "Pricing Mode"
    _order = 'sequence, id'
    _rec_names_search = ['name', 'code']

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(PRICING_MODES, required=True)
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True, help="How the amount is calculated, with an example.")

    _code_uniq = models.Constraint('UNIQUE(code)', "This pricing mode exists already.")
