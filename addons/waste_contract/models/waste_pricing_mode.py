from odoo import fields, models

PRICING_MODES = [
    ('unit_t', "Per tonne"),
    ('unit_kg', "Per kilogram"),
    ('unit_package', "Per package"),
    ('per_trip', "Per trip"),
    ('lump_year', "Yearly lump sum"),
    ('tier_all', "Tiers, whole quantity"),
    ('tier_excess', "Tiers, excess only"),
    ('negative', "We pay per tonne"),
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
