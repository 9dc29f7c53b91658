from collections import namedtuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import exact, half_up

# What quantities come to: Decimal, the sentence that explains it or says why there is no price.
Simulated = namedtuple('Simulated', ['amount', 'explanation', 'is_refused'])


class SaleOrderLine(models.Model):
    """What the single pricing modes need of a waste detail, and its agreed price beside the list, the floor and the cost."""
    _name = 'sale.order.line'
    _inherit = ['sale.order.line', 'waste.price.terms.mixin']

    tax_rate_percent = fields.Float(compute='_compute_tax_rate_percent', store=True, readonly=False, precompute=True)
    price_basis = fields.Selection(compute='_compute_price_basis', store=True, readonly=False, precompute=True)
    commission_percent = fields.Float(
        "Commission (%)", digits=(5, 2), groups='waste.group_sales_manager', copy=False,
        help="Share of what the price is above the floor price. Never shown to the customer.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('pricing_mode', 'order_id.tax_rate_percent')
    def _compute_tax_rate_percent(self):
        for line in self:
            own = line._get_pricing()._tax_rate_percent
            line.tax_rate_percent = line.order_id.tax_rate_percent if own is None else own

    @api.depends('pricing_mode')
    def _compute_price_basis(self):
        for line in self:
            bases = line._get_pricing()._price_bases
            line.price_basis = (line.price_basis if line.price_basis in bases else bases[0]) if bases else False

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('pricing_mode', 'price_basis')
    def _check_price_basis(self):
        for line in self.filtered('pricing_mode'):
            bases = line._get_pricing()._price_bases
            if line.price_basis and line.price_basis not in bases:
                raise ValidationError(self.env._(
                    "Waste detail %(waste)s: the price “%(mode)s” can't be per “%(basis)s”.",
                    waste=line.waste_name, mode=line._get_mode_label(),
                    basis=dict(self._fields['price_basis']._description_selection(self.env))[line.price_basis]))

    @api.constrains(
        'included_quantity_t', 'waived_over_t', 'distance_km', 't_per_bin', 'index_coefficient', 'index_fee',
        'tax_rate_percent', 'floor_price', 'commission_percent')
    def _check_numbers(self):
        names = ('included_quantity_t', 'waived_over_t', 'distance_km', 't_per_bin', 'index_coefficient', 'index_fee',
                 'tax_rate_percent', 'commission_percent')
        for line_sudo in self.sudo().filtered('pricing_mode'):  # managers' numbers are checked for whoever saves
            for name in names:
                if line_sudo[name] < 0:
                    raise ValidationError(self.env._(
                        "%(field)s of waste detail %(waste)s must not be negative.",
                        field=self._fields[name]._description_string(self.env), waste=line_sudo.waste_name))
            if line_sudo.tax_rate_percent >= 100:
                raise ValidationError(self.env._(
                    "The tax rate of waste detail %(waste)s is a percentage such as 6, not %(rate)s.",
                    waste=line_sudo.waste_name, rate=line_sudo.tax_rate_percent))

    @api.constrains('for_line_id', 'order_id', 'pricing_mode')
    def _check_for_line(self):
        for line in self.filtered('for_line_id'):
            other = line.for_line_id
            if other.order_id != line.order_id or other._get_pricing()._is_service or not line._get_pricing()._is_service:
                raise ValidationError(self.env._(
                    "Waste detail %(waste)s: a fee is for another waste detail of the same contract.", waste=line.waste_name))

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._ensure_taxes({
            (self.env['sale.order'].browse(vals.get('order_id')).company_id, vals['tax_rate_percent'])
            for vals in vals_list if vals.get('tax_rate_percent')})
        return super().create(vals_list)

    def write(self, vals):
        if vals.get('tax_rate_percent'):
            self._ensure_taxes({(company, vals['tax_rate_percent']) for company in self.company_id})
        return super().write(vals)

    @api.model
    def _ensure_taxes(self, company_rates):
        """Make the taxes of rates typed on single waste details; those of the contract exist."""
        for company, rate in company_rates:
            if company and 0 < rate < 100:
                self.env['account.tax']._ensure_contract_tax(company, rate)

    # BUSINESS ------------------------------------------------------------------

    def _is_below_floor(self):
        """Tell whether the price is lower than its floor; of what we pay, whether we pay more than the most allowed."""
        # Only managers read the floor; that a price is below it decides who approves.
        floor = self.sudo().floor_price
        return bool(self.pricing_mode and floor and self.price_unit < floor)

    def _get_discount_percent(self):
        """Return by how much the price is under the list price; 0 without a list price."""
        if not self.pricing_mode or self.list_price <= 0:
            return 0.0
        return max(0.0, (self.list_price - self.price_unit) / self.list_price * 100)

    def _simulate(self, settled):
        """Price quantities that somebody imagines.

        :param settled: :class:`~odoo.addons.waste_contract.tools.Settled`
        :return: :class:`Simulated`; the amount is owed by ``payer``, of free waste by the government
        """
        self.ensure_one()
        pricing = self._get_pricing()
        try:
            amount = (pricing._government_amount if self.payer == 'government' else pricing._amount)(self, settled)
            return Simulated(half_up(amount), pricing._explain(self, settled), False)
        except UserError as error:
            return Simulated(exact(0), str(error), True)

    def _get_commission(self, settled):
        """Return the salesperson's share for ``settled``: (price − floor) × quantity × rate, unrounded, 0 below the floor.

        :param settled: :class:`~odoo.addons.waste_contract.tools.Settled`
        """
        self.ensure_one()
        margin = exact(self.price_unit) - exact(self.floor_price)
        quantity = self._get_pricing()._quantity(self, settled)
        return max(margin, exact(0)) * quantity * exact(self.commission_percent) / 100
