from odoo import fields, models

from .waste_price_index import METALS

# Terms that single pricing modes need.
PRICE_TERMS = (
    'tax_rate_percent', 'included_quantity_t', 'price_basis', 'for_line_id', 'waived_over_t', 'distance_km', 't_per_bin',
    'lab_item', 'index_metal', 'index_coefficient', 'index_fee')


class WastePriceTermsMixin(models.AbstractModel):
    """What single pricing modes need of a waste detail, agreed in the contract or changed by an agreement."""
    _name = 'waste.price.terms.mixin'
    _description = "Terms of a price"

    tax_rate_percent = fields.Float(
        "Tax Rate (%)", digits=(5, 2), aggregator=None,
        help="VAT that the price includes. Supplies at different rates are details of their own.")
    included_quantity_t = fields.Float(
        "Own Included (t)", digits=(16, 6), min_display_digits=3,
        help="Included in the lump sum for this waste alone; 0: it shares what the contract includes.")
    price_basis = fields.Selection(
        [('t', "Tonne"), ('trip', "Trip"), ('tkm', "Tonne-kilometre"), ('bin', "Bin")], "Price per")
    for_line_id = fields.Many2one(
        'sale.order.line', "For Waste Detail", index='btree_not_null', copy=False,
        domain="[('order_id', '=', order_id), ('id', '!=', id)]",
        help="Whose waste the fee is for. Empty: all waste of the contract.")
    waived_over_t = fields.Float(
        "Waived over (t)", digits=(16, 6), min_display_digits=3, help="Tonnes of a calendar year above which the fee is waived; 0: never.")
    distance_km = fields.Float("Distance (km)", digits=(16, 3))
    t_per_bin = fields.Float("Tonnes a Bin", digits=(16, 6), min_display_digits=2, default=0.11, help="A bin of 120 l holds 0.11 t.")
    lab_item = fields.Char("Laboratory Item", help="As laboratory reports write it, such as 热值 or Cu.")
    index_metal = fields.Selection(METALS, "Metal")
    index_coefficient = fields.Float("Coefficient", digits=(6, 4), help="Share of the metal's value that we pay, such as 0.4.")
    index_fee = fields.Float("Fee (t)", min_display_digits='Product Price', help="Deducted from the value of a tonne.")
