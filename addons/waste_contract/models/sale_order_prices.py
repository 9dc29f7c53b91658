from odoo import api, fields, models


class SaleOrder(models.Model):
    """What approvals and analyses ask of the prices of a contract."""
    _inherit = 'sale.order'

    report_class_id = fields.Many2one(
        'waste.report.class', "Report Class", compute='_compute_report_class_id', store=True, readonly=False,
        index='btree_not_null', help="What analyses group the contract by: of its first waste, else of its business.")
    is_below_floor = fields.Boolean(
        "Below Floor Price", compute='_compute_is_below_floor', store=True, groups='base.group_user',
        help="A waste detail is cheaper than its floor price allows.")
    discount_percent = fields.Float(
        "Discount (%)", digits=(5, 2), compute='_compute_discount_percent', store=True, aggregator='max',
        groups='base.group_user', help="The greatest reduction of a waste detail against its list price.")
    deposit_amount = fields.Monetary("Deposit", help="Paid in advance, on account of what the contract will come to.")
    deposit_rule = fields.Selection(
        [('refund', "Refund what is left"), ('carry_over', "Carry over what is left")], default='refund',
        help="What becomes of a deposit that was more than the amount due (多退少补).")

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
