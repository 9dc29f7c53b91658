from odoo import api, models

from ...tools import KG_PER_T, exact


class WastePricingUnitT(models.AbstractModel):
    """按吨计价 UNIT_T: 4.236 t × 2,195 = 9,298.02."""
    _name = 'waste.pricing.unit_t'
    _inherit = ['waste.pricing']
    _description = "Price per tonne"

    @api.model
    def _amount(self, line, settled):
        return self._quantity(line, settled) * exact(line.price_unit)

    @api.model
    def _explain(self, line, settled):
        return self.env._(
            "%(quantity)s t × %(price)s = %(amount)s",
            quantity=self._number(settled.net_kg / KG_PER_T), price=self._number(line.price_unit),
            amount=self._number(self._amount(line, settled), 2))


class WastePricingUnitKg(models.AbstractModel):
    """按公斤计价 UNIT_KG: 13 kg × 67 = 871."""
    _name = 'waste.pricing.unit_kg'
    _inherit = ['waste.pricing.unit_t']
    _description = "Price per kilogram"
    _billing_uom = 'uom.product_uom_kgm'

    @api.model
    def _quantity(self, line, settled):
        return settled.net_kg

    @api.model
    def _explain(self, line, settled):
        return self.env._(
            "%(quantity)s kg × %(price)s = %(amount)s",
            quantity=self._number(settled.net_kg), price=self._number(line.price_unit),
            amount=self._number(self._amount(line, settled), 2))

    @api.model
    def _billing_quantity(self, planned_t, planned_count):
        return float(exact(planned_t) * KG_PER_T)


class WastePricingUnitPackage(models.AbstractModel):
    """按桶/件计价 UNIT_PACK: 120 accepted drums × 15."""
    _name = 'waste.pricing.unit_package'
    _inherit = ['waste.pricing.unit_t']
    _description = "Price per package"
    _billing_uom = 'uom.product_uom_unit'

    @api.model
    def _quantity(self, line, settled):
        return settled.packages

    @api.model
    def _explain(self, line, settled):
        return self.env._(
            "%(count)s packages × %(price)s = %(amount)s",
            count=settled.packages, price=self._number(line.price_unit),
            amount=self._number(self._amount(line, settled), 2))

    @api.model
    def _billing_quantity(self, planned_t, planned_count):
        return planned_count


class WastePricingPerTrip(models.AbstractModel):
    """按车次计价 PER_TRIP: 2 trips × 1,500."""
    _name = 'waste.pricing.per_trip'
    _inherit = ['waste.pricing.unit_t']
    _description = "Price per trip"
    _billing_uom = 'uom.product_uom_unit'

    @api.model
    def _quantity(self, line, settled):
        return settled.trips

    @api.model
    def _explain(self, line, settled):
        return self.env._(
            "%(count)s trips × %(price)s = %(amount)s",
            count=settled.trips, price=self._number(line.price_unit),
            amount=self._number(self._amount(line, settled), 2))

    @api.model
    def _billing_quantity(self, planned_t, planned_count):
        return planned_count
