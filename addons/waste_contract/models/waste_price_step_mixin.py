from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WastePriceStepMixin(models.AbstractModel):
    """One step of a ladder of prices, in force or agreed: bounds are [from, to)."""
    _name = 'waste.price.step.mixin'
    _description = "A step of a price ladder"
    _inherit = ['waste.contract.part.mixin']

    line_id = fields.Many2one(
        'sale.order.line', "Waste Detail", index='btree_not_null', domain="[('order_id', '=', order_id)]",
        help="Empty: the tier is for all waste details of the contract that are priced by tiers.")
    from_t = fields.Float(
        "From", digits=(16, 6), min_display_digits=3,
        help="The tier holds this quantity in tonnes; of prices by laboratory value, this value.")
    to_t = fields.Float("Below", digits=(16, 6), min_display_digits=3, help="The tier ends just below; 0 is without end.")
    price_unit = fields.Float("Price", required=True, min_display_digits='Product Price')
    is_excess = fields.Boolean(
        "Excess Only", help="For “Tiers up to a quota”: only the part of the quantity that lies in this tier is at its price.")

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('line_id', 'from_t', 'to_t', 'price_unit')
    def _check_step(self):
        for tier in self:
            contract = tier.order_id.name
            if tier.line_id and tier.line_id.order_id != tier.order_id:
                raise ValidationError(self.env._(
                    "A price tier of contract %(contract)s names a waste detail of another contract. "
                    "Choose one of its own.", contract=contract))
            if tier.from_t < 0 or tier.to_t < 0 or tier.price_unit < 0:
                raise ValidationError(self.env._(
                    "Price tiers of contract %(contract)s must not be negative.", contract=contract))
            if tier.to_t and tier.to_t <= tier.from_t:
                raise ValidationError(self.env._(
                    "A price tier of contract %(contract)s ends at %(to)s t, not after its start at %(from)s t.",
                    **{'contract': contract, 'to': f'{tier.to_t:g}', 'from': f'{tier.from_t:g}'}))

    # BUSINESS ------------------------------------------------------------------

    def _get_part_words(self):
        return self.env._("Price tier")

    def _get_steps(self):
        """Return the ladder as values that make it again, from low to high."""
        return [
            {'from_t': tier.from_t, 'to_t': tier.to_t, 'price_unit': tier.price_unit, 'is_excess': tier.is_excess}
            for tier in self.sorted('from_t')]
