from decimal import Decimal

from odoo import api, models

from ...tools import KG_PER_T, Settled, exact, half_up


class WastePricing(models.AbstractModel):
    """One way to turn quantities into money; ``waste.pricing.<mode>`` is chosen by `sale.order.line.pricing_mode`.

    A new mode is a new file here, a line in the Selection and a `waste.pricing.mode` record.
    """
    _name = 'waste.pricing'
    _description = "Turns settled quantities into an amount under the terms of a contract line"

    # The unit that the line's price is per, and which its quantity is shown in.
    _billing_uom = 'uom.product_uom_ton'
    # True: we owe the amount, on a payable statement.
    _is_payable = False

    @api.model
    def _amount(self, line, settled):
        """Return the unrounded amount of a period, tax included. To override.

        :param line: `sale.order.line`, one record
        :param settled: :class:`Settled`; weights in kilograms, all numbers >= 0
        :return: Decimal >= 0 in ``line.currency_id``: owed to us, or by us when ``_is_payable``
        :raise UserError: when the terms don't cover the quantity
        """
        raise NotImplementedError

    @api.model
    def _explain(self, line, settled):
        """Return the sentence that lets a person recompute `_amount`. To override."""
        raise NotImplementedError

    @api.model
    def _counting_period(self, line):
        """Return how far back `Settled.before_kg` counts. To override.

        :return: 'none', 'month', 'quarter' or 'year': calendar periods in Asia/Shanghai
        """
        return 'none'

    # ------------------------------------------------------------------ planning

    @api.model
    def _billing_quantity(self, planned_t, planned_count):
        """Return the planned quantity in the unit the price is per. To override."""
        return planned_t

    @api.model
    def _planned(self, line):
        """Return the :class:`Settled` that moves exactly what the line plans. To override."""
        return Settled(
            net_kg=exact(line.planned_quantity_t) * KG_PER_T,
            packages=line.planned_count,
            trips=line.planned_count,
        )

    @api.model
    def _planned_amount(self, line):
        """Return what the planned quantity is worth, rounded, negative where we pay."""
        if line.is_unlimited:
            return Decimal(0)
        amount = half_up(self._amount(line, self._planned(line)))
        return -amount if self._is_payable else amount

    # ------------------------------------------------------------------ helpers

    @api.model
    def _number(self, value, decimals=None):
        """Format a quantity or price for a sentence: no trailing zeros unless ``decimals``."""
        value = exact(value)
        if decimals is None:
            return f'{value.normalize():,f}'
        return f'{half_up(value):,.{decimals}f}'
