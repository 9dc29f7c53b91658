from odoo import api, models

from ...tools import KG_PER_T, exact


class WastePricingTierQuota(models.AbstractModel):
    """Both tier kinds at once: up to half of the quota all at 200, up to the quota all at 300, only the excess at 600.

    Tiers without "excess only" price the whole quantity of the calendar year up to the quota, each up to and
    including its end; those with it price the part that lies in them (Beijing's rule for kitchens, I-44). The amount
    of a period is what the year comes to after it, less what it came to before: a later period makes up the
    difference when the year reaches the next tier.
    """
    _name = 'waste.pricing.tier_quota'
    _inherit = ['waste.pricing.tier_all']
    _description = "Whole quantity up to a quota, only the excess above"

    @api.model
    def _split(self, line, total_t):
        """Return the year's parts after ``total_t`` tonnes as [(tonnes, price)]."""
        tiers = line._get_tiers()
        whole = tiers.filtered(lambda tier: not tier.is_excess)
        excess = tiers - whole
        quota_t = exact(excess[:1].from_t) if excess else total_t
        whole_t = min(total_t, quota_t)
        price = next(
            (exact(tier.price_unit) for tier in whole if not tier.to_t or whole_t <= exact(tier.to_t)), exact(0))
        parts = [(whole_t, price)]
        for tier in excess:
            low, high = exact(tier.from_t), exact(tier.to_t) or total_t
            if total_t > low:
                parts.append((min(total_t, high) - low, exact(tier.price_unit)))
        return parts

    @api.model
    def _year_amount(self, line, total_t):
        return sum((part * price for part, price in self._split(line, total_t)), exact(0))

    @api.model
    def _amount(self, line, settled):
        before_t = settled.before_kg / KG_PER_T
        return (self._year_amount(line, before_t + settled.net_kg / KG_PER_T) - self._year_amount(line, before_t))

    @api.model
    def _explain(self, line, settled):
        before_t = settled.before_kg / KG_PER_T
        total_t = before_t + settled.net_kg / KG_PER_T
        return self.env._(
            "%(total)s t this year: %(parts)s = %(year)s, less %(earlier)s for the %(before)s t before = %(amount)s",
            total=self._number(total_t),
            parts=' + '.join(
                f'{self._number(part)} t × {self._number(price)}' for part, price in self._split(line, total_t)),
            year=self._number(self._year_amount(line, total_t), 2),
            earlier=self._number(self._year_amount(line, before_t), 2),
            before=self._number(before_t), amount=self._number(self._amount(line, settled), 2))

    @api.model
    def _get_terms_error(self, line):
        """Whole-quantity tiers come first, and a later one is never cheaper: nobody is owed money for bringing more."""
        if error := super()._get_terms_error(line):
            return error
        words = {'waste': line.waste_name, 'contract': line.order_id.name}
        last_price, has_excess = 0.0, False
        for tier in line._get_tiers():
            if has_excess and not tier.is_excess or tier.is_excess and not tier.from_t:
                return self.env._(
                    "Waste detail %(waste)s of contract %(contract)s: the tiers for the excess come after those for the "
                    "whole quantity. Correct “Excess Only” of its tiers.", **words)
            if not tier.is_excess and tier.price_unit < last_price:
                return self.env._(
                    "Waste detail %(waste)s of contract %(contract)s: the price of the whole quantity must not fall from "
                    "tier to tier. Raise it, or use “%(mode)s”.", mode=line._get_mode_label('tier_all'), **words)
            has_excess, last_price = tier.is_excess, tier.price_unit
        return False
