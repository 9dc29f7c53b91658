from odoo import api, models

from ...tools import KG_PER_T, Settled, exact, half_up


class WastePricingLumpYear(models.AbstractModel):
    """总价包干(年) LUMP_YEAR with 超量单价: 3 t included in 8,000, 3.6 t taken → 8,000 + 0.6 × 3,500.

    The lump sum is charged once a calendar year by the statement, not by a line; a line's
    amount is its share of the excess over the included quantity, which all lump lines of the
    contract use up together (``settled.before_kg`` is therefore pooled over them).
    """
    _name = 'waste.pricing.lump_year'
    _inherit = ['waste.pricing']
    _description = "Yearly lump sum with an included quantity"

    @api.model
    def _excess_t(self, settled, included_t):
        """Return the tonnes of ``settled`` above the included quantity, as Decimal."""
        before_t = settled.before_kg / KG_PER_T
        after_t = before_t + settled.net_kg / KG_PER_T
        return max(after_t - max(included_t, before_t), exact(0))

    @api.model
    def _amount(self, line, settled):
        return self._excess_t(settled, exact(line.order_id.included_quantity_t)) * exact(line.price_unit)

    @api.model
    def _explain(self, line, settled):
        included_t = exact(line.order_id.included_quantity_t)
        return self.env._(
            "%(quantity)s t after %(before)s t this year, %(included)s t included: "
            "excess %(excess)s t × %(price)s = %(amount)s",
            quantity=self._number(settled.net_kg / KG_PER_T),
            before=self._number(settled.before_kg / KG_PER_T), included=self._number(included_t),
            excess=self._number(self._excess_t(settled, included_t)), price=self._number(line.price_unit),
            amount=self._number(self._amount(line, settled), 2))

    @api.model
    def _counting_period(self, line):
        return 'year'

    # ------------------------------------------------------------------ planning

    @api.model
    def _planned(self, line):
        """Earlier lump lines of the contract use up the included quantity first."""
        before_t = exact(0)
        for earlier in line.order_id._get_lines_of_mode('lump_year'):
            if earlier == line:
                break
            if not earlier.is_unlimited:
                before_t += exact(earlier.planned_quantity_t)
        return super()._planned(line)._replace(before_kg=before_t * KG_PER_T)

    @api.model
    def _planned_amount(self, line):
        """The excess of the plan; the first lump line also carries the lump sums of all years."""
        order = line.order_id
        years = order._get_calendar_years()
        planned = Settled(net_kg=exact(0)) if line.is_unlimited else self._planned(line)
        excess_t = self._excess_t(planned, exact(order.included_quantity_t) * years)
        amount = half_up(excess_t * exact(line.price_unit))
        if line == order._get_lines_of_mode('lump_year')[:1]:
            amount += half_up(exact(order.lump_sum_amount) * years)
        return amount
