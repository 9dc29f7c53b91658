from odoo import api, fields, models
from odoo.exceptions import UserError

from .waste_contract_agreement import AGREEMENT_STATES
from .waste_contract_review_mixin import REVIEW_TRANSITIONS


class WasteContractAgreement(models.Model):
    """The life of an agreement: the contract's own, ending in force or refused."""
    _inherit = 'waste.contract.agreement'

    _force_state = 'in_force'
    _force_date_field = 'date_effective'
    _transitions = {
        **REVIEW_TRANSITIONS,
        'refuse': (('customer_review',), 'refused'),
        'sign': (('signing',), 'in_force'),
        'decline': (('signing',), 'refused'),
        'reset': (('refused', 'cancelled'), 'draft'),
    }
    _sealed_from = {
        **dict.fromkeys((
            'name', 'kind', 'order_id', 'date_effective', 'reason', 'date_end', 'settlement_cycle', 'lump_sum_amount',
            'lump_sum_unit', 'included_quantity_t', 'minimum_charge_amount', 'minimum_charge_unit', 'frame_quantity_t',
            'frame_amount', 'is_frame_unlimited', 'document_template_id',
        ), 'approving'),
        'date_signed': 'in_force',
    }

    state = fields.Selection(
        AGREEMENT_STATES, default='draft', required=True, copy=False, index=True, tracking=True, group_expand=True)

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        target = vals.get('state')
        moving = self.filtered(lambda agreement: target and agreement.state != target)
        result = super().write(vals)
        if target == 'in_force':
            moving._apply()
        return result

    # CHECKS --------------------------------------------------------------------

    def _check_terms_open(self, what):
        # While an agreement is applied, it notes the waste details that it adds; nobody else sees that field.
        super(WasteContractAgreement, self.filtered(
            lambda agreement: not agreement.sudo().is_being_applied))._check_terms_open(what)

    def _get_move_error(self, target):
        if target not in ('draft', 'cancelled', 'refused') and (error := self._get_contract_error()):
            return error
        if error := super()._get_move_error(target):
            return error
        if target == 'in_force' and self.date_effective > self._get_trade_day():
            return self.env._(
                "Agreement %(agreement)s takes effect on %(day)s and does so by itself on that day.",
                agreement=self.name, day=self.date_effective)
        return False

    # ACTION --------------------------------------------------------------------

    def action_cancel(self, reason=None):
        """Give up an agreement that isn't in force yet."""
        return self._transition_with_reason('cancel', reason)

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _cron_take_effect(self):
        """Apply the signed agreements whose day has come. Runs each day."""
        due = self.search([
            ('state', '=', 'signing'), ('date_signed', '!=', False),
            ('date_effective', '<=', self._get_trade_day())], order='date_effective, id')
        for agreement in due:
            try:
                with self.env.cr.savepoint():
                    agreement._transition('sign')
            except UserError as error:
                agreement._report_failure(error)
            if not self.env['ir.cron']._commit_progress(1):
                return

    def _report_failure(self, error):
        """Tell the salesperson once why a signed agreement could not take effect."""
        xmlid = 'waste_contract.mail_activity_agreement_failed'
        if not self.activity_search([xmlid]):
            self.activity_schedule(xmlid, user_id=self.user_id.id or self.env.uid, note=str(error))
