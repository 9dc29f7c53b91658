from odoo import api, models

from ...tools import KG_PER_T, exact


class WastePricingService(models.AbstractModel):
    """Fees beside the waste: they have no waste of their own, but that of the details they are for."""
    _name = 'waste.pricing.service'
    _inherit = ['waste.pricing']
    _description = "Fee beside the waste"
    _is_service = True
    _has_siblings = True

    @api.model
    def _get_moved_lines(self, line):
        return line.for_line_id or line.order_id.order_line.filtered(
            lambda other: other.pricing_mode and not other._get_pricing()._is_service)

    @api.model
    def _quantity(self, line, settled):
        if line.price_basis == 'trip':
            return settled.trips
        quantity_t = settled.net_kg / KG_PER_T
        return quantity_t * self._km(line, settled) if line.price_basis == 'tkm' else quantity_t

    @api.model
    def _km(self, line, settled):
        return settled.km or exact(line.distance_km)

    @api.model
    def _amount(self, line, settled):
        return self._quantity(line, settled) * exact(line.price_unit)

    @api.model
    def _explain(self, line, settled):
        words = {'price': self._number(line.price_unit), 'amount': self._number(self._amount(line, settled), 2)}
        if line.price_basis == 'trip':
            return self.env._("%(count)s trips × %(price)s = %(amount)s", count=settled.trips, **words)
        quantity = self._number(settled.net_kg / KG_PER_T)
        if line.price_basis == 'tkm':
            return self.env._(
                "%(quantity)s t × %(km)s km × %(price)s = %(amount)s",
                quantity=quantity, km=self._number(self._km(line, settled)), **words)
        return self.env._("%(quantity)s t × %(price)s = %(amount)s", quantity=quantity, **words)

    @api.model
    def _billing_quantity(self, planned_t, planned_count):
        return planned_count or planned_t

    @api.model
    def _planned(self, line):
        """The planned tonnes are those of the waste details that the fee is for."""
        planned_t = sum(
            (exact(other.planned_quantity_t) for other in self._get_moved_lines(line) if not other.is_unlimited), exact(0))
        return super()._planned(line)._replace(net_kg=planned_t * KG_PER_T)


class WastePricingTransportSep(models.AbstractModel):
    """运输费单列 TRANSPORT_SEP: a line of its own with the tax rate of transport; per trip, tonne-kilometre or tonne."""
    _name = 'waste.pricing.transport_sep'
    _inherit = ['waste.pricing.service']
    _description = "Transport priced apart"
    _price_bases = ('trip', 'tkm', 't')
    _tax_rate_percent = 9.0

    @api.model
    def _get_terms_error(self, line):
        if line.price_basis == 'tkm' and not line.distance_km:
            return self.env._(
                "Waste detail %(waste)s of contract %(contract)s is priced per tonne-kilometre: type the distance.",
                waste=line.waste_name, contract=line.order_id.name)
        return False


class WastePricingPretreatFee(models.AbstractModel):
    """预处理费 PRETREAT_FEE: per tonne, or a negotiated sum per trip."""
    _name = 'waste.pricing.pretreat_fee'
    _inherit = ['waste.pricing.service']
    _description = "Pre-treatment priced apart"
    _price_bases = ('t', 'trip')


class WastePricingAnalysisFee(models.AbstractModel):
    """化验/鉴别费 ANALYSIS_FEE: per sample, waived once the year's quantity is over N tonnes."""
    _name = 'waste.pricing.analysis_fee'
    _inherit = ['waste.pricing.service']
    _description = "Analysis fee per sample"
    _billing_uom = 'uom.product_uom_unit'

    @api.model
    def _counting_period(self, line):
        return 'year' if line.waived_over_t else 'none'

    @api.model
    def _is_waived(self, line, settled):
        total_t = (settled.before_kg + settled.net_kg) / KG_PER_T
        return bool(line.waived_over_t) and total_t > exact(line.waived_over_t)

    @api.model
    def _quantity(self, line, settled):
        return 0 if self._is_waived(line, settled) else settled.samples

    @api.model
    def _explain(self, line, settled):
        if self._is_waived(line, settled):
            return self.env._(
                "%(count)s samples, waived over %(limit)s t: 0.00",
                count=settled.samples, limit=self._number(line.waived_over_t))
        return self.env._(
            "%(count)s samples × %(price)s = %(amount)s", count=settled.samples, price=self._number(line.price_unit),
            amount=self._number(self._amount(line, settled), 2))
