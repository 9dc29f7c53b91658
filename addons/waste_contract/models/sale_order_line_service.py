from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """What the price list says of a waste detail: service, list price, offer to this customer on this day, floor and cost."""
    _inherit = 'sale.order.line'

    service_id = fields.Many2one(
        'product.product', "Service", compute='_compute_service_id', store=True, readonly=False, precompute=True,
        index='btree_not_null', ondelete='restrict', check_company=True,
        domain="[('waste_business_id', '=', business_id), ('sale_ok', '=', True)]",
        help="The service of the price list; found by the waste code or category.")
    list_price = fields.Float(
        min_display_digits='Product Price', compute='_compute_list_price', store=True, readonly=False, precompute=True,
        groups='base.group_user', help="What the price list says, before any reduction.")
    # Not precomputed: that would read them as the user, who may not.
    floor_price = fields.Float(compute='_compute_manager_prices', store=True, readonly=False)
    cost_price = fields.Float(
        min_display_digits='Product Price', compute='_compute_manager_prices', store=True, readonly=False,
        groups='waste.group_sales_manager', copy=False, help="What the service costs us. Never shown to the customer.")
    margin_percent = fields.Float(
        "Margin (%)", digits=(5, 1), compute='_compute_margin_percent', groups='waste.group_sales_manager')

    # COMPUTE -------------------------------------------------------------------

    @api.depends('waste_code_id', 'category_id', 'order_id.business_id', 'pricing_mode')
    def _compute_service_id(self):
        details = self.filtered(lambda line: line.pricing_mode and (line.waste_code_id or line.category_id))
        (self - details).service_id = False
        if not details:
            return
        services = self.env['product.product'].search([
            ('waste_business_id', 'in', details.order_id.business_id.ids), ('sale_ok', '=', True),
            '|', ('waste_code_id', '!=', False), ('waste_category_id', '!=', False)])
        for line in details:
            mine = services.filtered(lambda service, line=line: (
                service.waste_business_id == line.order_id.business_id
                and (not service.company_id or service.company_id == line.order_id.company_id)))
            line.service_id = (
                line.waste_code_id and mine.filtered(lambda service, line=line: service.waste_code_id == line.waste_code_id)
                or mine.filtered(lambda service, line=line: (
                    not service.waste_code_id and service.waste_category_id == line.category_id)))[:1]

    @api.depends('service_id')
    def _compute_list_price(self):
        for line in self:
            line.list_price = line.service_id.list_price or line.list_price

    @api.depends('service_id')
    def _compute_manager_prices(self):
        # Whoever writes a contract, its floor and cost are taken from the list; only managers read them.
        for line_sudo in self.sudo():
            service_sudo = line_sudo.service_id.with_company(line_sudo.order_id.company_id)
            line_sudo.floor_price = service_sudo.waste_floor_price or line_sudo.floor_price
            line_sudo.cost_price = service_sudo.standard_price or line_sudo.cost_price

    @api.depends('price_unit', 'cost_price')
    def _compute_margin_percent(self):
        for line in self:
            has_margin = line.cost_price and line.price_unit > 0
            line.margin_percent = (line.price_unit - line.cost_price) / line.price_unit * 100 if has_margin else 0.0

    # ONCHANGE ------------------------------------------------------------------

    @api.onchange('service_id', 'waste_code_id', 'category_id')
    def _onchange_service_id(self):
        """Offer the price of the list; who agreed on another one types it."""
        if self.pricing_mode and self.service_id and self.service_id != self._origin.service_id:
            self.price_unit = self._get_offer()

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        for line, vals in zip(lines, vals_list):
            if 'price_unit' not in vals and line.pricing_mode and line.service_id:
                line.price_unit = line._get_offer()
        return lines

    # BUSINESS ------------------------------------------------------------------

    def _get_offer(self):
        """Return the price of the service for this customer today: its level and dated promotions are Odoo's pricelists."""
        self.ensure_one()
        order = self.order_id
        service = self.service_id
        return order.pricelist_id._get_product_price(
            service, self.planned_quantity_t or 1.0, currency=order.currency_id, uom=service.uom_id,
            date=fields.Date.context_today(self))
