from odoo import fields, models


class WastePriceTier(models.Model):
    _name = 'waste.price.tier'
    _description = "Price Tier"
    _inherit = ['waste.price.step.mixin']
    _order = 'order_id, line_id, from_t, id'

    _is_taken_over = True

    order_id = fields.Many2one('sale.order', "Contract", required=True, index=True, ondelete='cascade')
    line_id = fields.Many2one(ondelete='cascade')
    company_id = fields.Many2one(related='order_id.company_id', store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related='order_id.currency_id')

    # BUSINESS ------------------------------------------------------------------

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

    def _holds(self, quantity_t):
        """Tell whether ``quantity_t`` (Decimal) lies in [from, to)."""
        self.ensure_one()
        return float(quantity_t) >= self.from_t and (not self.to_t or float(quantity_t) < self.to_t)
