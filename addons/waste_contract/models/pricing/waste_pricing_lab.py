from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import KG_PER_T, exact


class WastePricingLab(models.AbstractModel):
    """Prices that follow the laboratory: each batch has its own."""
    _name = 'waste.pricing.lab'
    _inherit = ['waste.pricing']
    _description = "Price by laboratory value"

    @api.model
    def _settle_by(self, line):
        return 'batch'

    @api.model
    def _lab_value(self, line, settled):
        """Return the value of the line's laboratory item as Decimal.

        :raise UserError: when no report of the batch has it
        """
        for item, value in settled.lab:
            if item == line.lab_item:
                return exact(value)
        raise UserError(self.env._(
            "The price of %(waste)s in contract %(contract)s follows “%(item)s”, and no laboratory report says it. "
            "Enter the report first.", waste=line.waste_name, contract=line.order_id.name, item=line.lab_item))

    @api.model
    def _get_terms_error(self, line):
        if not line.lab_item:
            return self.env._(
                "The price of waste detail %(waste)s of contract %(contract)s follows the laboratory: "
                "name the item of its reports, such as 热值 or Cu.", waste=line.waste_name, contract=line.order_id.name)
        return False

    @api.model
    def _get_planning_pricing(self):
        """No laboratory has seen what is planned: planned at the price that the line expects."""
        return self.env['waste.pricing.negative' if self._payer == 'us' else 'waste.pricing.unit_t']

    @api.model
    def _planned_amount(self, line):
        return self._get_planning_pricing()._planned_amount(line)


class WastePricingCalorific(models.AbstractModel):
    """按热值/成分分档 CALORIFIC: per tonne by the band that the laboratory value lies in: from 3,750 kcal/kg 1,995, below 2,195."""
    _name = 'waste.pricing.calorific'
    _inherit = ['waste.pricing.lab']
    _description = "Price per tonne by the band of a laboratory value"

    @api.model
    def _price(self, line, value):
        for tier in line._get_tiers():
            if tier._holds(value):
                return exact(tier.price_unit)
        raise UserError(self.env._(
            "No price tier of contract %(contract)s covers “%(item)s” %(value)s of %(waste)s. Complete the tiers.",
            contract=line.order_id.name, item=line.lab_item, value=self._number(value), waste=line.waste_name))

    @api.model
    def _amount(self, line, settled):
        if not settled.net_kg:
            return exact(0)
        return self._quantity(line, settled) * self._price(line, self._lab_value(line, settled))

    @api.model
    def _explain(self, line, settled):
        if not settled.net_kg:
            return self.env._("0 t = 0.00")
        value = self._lab_value(line, settled)
        return self.env._(
            "%(item)s %(value)s is in the band of %(price)s: %(quantity)s t × %(price)s = %(amount)s",
            item=line.lab_item, value=self._number(value), price=self._number(self._price(line, value)),
            quantity=self._number(settled.net_kg / KG_PER_T), amount=self._number(self._amount(line, settled), 2))

    @api.model
    def _get_terms_error(self, line):
        return super()._get_terms_error(line) or self.env['waste.pricing.tier_all']._get_terms_error(line)


class WastePricingIndexed(models.AbstractModel):
    """随行就市(金属折价) INDEXED: we pay market × content % × coefficient − fee a tonne: 3.2 % Cu × 72,000 × 0.4.

    Where the fee is more than the metal is worth the tonne costs nothing; who wants to charge then agrees a fee of its own.
    """
    _name = 'waste.pricing.indexed'
    _inherit = ['waste.pricing.lab']
    _description = "We pay by the market price of a metal and its content"
    _payer = 'us'

    @api.model
    def _price(self, line, settled):
        """Return the price of a tonne as Decimal >= 0, and the quotation it follows."""
        quote = self.env['waste.price.index']._find(
            line.index_metal, settled.day or fields.Date.context_today(line), line.currency_id)
        content = self._lab_value(line, settled) / 100
        price = exact(quote.price_unit) * content * exact(line.index_coefficient) - exact(line.index_fee)
        return max(price, exact(0)), quote

    @api.model
    def _amount(self, line, settled):
        if not settled.net_kg:
            return exact(0)
        return self._quantity(line, settled) * self._price(line, settled)[0]

    @api.model
    def _explain(self, line, settled):
        if not settled.net_kg:
            return self.env._("0 t = 0.00")
        price, quote = self._price(line, settled)
        return self.env._(
            "%(metal)s %(market)s on %(day)s × %(content)s%% × %(coefficient)s − %(fee)s = %(price)s; "
            "%(quantity)s t × %(price)s = %(amount)s, paid by us",
            metal=line.index_metal, market=self._number(quote.price_unit), day=quote.date,
            content=self._number(self._lab_value(line, settled)), coefficient=self._number(line.index_coefficient),
            fee=self._number(line.index_fee), price=self._number(price),
            quantity=self._number(settled.net_kg / KG_PER_T), amount=self._number(self._amount(line, settled), 2))

    @api.model
    def _get_terms_error(self, line):
        if error := super()._get_terms_error(line):
            return error
        if not line.index_metal or not line.index_coefficient:
            return self.env._(
                "Waste detail %(waste)s of contract %(contract)s follows the market: "
                "choose the metal and type the coefficient.", waste=line.waste_name, contract=line.order_id.name)
        return False
