from odoo import api, models
from odoo.exceptions import UserError

from ...tools import KG_PER_T, exact


class WastePricingTierAll(models.AbstractModel):
    """阶梯(全量跳档) TIER_ALL: the whole quantity at the price of the tier that the year's total has reached."""
    _name = 'waste.pricing.tier_all'
    _inherit = ['waste.pricing']
    _description = "Whole quantity at the price of its tier"

    @api.model
    def _counting_period(self, line):
        return 'year'

    @api.model
    def _price(self, line, total_t):
        """Return the price of the tier that holds ``total_t`` tonnes; bounds are [from, to)."""
        tiers = line._get_tiers()
        for tier in tiers:
            if tier._holds(total_t):
                return exact(tier.price_unit)
        raise UserError(self.env._(
            "No price tier of contract %(contract)s covers %(quantity)s t of %(waste)s. Complete the tiers.",
            contract=line.order_id.name, quantity=self._number(total_t), waste=line.waste_name))

    @api.model
    def _amount(self, line, settled):
        quantity_t = settled.net_kg / KG_PER_T
        return quantity_t * self._price(line, quantity_t + settled.before_kg / KG_PER_T)

    @api.model
    def _explain(self, line, settled):
        quantity_t = settled.net_kg / KG_PER_T
        total_t = quantity_t + settled.before_kg / KG_PER_T
        return self.env._(
            "%(total)s t this year is in the tier of %(price)s: %(quantity)s t × %(price)s = %(amount)s",
            total=self._number(total_t), price=self._number(self._price(line, total_t)),
            quantity=self._number(quantity_t), amount=self._number(self._amount(line, settled), 2))

    @api.model
    def _get_terms_error(self, line):
        if not line._get_tiers():
            return self.env._(
                "Waste detail %(waste)s of contract %(contract)s is priced by tiers, and there are none.",
                waste=line.waste_name, contract=line.order_id.name)
        return False

    @api.model
    def _planned_amount(self, line):
        """A draft whose tiers aren't typed yet is planned at its own price."""
        if not line._get_tiers():
            return self.env['waste.pricing.unit_t']._planned_amount(line)
        return super()._planned_amount(line)


class WastePricingTierExcess(models.AbstractModel):
    """阶梯(超额累进) TIER_MARGINAL: each kilogram at the price of its tier: quota 10 t, 12 t → 10×300 + 2×600.

    Without tiers on the contract: the business's quota at the line's price, the excess at its
    excess factor. The quota is per settlement cycle (the feed's kitchens: a quarter).
    """
    _name = 'waste.pricing.tier_excess'
    _inherit = ['waste.pricing']
    _description = "Only the excess at the higher price"

    @api.model
    def _counting_period(self, line):
        cycle = line.order_id.settlement_cycle
        return cycle if cycle in ('month', 'quarter') else 'year'

    @api.model
    def _steps(self, line):
        """Return the graduated prices as [(from_t, to_t or None, price)], Decimals."""
        tiers = line._get_tiers()
        if tiers:
            return [(exact(tier.from_t), exact(tier.to_t) or None, exact(tier.price_unit)) for tier in tiers]
        business = line.order_id.business_id.sudo()  # terms of the contract, read for whoever may read it
        quota_t = exact(business.default_quota_t)
        price = exact(line.price_unit)
        if not quota_t:
            return [(exact(0), None, price)]
        return [(exact(0), quota_t, price), (quota_t, None, price * exact(business.excess_price_factor))]

    @api.model
    def _parts(self, line, settled):
        """Return [(tonnes, price)] of ``settled``, one for each tier it touches."""
        low = settled.before_kg / KG_PER_T
        high = low + settled.net_kg / KG_PER_T
        parts = []
        for from_t, to_t, price in self._steps(line):
            part = (high if to_t is None else min(high, to_t)) - max(low, from_t)
            if part > 0:
                parts.append((part, price))
        return parts

    @api.model
    def _amount(self, line, settled):
        return sum((part * price for part, price in self._parts(line, settled)), exact(0))

    @api.model
    def _explain(self, line, settled):
        parts = ' + '.join(
            f'{self._number(part)} t × {self._number(price)}' for part, price in self._parts(line, settled))
        return self.env._(
            "After %(before)s t in this period: %(parts)s = %(amount)s",
            before=self._number(settled.before_kg / KG_PER_T), parts=parts or '0 t',
            amount=self._number(self._amount(line, settled), 2))
