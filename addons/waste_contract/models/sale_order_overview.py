from odoo import api, fields, models


class SaleOrder(models.Model):
    """What the form says first: what is to be done next, and what stands in its way."""
    _inherit = 'sale.order'

    next_step = fields.Char(compute='_compute_next_step', groups='base.group_user')
    obstacle = fields.Text(compute='_compute_obstacle', groups='base.group_user')

    # COMPUTE -------------------------------------------------------------------

    @api.depends('contract_state', 'date_signed', 'renewal_state', 'contract_kind', 'order_line')
    @api.depends_context('lang')
    def _compute_next_step(self):
        for order in self:
            order.next_step = order._get_next_step() if order.business_id else False

    @api.depends('contract_state', 'order_line', 'tier_ids', 'lump_sum_amount', 'government_id', 'framework_id')
    @api.depends_context('lang')
    def _compute_obstacle(self):
        for order in self:
            is_written = order._origin and order.business_id and order.contract_state == 'draft' and order.order_line
            order.obstacle = is_written and order._origin._get_submit_error()

    # BUSINESS ------------------------------------------------------------------

    def _get_next_step(self):
        """Return what is to be done next in one sentence, or False. To override."""
        self.ensure_one()
        state = self.contract_state
        if state == 'signing' and self.date_signed:
            return self.env._("Signed; it becomes active by itself on %(day)s.", day=self.date_start)
        if state == 'active':
            days = (self.date_end - fields.Date.context_today(self)).days
            if days > 90 or self.renewal_state in ('renewed', 'lost'):
                return False
            return self.env._("It ends in %(days)s days: renew it, or note why not.", days=days)
        return {
            'draft': self.env._("List the waste with its prices, then submit it for approval."),
            'approving': self.env._("The approver decides; meanwhile the terms are closed."),
            'customer_review': self.env._("The producer reads it on its page and agrees, or wants changes."),
            'gov_review': self.env._("The government office reviews it."),
            'signing': self.env._("All parties sign; record the day when they have."),
        }.get(state, False)
