from odoo import api, models

from ...tools import KG_PER_T, exact


class WastePricingKitchenBin(models.AbstractModel):
    """按桶(容积)计价 KITCHEN_BIN: bins × price, or bins × 0.11 t × the price of a tonne (Daxing: 11 a bin of 120 l, or 100 a tonne)."""
    _name = 'waste.pricing.kitchen_bin'
    _inherit = ['waste.pricing']
    _description = "Price per bin, or per tonne by the volume of the bins"
    _price_bases = ('bin', 't')

    @api.model
    def _bins(self, settled):
        """Bins are what batches of kitchens count as packages, unless somebody says their number."""
        return settled.bins or settled.packages

    @api.model
    def _quantity(self, line, settled):
        bins = self._bins(settled)
        return bins if line.price_basis == 'bin' else bins * exact(line.t_per_bin)

    @api.model
    def _amount(self, line, settled):
        return self._quantity(line, settled) * exact(line.price_unit)

    @api.model
    def _explain(self, line, settled):
        words = {
            'bins': self._bins(settled), 'price': self._number(line.price_unit),
            'amount': self._number(self._amount(line, settled), 2),
        }
        if line.price_basis == 'bin':
            return self.env._("%(bins)s bins × %(price)s = %(amount)s", **words)
        return self.env._(
            "%(bins)s bins × %(each)s t × %(price)s = %(amount)s", each=self._number(line.t_per_bin), **words)

    @api.model
    def _billing_quantity(self, planned_t, planned_count):
        return planned_count

    @api.model
    def _get_terms_error(self, line):
        if line.price_basis == 't' and not line.t_per_bin:
            return self.env._(
                "Waste detail %(waste)s of contract %(contract)s is priced per tonne by its bins: "
                "say how many tonnes a bin holds, such as 0.11.", waste=line.waste_name, contract=line.order_id.name)
        return False


class WastePricingKitchenFree(models.AbstractModel):
    """政府购买/免费收运 KITCHEN_FREE: the producer owes nothing and sees its tonnes; the government pays the tonne price."""
    _name = 'waste.pricing.kitchen_free'
    _inherit = ['waste.pricing']
    _description = "Free for the producer, paid by the government"
    _payer = 'government'

    @api.model
    def _amount(self, line, settled):
        """What the producer owes."""
        return exact(0)

    @api.model
    def _government_amount(self, line, settled):
        """Return what the government owes for ``settled``, unrounded."""
        return self._quantity(line, settled) * exact(line.price_unit)

    @api.model
    def _explain(self, line, settled):
        return self.env._(
            "%(quantity)s t, free for the producer: 0.00. The government pays %(quantity)s t × %(price)s = %(amount)s",
            quantity=self._number(settled.net_kg / KG_PER_T), price=self._number(line.price_unit),
            amount=self._number(self._government_amount(line, settled), 2))

    @api.model
    def _get_terms_error(self, line):
        if not line.order_id.government_id:
            return self.env._(
                "Waste detail %(waste)s of contract %(contract)s is paid by the government: name the government office.",
                waste=line.waste_name, contract=line.order_id.name)
        return False
