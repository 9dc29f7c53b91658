from odoo import fields, models
from odoo.tools import float_compare

from odoo.addons.waste_contract.tools import exact


class WasteMoneyShare(models.AbstractModel):
    """A part of some money that goes to one purpose; together never more than the money (I-34).

    Two kinds, because they say different things to different companies: `waste.payment.allocation` is a journal item in the books of
    the receiving company, `waste.payment.plan.allocation` only says which instalment a contract's collection was for.
    """

    _name = "waste.money.share"
    _description = "Share of Money"

    amount = fields.Monetary(required=True)
    currency_id = fields.Many2one("res.currency")

    _amount_positive = models.Constraint("CHECK(amount > 0)", "A share of money is more than 0.")

    # BUSINESS ------------------------------------------------------------------

    def _get_amount_sum(self):
        return sum((exact(amount) for amount in self.mapped("amount")), exact(0))

    def _is_within(self, amount):
        """Tell whether these shares together don't exceed ``amount``."""
        return float_compare(float(self._get_amount_sum()), amount, precision_digits=2) <= 0
