from odoo import api, models

from ...tools import KG_PER_T, Settled, exact, half_up


class WastePricingLumpYear(models.AbstractModel):
    """总价包干(年/次/月) LUMP_YEAR with EXCESS 超量单价: 3 t included in 8,000, 3.6 t taken → 8,000 + 0.6 × 3,500.

    The lump sum is charged once a calendar year, month or trip by the statement, not by a line; a line's
    amount is its share of the excess over the included quantity. All lump lines of the contract use that up
    together (``settled.before_kg`` is therefore pooled over them), unless a line has an included quantity of its own.
    """
    _name = 'waste.pricing.lump_year'
    _inherit = ['waste.pricing']
    _description = "Lump sum with an included quantity"
    _has_siblings = True

    @api.model
    def _included_t(self, line):
        return exact(line.included_quantity_t) or exact(line.order_id.included_quantity_t)

    @api.model
    def _excess_t(self, settled, included_t):
        """Return the tonnes of ``settled`` above the included quantity, as Decimal."""
        before_t = settled.before_kg / KG_PER_T
        after_t = before_t + settled.net_kg / KG_PER_T
        return max(after_t - max(included_t, before_t), exact(0))

    @api.model
    def _amount(self, line, settled):
        return self._excess_t(settled, self._included_t(line)) * exact(line.price_unit)

    @api.model
    def _explain(self, line, settled):
        words = {
            'quantity': self._number(settled.net_kg / KG_PER_T),
            'before': self._number(settled.before_kg / KG_PER_T),
            'included': self._number(self._included_t(line)),
            'excess': self._number(self._excess_t(settled, self._included_t(line))),
            'price': self._number(line.price_unit),
            'amount': self._number(self._amount(line, settled), 2),
        }
        if line.order_id.lump_sum_unit == 'trip':
            return self.env._(
                "%(quantity)s t on one trip, %(included)s t included: excess %(excess)s t × %(price)s = %(amount)s", **words)
        if line.order_id.lump_sum_unit == 'month':
            return self.env._(
                "%(quantity)s t after %(before)s t this month, %(included)s t included: "
                "excess %(excess)s t × %(price)s = %(amount)s", **words)
        return self.env._(
            "%(quantity)s t after %(before)s t this year, %(included)s t included: "
            "excess %(excess)s t × %(price)s = %(amount)s", **words)

    @api.model
    def _counting_period(self, line):
        return {'trip': 'none', 'month': 'month'}.get(line.order_id.lump_sum_unit, 'year')

    @api.model
    def _settle_by(self, line):
        return 'trip' if line.order_id.lump_sum_unit == 'trip' else 'period'

    @api.model
    def _get_counted_lines(self, line):
        """EXCESS pooled over the lump lines, or of the one line with an included quantity of its own."""
        if line.included_quantity_t:
            return line
        return line.order_id._get_lines_of_mode('lump_year').filtered(lambda other: not other.included_quantity_t)

    # ------------------------------------------------------------------ planning

    @api.model
    def _planned(self, line):
        """Earlier lump lines of the contract use up the included quantity first."""
        before_t = exact(0)
        for earlier in self._get_counted_lines(line):
            if earlier == line:
                break
            if not earlier.is_unlimited:
                before_t += exact(earlier.planned_quantity_t)
        return super()._planned(line)._replace(before_kg=before_t * KG_PER_T)

    @api.model
    def _planned_amount(self, line):
        """The excess of the plan; the first lump line also carries all lump sums of the period."""
        order = line.order_id
        lump_sums = order._get_lump_sum_count()
        planned = Settled(net_kg=exact(0)) if line.is_unlimited else self._planned(line)
        amount = half_up(self._excess_t(planned, self._included_t(line) * lump_sums) * exact(line.price_unit))
        if line == order._get_lines_of_mode('lump_year')[:1]:
            amount += half_up(exact(order.lump_sum_amount) * lump_sums)
        return amount
