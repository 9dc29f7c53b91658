from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

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

    What was agreed is here; the contract's life is in ``sale_order_life.py``.
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

    @api.depends('business_id')
    def _compute_user_id(self):
        """The salesperson with the largest share in the producer serves a new contract."""
        super()._compute_user_id()
        new = self.filtered(lambda order: order.business_id and order.partner_id and not order._origin.user_id)
        assignments = new._get_assignments()
        for order in new:
            if assignment := assignments[order.partner_id, order.business_id][:1]:
                order.user_id = assignment.user_id

    @api.depends('business_id', 'partner_id')
    def _compute_team_id(self):
        """The team of the assignment, else of the business, leads a contract; one person may serve several teams."""
        super()._compute_team_id()
        contracts = self.filtered('business_id')
        assignments = contracts._get_assignments()
        for order in contracts:
            mine = assignments[order.partner_id, order.business_id].filtered(
                lambda assignment: assignment.user_id == order.user_id)
            team = mine[:1].team_id or order._get_policy()['team_id']
            if team and (not team.company_id or team.company_id == order.company_id):
                order.team_id = team

    @api.depends('business_id')
    def _compute_require_signature(self):
        super()._compute_require_signature()
        self.filtered('business_id').require_signature = False

    @api.depends('business_id')
    def _compute_require_payment(self):
        super()._compute_require_payment()
        self.filtered('business_id').require_payment = False

    @api.depends('business_id')
    def _compute_validity_date(self):
        super()._compute_validity_date()
        self.filtered('business_id').validity_date = False

    def _compute_sale_order_template_id(self):
        contracts = self.filtered('business_id')
        super(SaleOrder, self - contracts)._compute_sale_order_template_id()
        contracts.sale_order_template_id = False

    @api.depends('business_id')
    def _compute_type_name(self):
        super()._compute_type_name()
        for order in self.filtered('business_id'):
            order.type_name = self.env._("Contract")

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

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_contract_values(vals) for vals in vals_list]
        self._ensure_taxes({
            (vals['company_id'], vals['tax_rate_percent']) for vals in vals_list if vals.get('business_id')})
        return super().create(vals_list)

    def write(self, vals):
        if 'business_id' in vals:
            self._check_business_change(vals['business_id'])
        if 'tax_rate_percent' in vals or 'company_id' in vals:
            self._ensure_taxes({
                (vals.get('company_id') or order.company_id.id, vals.get('tax_rate_percent', order.tax_rate_percent))
                for order in self.filtered('business_id')})
        return super().write(vals)

    def copy(self, default=None):
        """A duplicate takes the price tiers along, those of a waste detail with its copy; fees stay with their waste."""
        copies = super().copy(default)
        for order, copy in zip(self, copies):
            if order.business_id:
                order._complete_copy(copy)
        return copies

    def _complete_copy(self, copy, rise=lambda price: price):
        """Give ``copy`` what hangs between lines: the ladders, and whose waste a fee is for.

        Its lines are those of `_get_copiable_order_lines`, in order.

        :param rise: function that returns the new price for an old one
        """
        self.ensure_one()
        lines = dict(zip(self._get_copiable_order_lines(), copy.order_line))
        for line in lines:
            if line.for_line_id in lines:
                lines[line].for_line_id = lines[line.for_line_id]
        copy.tier_ids = [
            fields.Command.create({
                **step, 'line_id': lines[tier.line_id].id if tier.line_id else False, 'price_unit': rise(tier.price_unit)})
            for tier in self.tier_ids if not tier.line_id or tier.line_id in lines
            for step in tier._get_steps()]

    def _prepare_contract_values(self, vals):
        """Complete the values of a new order when it is a contract: company, number, tax rate."""
        business = self.env['waste.business'].browse(
            vals.get('business_id') or self.env.context.get('default_business_id'))
        if not business:
            return vals
        company = self.env['res.company'].browse(vals.get('company_id')) or business.company_id or self.env.company
        vals = {
            'tax_rate_percent': business._get_policy(company)['tax_rate_percent'], **vals,
            'business_id': business.id, 'company_id': company.id,
        }
        if vals.get('name') in (None, False, '', '/', self.default_get(['name'])['name']):
            vals['name'] = business._next_contract_number(vals.get('date_start'), company)
        return vals

    def _ensure_taxes(self, company_rates):
        for company_id, rate in company_rates:
            self.env['account.tax']._ensure_contract_tax(self.env['res.company'].browse(company_id), rate)

    def _check_business_change(self, business_id):
        for order in self:
            if bool(order.business_id) != bool(business_id) and order.order_line:
                raise UserError(self.env._(
                    "%(order)s has lines already: a sales order can't become a waste contract or stop being one. "
                    "Create a new one.", order=order.name))

    # BUSINESS ------------------------------------------------------------------

    def _get_policy(self):
        """Return what the business gives this contract in its operating company."""
        self.ensure_one()
        return self.business_id._get_policy(self.company_id)

    def _get_assignments(self):
        """Return {(producer, business): assignments on the contract's first day, the largest share first}."""
        found = defaultdict(self.env['waste.assignment'].browse)
        if not self:
            return found
        # Who serves whom decides the salesperson also when the one who types may not see the assignments.
        assignments_sudo = self.env['waste.assignment'].sudo().search([
            ('producer_id', 'in', self.partner_id.ids), ('business_id', 'in', self.business_id.ids),
            ('category_id', '=', False),
        ], order='share_percent desc, id')
        for order in self:
            day = max(order.date_start or fields.Date.context_today(self), fields.Date.context_today(self))
            found[order.partner_id, order.business_id] = assignments_sudo.filtered(
                lambda assignment: assignment.producer_id == order.partner_id._origin
                and assignment.business_id == order.business_id._origin
                and assignment.date_from <= day and (not assignment.date_to or assignment.date_to >= day))
        return found

    def _get_tiers_error(self):
        for tiers in self.tier_ids.grouped('line_id').values():
            if error := tiers._get_ladder_error():
                return error
        return False

    def _get_lines_of_mode(self, mode):
        return self.order_line.filtered(lambda line: line.pricing_mode == mode).sorted('sequence')

    def _prepare_detail_values(self, vals_list):
        """Complete the values of new lines of these contracts: product, number, quantity."""
        taken = {}
        for order, lines in self.order_line.grouped('order_id').items():
            taken[order.id] = max(
                (int(tail) for line in lines if (tail := (line.line_no or '').rpartition('-')[2]).isdigit()), default=0)
        result = []
        for vals in vals_list:
            order = self.browse(vals.get('order_id')) & self
            if order and not vals.get('display_type'):
                vals = {'product_id': order.business_id.product_id.id, **vals}
                if not vals.get('line_no'):
                    taken[order.id] = taken.get(order.id, 0) + 1
                    vals['line_no'] = f'{order.name}-{taken[order.id]:02d}'
                if 'product_uom_qty' not in vals:
                    mode = vals.get('pricing_mode') or order.business_id._get_default_pricing_mode(order.company_id)
                    vals['product_uom_qty'] = 0 if vals.get('is_unlimited') else (
                        self.env[f'waste.pricing.{mode}']._billing_quantity(
                            vals.get('planned_quantity_t', 0), vals.get('planned_count', 0)))
            result.append(vals)
        return result

    def get_formview_id(self, access_uid=None):
        if len(self) == 1 and self.business_id:
            return self.env.ref('waste_contract.sale_order_view_form').id
        return super().get_formview_id(access_uid=access_uid)

    @api.readonly
    def action_open_business_doc(self):
        self.ensure_one()
        return self.get_formview_action() if self.business_id else super().action_open_business_doc()

    def _get_portal_return_action(self):
        self.ensure_one()
        if self.business_id:
            return self.env.ref('waste_contract.sale_order_action')
        return super()._get_portal_return_action()

    def _get_name_portal_content_view(self):
        self.ensure_one()
        if self.business_id:
            return 'waste_contract.portal_contract_content'
        return super()._get_name_portal_content_view()
