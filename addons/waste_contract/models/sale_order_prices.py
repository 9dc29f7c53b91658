from collections import namedtuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import exact, half_up
from .sale_order import LUMP_SUM_UNITS, MINIMUM_UNITS

# What becomes of a deposit: still due, paid back, kept for the next period.
DepositResult = namedtuple('DepositResult', ['due', 'refund', 'carried'])


class SaleOrder(models.Model):
    """Terms about money that are the contract's as a whole, and what approvals and analyses ask of its prices."""
    _inherit = 'sale.order'

    lump_sum_unit = fields.Selection(
        LUMP_SUM_UNITS, "Lump Sum per", default='year', required=True,
        help="What one lump sum, and what it includes, is for.")
    minimum_charge_amount = fields.Monetary(
        "Minimum Charge", help="The producer owes at least this for each trip, each month or the whole contract; tax included.")
    minimum_charge_unit = fields.Selection(
        MINIMUM_UNITS, "Minimum per", default='trip', required=True)
    deposit_amount = fields.Monetary("Deposit", help="Paid in advance, on account of what the contract will come to.")
    deposit_rule = fields.Selection(
        [('refund', "Refund what is left"), ('carry_over', "Carry over what is left")], default='refund', required=True,
        help="What becomes of a deposit that was more than the amount due (多退少补).")
    is_transport_included = fields.Boolean(
        "Transport Included", default=True, help="The prices include transport: no waste detail charges it apart.")

    report_class_id = fields.Many2one(
        'waste.report.class', "Report Class", compute='_compute_report_class_id', store=True, readonly=False,
        index='btree_not_null', help="What analyses group the contract by: of its first waste, else of its business.")
    is_below_floor = fields.Boolean(
        "Below Floor Price", compute='_compute_is_below_floor', store=True, groups='base.group_user',
        help="A waste detail is cheaper than its floor price allows.")
    discount_percent = fields.Float(
        "Discount (%)", digits=(5, 2), compute='_compute_discount_percent', store=True, aggregator='max',
        groups='base.group_user', help="The greatest reduction of a waste detail against its list price.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('business_id', 'company_id', 'order_line.category_id.report_class_id')
    def _compute_report_class_id(self):
        for order in self:
            if not order.business_id:
                order.report_class_id = False
                continue
            order.report_class_id = (
                order.order_line.category_id.report_class_id[:1].id or order._get_policy()['report_class_id'].id)

    @api.depends('order_line.floor_price', 'order_line.price_unit', 'order_line.pricing_mode')
    def _compute_is_below_floor(self):
        for order in self:
            order.is_below_floor = any(line._is_below_floor() for line in order.order_line)

    @api.depends('order_line.list_price', 'order_line.price_unit', 'order_line.pricing_mode')
    def _compute_discount_percent(self):
        for order in self:
            order.discount_percent = max((line._get_discount_percent() for line in order.order_line), default=0.0)

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('minimum_charge_amount', 'deposit_amount')
    def _check_charges(self):
        for order in self.filtered('business_id'):
            for name in ('minimum_charge_amount', 'deposit_amount'):
                if order[name] < 0:
                    raise ValidationError(self.env._(
                        "%(field)s of contract %(contract)s must not be negative.",
                        field=order._waste_field_label(name), contract=order.name))

    # ONCHANGE ------------------------------------------------------------------

    @api.onchange('order_line')
    def _onchange_transport_line(self):
        if self._get_lines_of_mode('transport_sep'):
            self.is_transport_included = False

    # ACTION --------------------------------------------------------------------

    def action_simulate_prices(self):
        """Open the price simulator, filled with what is planned."""
        self.ensure_one()
        self.check_access('read')
        simulation = self.env['waste.price.simulation'].create({'order_id': self.id})
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Price Simulator"),
            'res_model': 'waste.price.simulation',
            'res_id': simulation.id,
            'view_mode': 'form',
            'target': 'new',
            'context': {'dialog_size': 'extra-large'},
        }

    # BUSINESS ------------------------------------------------------------------

    def _get_selection_label(self, name):
        return dict(self._fields[name]._description_selection(self.env)).get(self[name], '')

    def _get_submit_error(self):
        """One supply is charged once (兼营/混合销售): transport is included or priced apart."""
        if self.is_transport_included and self._get_lines_of_mode('transport_sep'):
            return self.env._(
                "Contract %(contract)s says that transport is included, and also prices it apart. Untick “%(field)s”.",
                contract=self.name, field=self._waste_field_label('is_transport_included'))
        return super()._get_submit_error()

    def _get_lump_sum_count(self):
        """Return how often the lump sum is due in the contract's period: calendar years it touches, its months, planned trips."""
        self.ensure_one()
        if self.lump_sum_unit == 'trip':
            return self._get_lines_of_mode('lump_year')[:1].planned_count
        if not self.date_start or not self.date_end:
            return 1
        if self.lump_sum_unit == 'month':
            return len(self._get_month_starts(self.date_start, self.date_end))
        return max(self.date_end.year - self.date_start.year + 1, 1)

    def _get_month_starts(self, start, end):
        """Return the days from ``start`` to ``end`` on which a month of the contract begins: 15 January, 15 February …"""
        self.ensure_one()
        last = min(end, self.date_end)
        months = (last.year - self.date_start.year) * 12 + last.month - self.date_start.month
        days = (self.date_start + relativedelta(months=month) for month in range(months + 1))
        return [day for day in days if start <= day <= last]

    def _get_minimum_topup(self, amounts):
        """Return what the minimum charge adds: MIN_CHARGE, 0.2 t × 3,000 = 600 < 1,500 → 900 more.

        :param amounts: what the producer owes for each trip, each month or the whole contract, as Decimals
        :return: Decimal >= 0, rounded
        """
        self.ensure_one()
        minimum = exact(self.minimum_charge_amount)
        return half_up(sum((max(minimum - amount, exact(0)) for amount in amounts), exact(0)))

    def _settle_deposit(self, amount):
        """Set ``amount``, what the prepaid period came to, off against the deposit (多退少补).

        :return: :class:`DepositResult` of Decimals
        """
        self.ensure_one()
        rest = exact(self.deposit_amount) - exact(amount)
        if rest < 0:
            return DepositResult(-rest, exact(0), exact(0))
        if self.deposit_rule == 'carry_over':
            return DepositResult(exact(0), exact(0), rest)
        return DepositResult(exact(0), rest, exact(0))
