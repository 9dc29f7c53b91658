from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

SHOWN_DETAILS = 4


class SaleOrder(models.Model):
    """Who decides on a contract: the steps of the flows that match it; a sales manager where none does."""
    _name = 'sale.order'
    _inherit = ['sale.order', 'approval.mixin']

    _state_from = ['draft']
    _state_to = ['customer_review']
    _cancel_state = 'cancelled'

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        """Approval follows the state whoever moves it, so no import or RPC call leaves it out."""
        target = vals.get('contract_state')
        moving = self.filtered(lambda order: target and order.contract_state != target)
        returned = moving.filtered(lambda order: order.contract_state == 'approving')
        result = super().write(vals)
        if target == 'approving':
            moving._request_approval()
        elif target == 'draft':
            (moving - returned)._archive_approval()  # what was approved may change now
        elif target == 'cancelled':
            moving._cancel_approval()
        return result

    # CHECKS --------------------------------------------------------------------

    def _get_move_error(self, target):
        if self.contract_state == 'approving' and target in ('customer_review', 'draft'):
            pending = self.sudo().review_ids.filtered(lambda review: review.status == 'pending')
            if pending:
                return self.env._(
                    "Contract %(contract)s: step “%(step)s” is still to be decided by %(people)s.",
                    contract=self.name, step=pending[0].name, people=', '.join(pending.reviewer_ids.mapped('name')))
        return super()._get_move_error(target)

    # ACTION --------------------------------------------------------------------

    def action_approve(self):
        """Approve the steps that are the user's to decide; without steps, the contract as a sales manager."""
        stepwise = self._get_stepwise()
        if stepwise:
            stepwise._get_my_reviews().action_approve()
        return super(SaleOrder, self - stepwise).action_approve()

    def action_reject(self, reason=None):
        stepwise = self._get_stepwise()
        if not stepwise:
            return super().action_reject(reason)
        reviews = stepwise._get_my_reviews()
        if not (reason or '').strip():
            return reviews.with_context(verb='return').action_ask_decision()
        reviews.action_return(reason)
        return super(SaleOrder, self - stepwise).action_reject(reason) if self - stepwise else True

    # BUSINESS ------------------------------------------------------------------

    def _get_stepwise(self):
        """Return those that steps decide on."""
        self.check_access('read')
        return self.filtered(lambda order: order.sudo().is_approval_open)

    def _get_my_reviews(self):
        """Return the current user's open steps of these contracts.

        :raise UserError: when a contract waits for others only
        """
        reviews = self.env['tier.review'].search([
            ('model', '=', self._name), ('res_id', 'in', self.ids), ('can_review', '=', True)])
        for order in self:
            if order.id not in reviews.mapped('res_id'):
                raise UserError(order._get_move_error('customer_review'))
        return reviews

    def _approval_granted(self):
        super()._approval_granted()
        self._transition('approve')

    def _approval_refused(self, reason):
        super()._approval_refused(reason)
        self._transition_logged('reject', reason)

    def _is_approval_ahead(self):
        return bool(self.business_id) and super()._is_approval_ahead()

    def _get_escalation_users(self):
        return super()._get_escalation_users() | self.team_id.user_id

    def _get_approval_essentials(self):
        lines = self.order_line.filtered('pricing_mode')
        details = [
            self.env._("%(waste)s: %(price)s", waste=line.waste_name, price=line.currency_id.format(line.price_unit))
            for line in lines[:SHOWN_DETAILS]]
        if len(lines) > SHOWN_DETAILS:
            details.append(self.env._("and %(count)s more", count=len(lines) - SHOWN_DETAILS))
        return super()._get_approval_essentials() + [line for line in (
            (self.env._("Business"), self.business_id.name),
            (self.env._("Period"), f'{format_date(self.env, self.date_start)} – {format_date(self.env, self.date_end)}'),
            (self.env._("Wastes"), '; '.join(details)),
            (self.env._("Planned Payable"), self.planned_payable and self.currency_id.format(self.planned_payable)),
            (self.env._("Floor price"), self.is_below_floor and self.env._("Below the floor price")),
            (self.env._("Discount"), self.discount_percent and f'{formatLang(self.env, self.discount_percent)} %'),
            (self.env._("Terms"), self.has_custom_clauses and self.env._("Non-standard terms")),
            (self.env._("Salesperson"), self.user_id.name),
        ) if line[1]]
