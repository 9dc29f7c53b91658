from odoo import api, fields, models, tools
from odoo.exceptions import UserError

METALS = [
    ('Cu', "Copper Cu"), ('Ni', "Nickel Ni"), ('Sn', "Tin Sn"), ('Zn', "Zinc Zn"), ('Pb', "Pb"),
    ('Al', "Aluminium Al"), ('Co', "Cobalt Co"), ('Ag', "Silver Ag"), ('Au', "Gold Au"), ('Pd', "Palladium Pd"),
]


class WastePriceIndex(models.Model):
    """Market quotations of metals that prices follow (随行就市)."""
    _name = 'waste.price.index'
    _description = "Market Price"
    _order = 'metal, date desc, id'
    _rec_name = 'metal'

    metal = fields.Selection(METALS, required=True)
    date = fields.Date(required=True, default=fields.Date.context_today, help="Valid from this day until the next quotation.")
    price_unit = fields.Float("Price (t)", required=True, min_display_digits='Product Price', aggregator=None)
    currency_id = fields.Many2one(
        'res.currency', required=True, default=lambda self: self.env.company.currency_id)
    source = fields.Char(help="Where the quotation is from, such as 上海有色网 SMM 1# copper, average price.")

    _quotation_uniq = models.Constraint(
        'UNIQUE(metal, date, currency_id)', "The price of this metal on that day is there already.")
    _price_positive = models.Constraint('CHECK(price_unit >= 0)', "A market price must not be negative.")

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        quotes = super().create(vals_list)
        self.env.registry.clear_cache()
        return quotes

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _find(self, metal, day, currency):
        """Return the quotation of ``metal`` in force on ``day``.

        :raise UserError: when there is none
        """
        quote_id = self._find_id(metal, day, currency.id)
        if not quote_id:
            raise UserError(self.env._(
                "There is no market price of %(metal)s on %(day)s in %(currency)s. Enter it under Market Prices.",
                metal=metal, day=day, currency=currency.name))
        # What was quoted is public; who settles or reads a contract needn't be allowed to keep the table.
        return self.sudo().browse(quote_id)

    @tools.ormcache('metal', 'day', 'currency_id')
    def _find_id(self, metal, day, currency_id):
        """Each batch of a year asks for its own day; a run of statements asks a thousand times for the same."""
        return self.sudo().search([
            ('metal', '=', metal), ('date', '<=', day), ('currency_id', '=', currency_id)], limit=1).id
