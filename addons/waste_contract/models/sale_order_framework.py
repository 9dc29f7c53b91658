from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from odoo.addons.waste.tools.language import to_language

WARN_PERCENT = 90.0
# Submitted orders count: two of them must not both be approved into the last tonnes of the frame.
NOT_CALLED_OFF = ('draft', 'cancelled', 'voided')


class SaleOrder(models.Model):
    """A framework contract agrees on prices and a frame; each call-off order under it takes its share of the frame."""
    _inherit = 'sale.order'

    contract_kind = fields.Selection(
        [('contract', "Contract"), ('framework', "Framework Contract"), ('order', "Call-off Order"), ('quotation', "Quotation")],
        "Kind", default='contract', required=True, index=True)
    framework_id = fields.Many2one(
        'sale.order', "Framework Contract", copy=False, index='btree_not_null', ondelete='restrict', check_company=True,
        domain="[('contract_kind', '=', 'framework'), ('contract_state', '=', 'active'), ('partner_id', '=', partner_id)]")
    call_off_ids = fields.One2many('sale.order', 'framework_id', "Call-off Orders")
    frame_quantity_t = fields.Float(
        "Frame (t)", digits=(16, 6), min_display_digits=3, help="What may be called off in all; 0 is not agreed.")
    frame_amount = fields.Monetary("Frame (Amount)", help="What may be called off in all, tax included; 0 is not agreed.")
    is_frame_unlimited = fields.Boolean(
        "More May Be Called Off", help="The frame is an estimate: orders above it are warned about, not refused.")
    # Stored on purpose: two orders submitted at once collide on the row of the frame, and the second sees the first.
    frame_used_t = fields.Float(
        "Called off (t)", digits=(16, 6), min_display_digits=3, compute='_compute_frame_used', store=True)
    frame_used_amount = fields.Monetary("Called off (Amount)", compute='_compute_frame_used', store=True)
    frame_used_percent = fields.Float("Called off (%)", digits=(5, 1), compute='_compute_frame_used', store=True, aggregator='max')

    # COMPUTE -------------------------------------------------------------------

    @api.depends(
        'contract_kind', 'frame_quantity_t', 'frame_amount', 'call_off_ids.contract_state',
        'call_off_ids.order_line.planned_quantity_t', 'call_off_ids.planned_receivable')
    def _compute_frame_used(self):
        for order in self:
            counted = order.call_off_ids.filtered(lambda call_off: call_off.contract_state not in NOT_CALLED_OFF)
            order.frame_used_t = sum(counted.order_line.mapped('planned_quantity_t'))
            order.frame_used_amount = sum(counted.mapped('planned_receivable'))
            order.frame_used_percent = order._get_frame_percent(order.frame_used_t, order.frame_used_amount)

    def _get_frame_percent(self, used_t, used_amount):
        parts = ((used_t, self.frame_quantity_t), (used_amount, self.frame_amount))
        return max((used / frame * 100 for used, frame in parts if frame > 0), default=0.0)

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('contract_kind', 'framework_id', 'frame_quantity_t', 'frame_amount', 'partner_id', 'business_id')
    def _check_framework(self):
        for order in self.filtered('business_id'):
            if order.frame_quantity_t < 0 or order.frame_amount < 0:
                raise ValidationError(self.env._(
                    "The frame of contract %(contract)s must not be negative.", contract=order.name))
            frame = order.framework_id
            if (order.contract_kind == 'order') != bool(frame):
                raise ValidationError(self.env._(
                    "%(contract)s: a call-off order is under a framework contract, and nothing else is. "
                    "Open the framework contract and press “New Order”.", contract=order.name))
            if frame and (frame.contract_kind, frame.partner_id, frame.business_id) != (
                    'framework', order.partner_id, order.business_id):
                raise ValidationError(self.env._(
                    "Order %(order)s is of another producer or business than framework contract %(frame)s.",
                    order=order.name, frame=frame.name))

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        if vals.get('contract_state') == 'approving':
            # Quantities are agreed for the frame as a whole and planned by its orders.
            self.filtered(lambda order: order.contract_kind == 'framework').order_line.is_unlimited = True
        result = super().write(vals)
        if vals.get('contract_state') == 'approving':
            self.framework_id._warn_of_frame()
        return result

    # CHECKS --------------------------------------------------------------------

    def _get_submit_error(self):
        error = super()._get_submit_error()
        if not error and self.contract_kind == 'framework' and not (
                self.frame_quantity_t or self.frame_amount or self.is_frame_unlimited):
            return self.env._(
                "Framework contract %(contract)s needs its frame: tonnes, an amount, or “More May Be Called Off”.",
                contract=self.name)
        return error or (self.framework_id and self._get_call_off_error())

    def _get_call_off_error(self):
        """Return why this order can't be called off from its frame, or False (I-28 on the side of the contract)."""
        self.ensure_one()
        # The frame counts as a whole, also orders that the salesperson may not see.
        frame_sudo = self.framework_id.sudo()
        words = {'order': self.name, 'frame': frame_sudo.name}
        if frame_sudo.contract_state != 'active':
            return self.env._("Order %(order)s: framework contract %(frame)s is not active.", **words)
        if self.date_start < frame_sudo.date_start or self.date_end > frame_sudo.date_end:
            return self.env._(
                "Order %(order)s is outside the period of framework contract %(frame)s, %(start)s to %(end)s.",
                start=frame_sudo.date_start, end=frame_sudo.date_end, **words)
        details_sudo = frame_sudo.order_line._filter_agreed_on(self.date_start)._filter_agreed_on(self.date_end)
        agreed = {(line.waste_name, line.waste_code_id, line.pricing_mode, line.price_unit) for line in details_sudo}
        for line in self.order_line.filtered('pricing_mode'):
            if (line.waste_name, line.waste_code_id, line.pricing_mode, line.price_unit) not in agreed:
                return self.env._(
                    "Order %(order)s: framework contract %(frame)s doesn't agree on %(waste)s at this price for the whole "
                    "order. Take its price and period, or agree on new ones there.", waste=line.waste_name, **words)
        percent = frame_sudo._get_frame_percent(
            frame_sudo.frame_used_t + sum(self.order_line.mapped('planned_quantity_t')),
            frame_sudo.frame_used_amount + self.planned_receivable)
        if percent > 100 and not frame_sudo.is_frame_unlimited:
            return self.env._(
                "Order %(order)s would bring framework contract %(frame)s to %(percent)s %% of its frame. "
                "Order less, or agree on a larger frame.", percent=f'{percent:.1f}', **words)
        return False

    # ACTION --------------------------------------------------------------------

    def action_new_call_off(self):
        """Open a new order under the framework contract, with its details at its prices."""
        self.ensure_one()
        if self.contract_kind != 'framework' or self.contract_state != 'active':
            raise UserError(self.env._(
                "Orders are called off from active framework contracts; %(contract)s is none.", contract=self.name))
        return self._call_off().get_formview_action()

    def action_view_call_offs(self):
        """Open the orders under the framework contract."""
        action = self.env['ir.actions.act_window']._for_xml_id('waste_contract.sale_order_action')
        return {**action, 'domain': [('framework_id', 'in', self.ids)], 'context': {}}

    # BUSINESS ------------------------------------------------------------------

    def _get_term_fields(self):
        """The frame grows by agreement."""
        return [*super()._get_term_fields(), 'frame_quantity_t', 'frame_amount', 'is_frame_unlimited']

    def _call_off(self):
        """Return a new draft order under this framework contract; its quantities are still to be typed."""
        self.ensure_one()
        vals = self.copy_data({
            'contract_kind': 'order', 'framework_id': self.id, 'date_end': self.date_end,
            'date_start': max(self.date_start, fields.Date.context_today(self)),
            'frame_quantity_t': 0, 'frame_amount': 0, 'is_frame_unlimited': False,
        })[0]
        vals['order_line'] = [Command.create({**command[2], 'is_unlimited': False}) for command in vals['order_line']]
        order = self.create(vals)
        self._complete_copy(order)
        return order

    def _warn_of_frame(self):
        """Tell the salesperson once that the frame is nearly used up."""
        xmlid = 'waste_contract.mail_activity_frame_used'
        # Whoever submits the order needn't be the one who serves the frame.
        for frame in self.sudo().filtered(lambda frame: frame.frame_used_percent >= WARN_PERCENT):
            if not frame.activity_search([xmlid]):
                frame.activity_schedule(
                    xmlid, user_id=frame.user_id.id or self.env.uid,
                    summary=to_language(frame, frame.user_id).env._(
                        "%(percent)s %% of the frame are called off", percent=f'{frame.frame_used_percent:.1f}'))
