from odoo import api, models

from ...tools import KG_PER_T, exact


class WastePricingNegative(models.AbstractModel):
    """有价废物 NEGATIVE: we buy per tonne; the price is stored negative, the amount we owe is positive."""
    _name = 'waste.pricing.negative'
    _inherit = ['waste.pricing']
    _description = "Waste of value: we pay per tonne"
    _payer = 'us'

    @api.model
    def _amount(self, line, settled):
        return settled.net_kg / KG_PER_T * -exact(line.price_unit)

    @api.model
    def _explain(self, line, settled):
        return self.env._(
            "%(quantity)s t × %(price)s = %(amount)s, paid by us",
            quantity=self._number(settled.net_kg / KG_PER_T), price=self._number(-line.price_unit),
            amount=self._number(self._amount(line, settled), 2))
