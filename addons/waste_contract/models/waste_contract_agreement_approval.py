from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


class WasteContractAgreement(models.Model):
    """Who decides on an agreement: the steps of the flows that match it; a sales manager where none does."""
    _name = 'waste.contract.agreement'
    _inherit = ['waste.contract.agreement', 'approval.mixin']

    _state_from = ['draft']
    _state_to = ['customer_review']
    _cancel_state = 'cancelled'

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        target = vals.get('state')
        moving = self.filtered(lambda agreement: target and agreement.state != target)
        returned = moving.filtered(lambda agreement: agreement.state == 'approving')
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
        if self.state == 'approving' and target in ('customer_review', 'draft'):
            # Steps hold whoever moves the agreement, also who may not read them.
            pending = self.sudo().review_ids.filtered(lambda review: review.status == 'pending')
            if pending:
                return self.env._(
                    "Agreement %(agreement)s: step “%(step)s” is still to be decided by %(people)s.",
                    agreement=self.name, step=pending[0].name, people=', '.join(pending.reviewer_ids.mapped('name')))
        return super()._get_move_error(target)

    # ACTION --------------------------------------------------------------------

    def action_approve(self):
        """Approve the steps that are the user's to decide; without steps, the agreement as a sales manager."""
        stepwise = self._get_stepwise()
        if stepwise:
            stepwise._get_my_reviews().action_approve()
        return super(WasteContractAgreement, self - stepwise).action_approve()

    def action_reject(self, reason=None):
        stepwise = self._get_stepwise()
        if not stepwise:
            return super().action_reject(reason)
        reviews = stepwise._get_my_reviews()
        if not (reason or '').strip():
            return reviews.with_context(verb='return').action_ask_decision()
        reviews.action_return(reason)
        return super(WasteContractAgreement, self - stepwise).action_reject(reason) if self - stepwise else True

    # BUSINESS ------------------------------------------------------------------

    def _get_stepwise(self):
        """Return those that steps decide on."""
        self.check_access('read')
        return self.filtered(lambda agreement: agreement.sudo().is_approval_open)

    def _get_my_reviews(self):
        """Return the current user's open steps of these agreements.

        :raise UserError: when an agreement waits for others only
        """
        reviews = self.env['tier.review'].search([
            ('model', '=', self._name), ('res_id', 'in', self.ids), ('can_review', '=', True)])
        for agreement in self:
            if agreement.id not in reviews.mapped('res_id'):
                raise UserError(agreement._get_move_error('customer_review'))
        return reviews

    def _approval_granted(self):
        super()._approval_granted()
        self._transition_logged('approve', self.env._("Approved."))

    def _approval_refused(self, reason):
        super()._approval_refused(reason)
        self._transition_logged('reject', reason)

    def _get_escalation_users(self):
        return super()._get_escalation_users() | self.order_id.team_id.user_id

    def _get_approval_essentials(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        return super()._get_approval_essentials() + [line for line in (
            (self.env._("Agreement"), kinds[self.kind]),
            (self.env._("Effective from"), format_date(self.env, self.date_effective)),
            (self.env._("Changes"), '\n'.join([*self._explain_agreed(), *filter(None, self.line_ids.mapped('summary'))])),
            (self.env._("Reason"), self.reason),
            (self.env._("Salesperson"), self.user_id.name),
        ) if line[1]]
