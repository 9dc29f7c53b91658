from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WastePriceTier(models.Model):
    _name = 'waste.price.tier'
    _description = "Price Tier"
    _order = 'order_id, line_id, from_t, id'

    order_id = fields.Many2one('sale.order', "Contract", required=True, index=True, ondelete='cascade')
    line_id = fields.Many2one(
        'sale.order.line', "Waste Detail", index='btree_not_null', ondelete='cascade',
        domain="[('order_id', '=', order_id)]",
        help="Empty: the tier is for all waste details of the contract that are priced by tiers.")
    from_t = fields.Float(
        "From", digits=(16, 6), min_display_digits=3,
        help="The tier holds this quantity in tonnes; of prices by laboratory value, this value.")
    to_t = fields.Float("Below", digits=(16, 6), min_display_digits=3, help="The tier ends just below; 0 is without end.")
    price_unit = fields.Float("Price", required=True, min_display_digits='Product Price')
    is_excess = fields.Boolean(
        "Excess Only", help="For “Tiers up to a quota”: only the part of the quantity that lies in this tier is at its price.")
    company_id = fields.Many2one(related='order_id.company_id', store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related='order_id.currency_id')

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('order_id', 'line_id', 'from_t', 'to_t', 'price_unit')
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

    def _get_ladder_error(self):
        """Return what is wrong with ``self``, all tiers of one contract or one waste detail, or False.

        Together they must cover every quantity from 0 on exactly once. Asked when the contract is
        saved, not per tier: in between, a person who moves a bound has made a gap.
        """
        expected = 0.0
        for tier in self.sorted('from_t'):
            words = {'contract': tier.order_id.name, 'from': f'{expected:g}', 'to': f'{tier.from_t:g}'}
            if tier.from_t > expected:
                return self.env._(
                    "Price tiers of contract %(contract)s leave a gap: %(from)s to %(to)s t has no price.", **words)
            if tier.from_t < expected:
                return self.env._(
                    "Price tiers of contract %(contract)s overlap at %(to)s t: a tier must start where the one before ends.",
                    **words)
            expected = tier.to_t or float('inf')
        if self and expected != float('inf'):
            return self.env._(
                "The last price tier of contract %(contract)s ends at %(to)s t. Leave its end at 0, so that more has a price too.",
                contract=self.order_id.name, to=f'{expected:g}')
        return False

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:  # jobs take over contracts with their tiers in a later state
            self.env['sale.order'].browse(
                {vals['order_id'] for vals in vals_list if vals.get('order_id')})._check_terms_open(self._words())
        return super().create(vals_list)

    def write(self, vals):
        self.order_id._check_terms_open(self._words())
        if vals.get('order_id'):
            self.env['sale.order'].browse(vals['order_id'])._check_terms_open(self._words())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sealed(self):
        self.order_id._check_terms_open(self._words())

    # BUSINESS ------------------------------------------------------------------

    def _words(self):
        return self.env._("Price tier")

    def _holds(self, quantity_t):
        """Tell whether ``quantity_t`` (Decimal) lies in [from, to)."""
        self.ensure_one()
        return float(quantity_t) >= self.from_t and (not self.to_t or float(quantity_t) < self.to_t)

    def _get_steps(self):
        """Return the ladder as values that make it again, from low to high."""
        return [
            {'from_t': tier.from_t, 'to_t': tier.to_t, 'price_unit': tier.price_unit, 'is_excess': tier.is_excess}
            for tier in self.sorted('from_t')]
