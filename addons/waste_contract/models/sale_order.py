from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

SETTLEMENT_CYCLES = [
    ('trip', "Per trip"),
    ('month', "Monthly"),
    ('quarter', "Quarterly"),
    ('year', "Yearly"),
    ('prepaid', "Prepaid"),
]
LUMP_SUM_UNITS = [('year', "Calendar year"), ('month', "Month"), ('trip', "Trip")]
MINIMUM_UNITS = [('trip', "Trip"), ('month', "Month"), ('contract', "Whole contract")]


class SaleOrder(models.Model):
    """A sales order with a business is a waste contract; one without is Odoo's own, untouched.

    What was agreed is here; how a contract is born is in ``sale_order_birth.py``, its life in ``sale_order_life.py``.
    """
    _name = 'sale.order'
    _inherit = ['sale.order', 'waste.contract.review.mixin', 'waste.external.mixin']

    # What WIM keeps of the contracts born there. Who serves the customer stays ours.
    _external_fields = frozenset({
        'name', 'business_id', 'company_id', 'invoicing_company_id', 'partner_id', 'disposer_id', 'government_id',
        'date_start', 'date_end', 'settlement_cycle', 'lump_sum_amount', 'included_quantity_t', 'transport_mode_id',
        'tax_rate_percent',
    })

    business_id = fields.Many2one(
        'waste.business', "Business", index='btree_not_null', ondelete='restrict', tracking=True,
        help="The business line makes this order a waste contract and gives its defaults.")
    invoicing_company_id = fields.Many2one(
        'res.company', "Invoicing Company", compute='_compute_invoicing_company_id',
        store=True, readonly=False, precompute=True, index='btree_not_null',
        help="The company that invoices; it may differ from the one that collects.")
    disposer_id = fields.Many2one(
        'res.partner', "Disposer", compute='_compute_disposer_id', store=True, readonly=False, precompute=True,
        index='btree_not_null', help="Party that receives the waste: our operating company unless agreed otherwise.")
    government_id = fields.Many2one(
        'res.partner', "Government Office", index='btree_not_null', tracking=True,
        help="Third party that reviews the contract before it is signed.")

    date_start = fields.Date(
        "Start", compute='_compute_period', store=True, readonly=False, precompute=True, tracking=True)
    date_end = fields.Date(
        "End", compute='_compute_period', store=True, readonly=False, precompute=True, tracking=True,
        help="Last day of the contract.")

    settlement_cycle = fields.Selection(
        SETTLEMENT_CYCLES, compute='_compute_settlement_cycle', store=True, readonly=False, precompute=True,
        help="How often a statement is made.")
    tax_rate_percent = fields.Float(
        "Tax Rate (%)", digits=(5, 2), compute='_compute_tax_rate_percent', store=True, readonly=False, precompute=True,
        aggregator=None, help="VAT that the prices of the contract include.")
    lump_sum_amount = fields.Monetary(
        "Lump Sum", help="Charged once each calendar year, month or trip, whatever the quantity; tax included.")
    included_quantity_t = fields.Float(
        "Included (t)", digits=(16, 6), min_display_digits=3, help="Covered by one lump sum, all lump-sum waste details together.")
    tier_ids = fields.One2many('waste.price.tier', 'order_id', "Price Tiers", copy=False)
    transport_mode_id = fields.Many2one('waste.transport.mode', "Transport", index='btree_not_null')

    planned_receivable = fields.Monetary(
        "Planned Receivable", compute='_compute_planned', store=True,
        help="What the producer will owe us if the planned quantities move; tax included.")
    planned_payable = fields.Monetary(
        "Planned Payable", compute='_compute_planned', store=True,
        help="What we will owe the producer for waste of value if the planned quantities move; tax included.")
    needs_government_review = fields.Boolean(compute='_compute_needs_government_review')
    is_terms_open = fields.Boolean(
        compute='_compute_is_terms_open', help="The terms can be edited: a draft that no other system keeps.")
    external_label = fields.Char("Kept by", compute='_compute_external_label')
    has_lump_lines = fields.Boolean(compute='_compute_used_modes')
    has_tier_lines = fields.Boolean(compute='_compute_used_modes')

    # Internal facts that WIM sends must not leave the staff side by a portal user's RPC.
    external_extra = fields.Json(groups='base.group_user')
    external_extra_text = fields.Text(groups='base.group_user')
    external_versions = fields.Json(groups='base.group_user')

    _contract_number_uniq = models.UniqueIndex(
        "(name) WHERE business_id IS NOT NULL", "Another contract already has this number.")
    _contract_ending_idx = models.Index("(date_end) WHERE contract_state = 'active'")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('business_id', 'company_id')
    def _compute_invoicing_company_id(self):
        for order in self:
            order.invoicing_company_id = (
                order._get_policy()['invoicing_company_id'].id or order.company_id.id) if order.business_id else False

    @api.depends('business_id', 'company_id')
    def _compute_disposer_id(self):
        for order in self:
            order.disposer_id = order.company_id.partner_id if order.business_id else False

    @api.depends('business_id')
    def _compute_period(self):
        today = fields.Date.context_today(self)
        for order in self:
            if not order.business_id:
                order.date_start = order.date_end = False
                continue
            order.date_start = order.date_start or today
            order.date_end = order.date_end or order.date_start + relativedelta(years=1, days=-1)

    @api.depends('business_id', 'company_id')
    def _compute_settlement_cycle(self):
        for order in self:
            order.settlement_cycle = order._get_policy()['settlement_cycle'] if order.business_id else False

    @api.depends('business_id', 'company_id')
    def _compute_tax_rate_percent(self):
        for order in self:
            order.tax_rate_percent = order._get_policy()['tax_rate_percent'] if order.business_id else 0.0

    @api.depends('business_id', 'company_id')
    def _compute_needs_government_review(self):
        for order in self:
            order.needs_government_review = (
                order._get_policy()['needs_government_review'] if order.business_id else False)

    @api.depends('order_line.price_total', 'order_line.payer')
    def _compute_planned(self):
        for order in self:
            lines = order.order_line.filtered('pricing_mode')
            ours = lines.filtered(lambda line: line.payer == 'us')
            order.planned_receivable = sum((lines - ours).mapped('price_total'))
            order.planned_payable = 0.0 - sum(ours.mapped('price_total'))

    @api.depends('contract_state', 'is_external')
    def _compute_is_terms_open(self):
        for order in self:
            order.is_terms_open = order.contract_state == 'draft' and not order.is_external

    @api.depends('external_system')
    def _compute_external_label(self):
        for order in self:
            order.external_label = (order.external_system or '').upper()

    @api.depends('order_line.pricing_mode')
    def _compute_used_modes(self):
        for order in self:
            modes = set(order.order_line.mapped('pricing_mode'))
            order.has_lump_lines = 'lump_year' in modes
            order.has_tier_lines = bool(modes & {'tier_all', 'tier_excess', 'tier_quota', 'calorific'})

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('date_start', 'date_end', 'business_id')
    def _check_period(self):
        for order in self.filtered('business_id'):
            if not order.date_start or not order.date_end:
                raise ValidationError(self.env._(
                    "Contract %(contract)s needs a start and an end date.", contract=order.name))
            if order.date_end < order.date_start:
                raise ValidationError(self.env._(
                    "Contract %(contract)s ends on %(end)s, before it starts on %(start)s.",
                    contract=order.name, end=order.date_end, start=order.date_start))

    @api.constrains('lump_sum_amount', 'included_quantity_t', 'tax_rate_percent')
    def _check_numbers(self):
        for order in self.filtered('business_id'):
            for name in ('lump_sum_amount', 'included_quantity_t', 'tax_rate_percent'):
                if order[name] < 0:
                    raise ValidationError(self.env._(
                        "%(field)s of contract %(contract)s must not be negative.",
                        field=order._waste_field_label(name), contract=order.name))
            if order.tax_rate_percent >= 100:
                raise ValidationError(self.env._(
                    "The tax rate of contract %(contract)s is a percentage such as 6, not %(rate)s.",
                    contract=order.name, rate=order.tax_rate_percent))

    @api.constrains('date_start', 'business_id')
    def _check_lines_fit(self):
        self.order_line._check_waste_code()
        self.order_line._check_pricing_mode()

    @api.constrains('tier_ids')
    def _check_tiers(self):
        for order in self.filtered('business_id'):
            if error := order._get_tiers_error():
                raise ValidationError(error)

    # ONCHANGE ------------------------------------------------------------------

    @api.onchange('business_id')
    def _onchange_business_id(self):
        """Take the operating company of the business, when the user may work in it."""
        company = self.business_id.company_id
        if company and company in self.env.companies and not self._origin:
            self.company_id = company

    # BUSINESS ------------------------------------------------------------------

    def _get_policy(self):
        """Return what the business gives this contract in its operating company."""
        self.ensure_one()
        return self.business_id._get_policy(self.company_id)

    def _get_tiers_error(self):
        for tiers in self.tier_ids.grouped('line_id').values():
            if error := tiers._get_ladder_error():
                return error
        return False

    def _get_lines_of_mode(self, mode):
        return self.order_line.filtered(lambda line: line.pricing_mode == mode).sorted('sequence')
