from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.waste.tools.changes import is_change

from ..tools import half_up
from .waste_pricing_mode import PRICING_MODES

# Closed together with the contract's own terms (`sale.order._sealed_from`).
SEALED = frozenset({
    'order_id', 'product_id', 'product_uom_id', 'product_uom_qty', 'name', 'display_type', 'discount', 'tax_ids',
    'line_no', 'waste_name', 'waste_code_id', 'category_id', 'physical_form_id', 'packaging_id', 'hazard_ids',
    'disposal_method_id', 'planned_quantity_t', 'planned_count', 'is_unlimited', 'pricing_mode', 'payer', 'price_unit',
    'list_price', 'service_id', 'date_from', 'date_to',
    'tax_rate_percent', 'included_quantity_t', 'price_basis', 'for_line_id', 'waived_over_t', 'distance_km',
    't_per_bin', 'lab_item', 'index_metal', 'index_coefficient', 'index_fee',
})


class SaleOrderLine(models.Model):
    """A line of a waste contract is a waste detail (废物明细): one waste at one price."""
    _inherit = 'sale.order.line'
    _rec_names_search = ['name', 'line_no', 'order_id.name']

    line_no = fields.Char("Detail No.", copy=False, help="The number WIM and the parties know this waste detail by.")
    waste_name = fields.Char("Waste", help="The name that the contract uses.")
    waste_code_id = fields.Many2one('waste.code', "Waste Code", index='btree_not_null', ondelete='restrict')
    category_id = fields.Many2one(
        'waste.category', "Category", compute='_compute_category_id',
        store=True, readonly=False, precompute=True, index='btree_not_null')
    hazard_ids = fields.Many2many(
        'waste.hazard', string="Hazards", compute='_compute_hazard_ids', store=True, readonly=False, precompute=True)
    physical_form_id = fields.Many2one('waste.physical.form', "Form", index='btree_not_null')
    packaging_id = fields.Many2one('waste.packaging', "Packaging", index='btree_not_null')
    disposal_method_id = fields.Many2one('waste.disposal.method', "Disposal Method", index='btree_not_null')

    planned_quantity_t = fields.Float("Planned (t)", digits=(16, 6), min_display_digits=3, help="For the whole period of the contract.")
    planned_count = fields.Integer(
        "Planned Count", help="Planned packages or trips, for prices per package or per trip.")
    is_unlimited = fields.Boolean("Unlimited", help="No quantity is agreed; the line has no planned value.")

    pricing_mode = fields.Selection(
        PRICING_MODES, compute='_compute_pricing_mode', store=True, readonly=False, precompute=True, index=True)
    payer = fields.Selection(
        [('producer', "Producer"), ('us', "Us"), ('government', "Government")], "Paid by", compute='_compute_payer',
        store=True, readonly=False, precompute=True)
    floor_price = fields.Float(
        min_display_digits='Product Price', groups='waste.group_sales_manager', copy=False,
        help="Lowest price without a higher approval. Never shown to the customer.")

    business_id = fields.Many2one(related='order_id.business_id', store=True, index='btree_not_null', precompute=True)
    contract_state = fields.Selection(related='order_id.contract_state', store=True, precompute=True)

    _line_no_uniq = models.UniqueIndex("(line_no) WHERE line_no IS NOT NULL", "Another waste detail already has this number.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('waste_code_id')
    def _compute_category_id(self):
        for line in self:
            line.category_id = line.waste_code_id.category_id or line.category_id

    @api.depends('waste_code_id')
    def _compute_hazard_ids(self):
        for line in self:
            line.hazard_ids = line.waste_code_id.hazard_ids or line.hazard_ids

    @api.depends('order_id.business_id')
    def _compute_pricing_mode(self):
        for line in self:
            business = line.order_id.business_id
            if not business or line.display_type:
                line.pricing_mode = False
            else:
                line.pricing_mode = line.pricing_mode or business._get_default_pricing_mode(line.order_id.company_id)

    @api.depends('pricing_mode')
    def _compute_payer(self):
        for line in self:
            line.payer = line.pricing_mode and line._get_pricing()._payer

    @api.depends('line_no', 'waste_name')
    def _compute_display_name(self):
        details = self.filtered('waste_name')
        super(SaleOrderLine, self - details)._compute_display_name()
        for line in details:
            line.display_name = f"{line.line_no or ''} {line.waste_name}".strip()

    @api.depends('waste_name', 'waste_code_id')
    def _compute_name(self):
        details = self.filtered('waste_name')
        super(SaleOrderLine, self - details)._compute_name()
        for line in details:
            line.name = f"{line.waste_name} {line.waste_code_id.code or ''}".strip()

    @api.depends('pricing_mode', 'price_basis')
    def _compute_product_uom_id(self):
        """The unit the price is per, so that quantity × price reads right wherever Odoo shows it."""
        details = self.filtered('pricing_mode')
        super(SaleOrderLine, self - details)._compute_product_uom_id()
        find_uom = self.env['ir.model.data']._xmlid_to_res_id  # cached, unlike env.ref
        for line in details:
            line.product_uom_id = find_uom(line._get_pricing()._get_billing_uom(line))

    @api.depends('pricing_mode', 'planned_quantity_t', 'planned_count', 'is_unlimited')
    def _compute_product_uom_qty(self):
        details = self.filtered('pricing_mode')
        super(SaleOrderLine, self - details)._compute_product_uom_qty()
        for line in details:
            line.product_uom_qty = 0 if line.is_unlimited else line._get_pricing()._billing_quantity(
                line.planned_quantity_t, line.planned_count)

    def _compute_price_unit(self):
        """Contract prices are agreed, not taken from a pricelist."""
        details = self.filtered('pricing_mode')
        super(SaleOrderLine, self - details)._compute_price_unit()

    def _compute_discount(self):
        details = self.filtered('pricing_mode')
        super(SaleOrderLine, self - details)._compute_discount()
        details.discount = 0.0

    def _compute_analytic_distribution(self):
        """Odoo asks for the distribution models of each line by itself; where there are none, nothing is to be asked."""
        if self.env['account.analytic.distribution.model'].sudo().search_count([], limit=1):
            super()._compute_analytic_distribution()

    @api.depends('pricing_mode', 'tax_rate_percent')
    def _compute_tax_ids(self):
        details = self.filtered('pricing_mode')
        super(SaleOrderLine, self - details)._compute_tax_ids()
        for (company, rate), lines in details.grouped(
                lambda line: (line.company_id, line.tax_rate_percent)).items():
            lines.tax_ids = self.env['account.tax']._get_contract_tax(company, rate)

    @api.depends(
        'pricing_mode', 'planned_quantity_t', 'planned_count', 'is_unlimited',
        'order_id.lump_sum_amount', 'order_id.included_quantity_t', 'order_id.date_start', 'order_id.date_end',
        'included_quantity_t', 'price_basis', 'for_line_id', 'waived_over_t', 'distance_km', 't_per_bin',
        'order_id.lump_sum_unit', 'order_id.tier_ids.is_excess', 'order_id.tier_ids.from_t',
        'order_id.tier_ids.to_t', 'order_id.tier_ids.price_unit',
        # Lump-sum details use up the included quantity together, the first carries the lump sum.
        'order_id.order_line.pricing_mode', 'order_id.order_line.planned_quantity_t', 'order_id.order_line.sequence')
    def _compute_amount(self):
        super()._compute_amount()

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('waste_code_id', 'order_id')
    def _check_waste_code(self):
        """I-02: the code is in the list that is valid on the contract's first day."""
        for date_start, lines in self.filtered('waste_code_id').grouped(lambda line: line.order_id.date_start).items():
            for line in lines - lines.filtered(lambda line: line.waste_code_id._valid_on(date_start)):
                raise ValidationError(self.env._(
                    "Waste code %(code)s of waste detail %(waste)s isn't valid on %(date)s, when contract %(contract)s "
                    "starts. Choose a code of the list in force.",
                    code=line.waste_code_id.code, waste=line.waste_name, date=date_start, contract=line.order_id.name))

    @api.constrains('pricing_mode', 'order_id')
    def _check_pricing_mode(self):
        for line in self.filtered('pricing_mode'):
            allowed = line.order_id._get_policy()['pricing_mode_ids'].mapped('code')
            if allowed and line.pricing_mode not in allowed:
                raise ValidationError(self.env._(
                    "Contracts of %(business)s don't use the price “%(mode)s” of waste detail %(waste)s. "
                    "Choose another, or allow it on the business.",
                    business=line.order_id.business_id.name, mode=line._get_mode_label(), waste=line.waste_name))

    @api.constrains(
        'waste_name', 'planned_quantity_t', 'planned_count', 'price_unit', 'payer', 'pricing_mode', 'discount')
    def _check_terms(self):
        for line in self.filtered('pricing_mode'):
            if not line.waste_name:
                raise ValidationError(self.env._(
                    "Waste detail %(number)s needs the name of the waste.", number=line.line_no))
            if line.planned_quantity_t < 0 or line.planned_count < 0:
                raise ValidationError(self.env._(
                    "The planned quantity of waste detail %(waste)s must not be negative. "
                    "For no limit, tick Unlimited.", waste=line.waste_name))
            payer = line._get_pricing()._payer
            if payer != line.payer:
                raise ValidationError(self.env._(
                    "Waste detail %(waste)s: with the price “%(mode)s”, %(payer)s pays.",
                    waste=line.waste_name, mode=line._get_mode_label(), payer={
                        'us': self.env._("our company"), 'producer': self.env._("the producer"),
                        'government': self.env._("the government")}[payer]))
            payable = payer == 'us'
            if payable and line.price_unit > 0:
                raise ValidationError(self.env._(
                    "Waste detail %(waste)s: what we pay is written as a negative price, such as -300.",
                    waste=line.waste_name))
            if not payable and line.price_unit < 0:
                raise ValidationError(self.env._(
                    "Waste detail %(waste)s: the price must not be negative. For waste that we buy, "
                    "choose the price “%(mode)s”.", waste=line.waste_name, mode=line._get_mode_label('negative')))
            if line.discount:
                raise ValidationError(self.env._(
                    "Waste detail %(waste)s: a contract has no discounts; write the agreed price.",
                    waste=line.waste_name))

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        contracts = self.env['sale.order'].browse(
            {vals['order_id'] for vals in vals_list if vals.get('order_id')}).filtered('business_id')
        if contracts:
            vals_list = contracts._prepare_detail_values(vals_list)
            self = self.with_context(sale_no_log_for_new_lines=True)
        lines = super().create(vals_list)
        if not self.env.su:  # jobs take over contracts with their lines in a later state
            # Asked of what was made, not of the values: a default given by context counts too.
            lines.order_id.filtered('business_id')._check_terms_open(self._get_part_words())
        # Each line was priced before it had siblings; lump-sum details use up one quantity together, fees follow their waste.
        contracts.order_line.filtered(
            lambda line: line.pricing_mode and line._get_pricing()._has_siblings).modified(['pricing_mode'])
        return lines

    def write(self, vals):
        sealed = SEALED.intersection(vals)
        if sealed:
            self.filtered(
                lambda line: line.pricing_mode and any(is_change(line, name, vals[name]) for name in sealed)
            ).order_id._check_terms_open(self._get_part_words())
        if vals.get('order_id'):
            self.env['sale.order'].browse(vals['order_id'])._check_terms_open(self._get_part_words())
        return super().write(vals)

    def _check_line_unlink(self):
        """Contracts have their own rule, `_unlink_except_sealed`; Odoo's lets nobody correct what WIM keeps."""
        return super()._check_line_unlink().filtered(lambda line: not line.pricing_mode)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sealed(self):
        self.filtered('pricing_mode').order_id._check_terms_open(self._get_part_words())

    # BUSINESS ------------------------------------------------------------------

    def _get_pricing(self):
        """Return the strategy of the line's pricing mode (the base one without a mode)."""
        return self.env[f'waste.pricing.{self.pricing_mode}' if self.pricing_mode else 'waste.pricing']

    def _price(self, settled):
        """Return the amount of a period, rounded half up to the cent, once.

        :param settled: :class:`~odoo.addons.waste_contract.tools.Settled`
        :return: Decimal >= 0, tax included; owed by us when ``payer`` is 'us'
        """
        self.ensure_one()
        return half_up(self._get_pricing()._amount(self, settled))

    def _explain_price(self, settled):
        """Return the sentence from which a person can recompute `_price`."""
        self.ensure_one()
        return self._get_pricing()._explain(self, settled)

    def _get_tiers(self):
        """Return the line's own price tiers, else those of its contract, from low to high."""
        self.ensure_one()
        tiers = self.order_id.tier_ids
        return (tiers.filtered(lambda tier: tier.line_id == self._origin)
                or tiers.filtered(lambda tier: not tier.line_id)).sorted('from_t')

    def _get_mode_label(self, mode=None):
        return dict(self._fields['pricing_mode']._description_selection(self.env))[mode or self.pricing_mode]

    def _get_part_words(self):
        return self.env._("Waste detail")

    def _prepare_base_line_for_taxes_computation(self, **kwargs):
        """The amount of a waste detail is its planned value, whatever its pricing mode multiplies."""
        if self.pricing_mode:
            kwargs = {
                'price_unit': float(self._get_pricing()._planned_amount(self)), 'quantity': 1.0, 'discount': 0.0,
                **kwargs,
            }
        return super()._prepare_base_line_for_taxes_computation(**kwargs)

    def _reset_price_unit(self):
        if not self.pricing_mode:
            super()._reset_price_unit()

    def _can_be_edited_on_portal(self):
        return not self.pricing_mode and super()._can_be_edited_on_portal()
