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
    # Who owes the amount: 'producer', 'us' (on a payable statement) or 'government'.
    _payer = 'producer'
    # True: a fee beside the waste; what moved is that of the waste details it is for.
    _is_service = False
    # True: the planned value depends on other waste details of the contract.
    _has_siblings = False
    # What the price may be per, as `sale.order.line.price_basis`; the first is the usual one.
    _price_bases = ()
    # The tax rate of such details where it isn't the contract's.
    _tax_rate_percent = None

    @api.model
    def _amount(self, line, settled):
        """Return the unrounded amount of a period, tax included. To override.

        :param line: `sale.order.line`, one record
        :param settled: :class:`Settled`; weights in kilograms, all numbers >= 0
        :return: Decimal >= 0 in ``line.currency_id``: owed by ``_payer``
        :raise UserError: when the terms don't cover the quantity
        """
        raise NotImplementedError

    @api.model
    def _explain(self, line, settled):
        """Return the sentence that lets a person recompute `_amount`. To override."""
        raise NotImplementedError

    @api.model
    def _quantity(self, line, settled):
        """Return ``settled`` in the unit that the price is per. To override."""
        return settled.net_kg / KG_PER_T

    @api.model
    def _get_terms_error(self, line):
        """Return what the terms of ``line`` still lack for this price, or False. To override."""
        return False

    @api.model
    def _settle_by(self, line):
        """Return what is priced at a time: the 'period', each 'trip', or each 'batch' by its laboratory values. To override."""
        return 'period'

    @api.model
    def _get_moved_lines(self, line):
        """Return the waste details whose movements ``line`` prices. To override."""
        return line

    @api.model
    def _get_counted_lines(self, line):
        """Return the waste details that `Settled.before_kg` counts: those that use up one quantity together. To override."""
        return self._get_moved_lines(line)

    @api.model
    def _counting_period(self, line):
        """Return how far back `Settled.before_kg` counts. To override.

        :return: 'none', 'month', 'quarter' or 'year': calendar periods in Asia/Shanghai
        """
        return 'none'

    # ------------------------------------------------------------------ planning

    @api.model
    def _get_billing_uom(self, line):
        """Return the xml id of the unit that the price of ``line`` is per."""
        return 'uom.product_uom_unit' if line.price_basis in ('trip', 'bin') else self._billing_uom

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
            samples=line.planned_count,
            bins=line.planned_count,
        )

    @api.model
    def _get_planning_pricing(self):
        """Return the strategy that prices what is only planned. To override."""
        return self

    @api.model
    def _planned_amount(self, line):
        """Return what the planned quantity is worth, rounded, negative where we pay."""
        if line.is_unlimited:
            return Decimal(0)
        amount = half_up(self._amount(line, self._planned(line)))
        return -amount if self._payer == 'us' else amount

    # ------------------------------------------------------------------ helpers

    @api.model
    def _number(self, value, decimals=None):
        """Format a quantity or price for a sentence: no trailing zeros unless ``decimals``."""
        value = exact(value)
        if decimals is None:
            return f'{value.normalize():,f}'
        return f'{half_up(value):,.{decimals}f}'
