from odoo import api, fields, models
from odoo.exceptions import UserError

from .waste_contract_review_mixin import BEFORE_FORCE, REVIEW_STATES, REVIEW_TRANSITIONS

CONTRACT_STATES = [
    *REVIEW_STATES,
    ('active', "Active"),
    ('expired', "Expired"),
    ('terminated', "Terminated"),
    ('cancelled', "Cancelled"),
    ('voided', "Voided"),
    ('accepted', "Accepted"),
]
# Odoo's own state follows: on the producer's portal from its review on, confirmed while in force and after.
SALE_STATE = {
    'draft': 'draft', 'approving': 'draft',
    'customer_review': 'sent', 'gov_review': 'sent', 'signing': 'sent',
    'active': 'sale', 'expired': 'sale', 'terminated': 'sale',
    'cancelled': 'cancel', 'voided': 'cancel', 'accepted': 'sent',
}
EARLY_ENDS = ('terminated', 'voided')


class SaleOrder(models.Model):
    """The life of a contract: what `state_machines.csv` calls contract, in the states of DESIGN decision 1."""
    _inherit = 'sale.order'

    _state_field = 'contract_state'
    _transitions = {
        **REVIEW_TRANSITIONS,
        'refuse': (('customer_review',), 'draft'),
        'accept': (('customer_review',), 'accepted'),  # a quotation ends here and becomes a contract
        'sign': (('signing',), 'active'),
        'decline': (('signing',), 'draft'),  # a party doesn't sign: what it wants changed is approved anew
        'expire': (('active',), 'expired'),
        'terminate': (('active',), 'terminated'),
        'void': (('active',), 'voided'),
        'reset': (('cancelled',), 'draft'),
    }
    # What the approver read is what the parties sign: terms close when the draft is submitted.
    # Lines and tiers close with them, in their own create, write and unlink.
    _sealed_from = {
        **dict.fromkeys((
            'name', 'business_id', 'company_id', 'invoicing_company_id', 'partner_id', 'disposer_id', 'government_id',
            'date_start', 'date_end', 'settlement_cycle', 'tax_rate_percent', 'lump_sum_amount',
            'included_quantity_t', 'transport_mode_id', 'currency_id', 'pricelist_id', 'deposit_amount', 'deposit_rule',
            'approver_id',
            'lump_sum_unit', 'minimum_charge_amount', 'minimum_charge_unit', 'is_transport_included', 'transporter_id',
            'contract_kind', 'framework_id', 'frame_quantity_t', 'frame_amount', 'is_frame_unlimited', 'validity_date',
            'renewal_of_id', 'quotation_id', 'document_template_id',
        ), 'approving'),
        'date_signed': 'active',
    }
    _manager_moves = {('approving', 'customer_review'), ('active', 'terminated'), ('active', 'voided')}

    contract_state = fields.Selection(
        CONTRACT_STATES, "Contract State", default='draft', required=True, copy=False, index=True,
        tracking=True, group_expand='_expand_contract_states')
    date_terminated = fields.Date(
        "Ended early on", copy=False, readonly=True, tracking=True, help="First day without the contract.")

    def _expand_contract_states(self, states, domain):
        """Columns of a kanban: the usual way always, its ends where there are any."""
        return [state for state in self._waste_states() if state in states or state in (*BEFORE_FORCE, 'active')]

    def _creation_message(self):
        if self.business_id:
            return self.env._("Contract created.")
        return super()._creation_message()

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get('contract_state', 'draft') != 'draft' for vals in vals_list):
            raise UserError(self.env._("Contracts are created as drafts; use their buttons then."))
        orders = super().create(vals_list)
        # Taken over from elsewhere in a later state (the mixin lets only jobs do that).
        for state, born in orders.filtered('business_id').grouped('contract_state').items():
            if state != 'draft':
                born._follow_contract_state(state)
        return orders

    def write(self, vals):
        target = vals.get('contract_state')
        moving = self.filtered(lambda order: target and order.contract_state != target)
        if target in EARLY_ENDS:
            vals = {'date_terminated': self._get_trade_day(), **vals}
        elif 'date_terminated' in vals and not self.env.su:
            raise UserError(self.env._("The day on which a contract ends early is recorded when it is terminated or voided."))
        if vals.get('state'):
            self._check_sale_state(vals['state'], target)
        result = super().write(vals)
        if moving:
            moving._follow_contract_state(target)
        if target in EARLY_ENDS:
            moving._finish_early_end()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft_contract(self):
        for order in self.filtered('business_id'):
            if order.contract_state != 'draft':
                raise UserError(self.env._(
                    "Contract %(contract)s is “%(state)s”: only drafts can be deleted. Cancel or terminate it instead.",
                    contract=order.name, state=order._waste_state_label(order.contract_state)))

    # CHECKS --------------------------------------------------------------------

    def _check_sealed(self, vals):
        """What WIM keeps is WIM's to change in any state (users meet the refusal of the external mixin)."""
        kept_elsewhere = self.filtered('external_system')
        super(SaleOrder, self - kept_elsewhere)._check_sealed(vals)
        super(SaleOrder, kept_elsewhere)._check_sealed(
            {name: value for name, value in vals.items() if name not in self._external_fields})

    def _check_terms_open(self, what):
        """A part is kept where its contract is."""
        contracts = self.filtered('business_id')
        kept_elsewhere = contracts.filtered('external_system')
        if kept_elsewhere and not self.env.su:
            raise UserError(self.env._(
                "%(what)s of contract %(contract)s is kept by %(system)s; change it there.",
                what=what, contract=kept_elsewhere[0].name, system=kept_elsewhere[0].external_system.upper()))
        super(SaleOrder, contracts - kept_elsewhere)._check_terms_open(what)

    def _check_sale_state(self, state, target=None):
        """Odoo's own state can't leave the contract's behind, whoever writes it."""
        for order in self.filtered('business_id'):
            contract_state = target or order.contract_state
            if SALE_STATE[contract_state] != state and order.state != state:
                raise UserError(self.env._(
                    "Contract %(contract)s is “%(state)s”: use the buttons of the contract, not those of the sales order.",
                    contract=order.name, state=order._waste_state_label(contract_state)))

    def _track_filter_for_display(self, tracking_values):
        """The state of the contract is told; that Odoo's own follows is no news."""
        values = super()._track_filter_for_display(tracking_values)
        return values.filtered(lambda value: value.field_id.name != 'state') if self.business_id else values

    def _get_move_error(self, target):
        self.ensure_one()
        if not self.business_id:
            return self.env._("%(order)s has no business, so it is no waste contract.", order=self.name)
        if error := super()._get_move_error(target):
            return error
        today = self._get_trade_day()
        if target == 'active' and self.date_start > today:
            return self.env._(
                "Contract %(contract)s starts on %(start)s and becomes active by itself on that day.",
                contract=self.name, start=self.date_start)
        if target == 'expired' and self.date_end >= today:
            return self.env._(
                "Contract %(contract)s runs until %(end)s. To end it earlier, terminate it.",
                contract=self.name, end=self.date_end)
        if target == 'terminated':
            return self._get_termination_error()
        if target == 'voided':
            return self._get_void_error()
        return False

    def _get_termination_error(self):
        """Return what still keeps this contract from ending early, or False. To override."""
        return False

    def _get_void_error(self):
        """Return what keeps this contract from being void as if it had never been, or False. To override."""
        return False

    def _finish_early_end(self):
        """Do what follows when contracts are terminated or voided: upper rooms cancel and settle. To override."""

    def _get_submit_error(self):
        """Return what the draft still lacks, or False. To override."""
        self.ensure_one()
        lines = self.order_line.filtered('pricing_mode')
        if not lines:
            return self.env._("Contract %(contract)s has no waste details: add at least one.", contract=self.name)
        if self.business_id.needs_manifest:
            for line in lines.filtered(lambda line: not line.waste_code_id and not line._get_pricing()._is_service):
                return self.env._(
                    "Waste detail %(waste)s of contract %(contract)s needs a waste code.",
                    waste=line.waste_name, contract=self.name)
        if self.needs_government_review and not self.government_id:
            return self.env._(
                "Contract %(contract)s needs the government office that will review it.", contract=self.name)
        if self.has_lump_lines and not self.lump_sum_amount:
            return self.env._(
                "Contract %(contract)s has lump-sum waste details but no lump sum.", contract=self.name)
        return self._get_tiers_error() or next(
            filter(None, (line._get_pricing()._get_terms_error(line) for line in lines)), False)

    # ACTION --------------------------------------------------------------------

    def action_terminate(self, reason=None):
        """End a contract in force before its last day."""
        return self._transition_with_reason('terminate', reason)

    def action_void(self, reason=None):
        """Take back a contract in force under which nothing was collected yet."""
        return self._transition_with_reason('void', reason)

    def action_cancel_contract(self, reason=None):
        """Give up a contract that isn't in force yet."""
        return self._transition_with_reason('cancel', reason)

    def action_confirm(self):
        for order in self.filtered(lambda order: order.business_id and order.contract_state != 'active'):
            raise UserError(self.env._(
                "Contract %(contract)s is confirmed when all parties have signed it.", contract=order.name))
        return super().action_confirm()

    def action_cancel(self):
        contracts = self.filtered('business_id')
        if contracts:
            contracts._transition('cancel')
        return super(SaleOrder, self - contracts).action_cancel() if self - contracts else True

    def action_draft(self):
        contracts = self.filtered('business_id')
        if contracts:
            contracts._transition('reset')
        return super(SaleOrder, self - contracts).action_draft() if self - contracts else True

    # BUSINESS ------------------------------------------------------------------

    def _get_term_fields(self):
        """Return the names of the contract's own terms that an agreement may change. To override."""
        return [
            'date_end', 'settlement_cycle', 'lump_sum_amount', 'lump_sum_unit', 'included_quantity_t',
            'minimum_charge_amount', 'minimum_charge_unit']

    def _follow_contract_state(self, contract_state):
        """Bring Odoo's own state along after a move."""
        behind = self.filtered(lambda order: order.state != SALE_STATE[contract_state])
        if contract_state == 'active':
            behind.action_confirm()
        elif SALE_STATE[contract_state] == 'cancel':
            behind._action_cancel()
        elif behind:
            behind.write({'state': SALE_STATE[contract_state]})

    @api.model
    def _cron_follow_calendar(self):
        """Start the signed contracts, expire the ended ones, remind of those that end. Runs each day."""
        today = self._get_trade_day()
        contract = [('business_id', '!=', False)]
        self._cron_each(
            contract + [('contract_state', '=', 'signing'), ('date_signed', '!=', False), ('date_start', '<=', today)],
            lambda orders: orders._transition('sign'))
        self._cron_each(
            contract + [('contract_state', '=', 'active'), ('date_end', '<', today)],
            lambda orders: orders._transition('expire'))
        self._cron_each(
            contract + self._get_reminder_domain(today), lambda orders: orders._remind_of_end(today))

    def _cron_each(self, domain, work):
        """Do ``work`` on the orders of ``domain`` in batches, committing each."""
        while orders := self.search(domain, limit=100):
            work(orders)
            if not self.env['ir.cron']._commit_progress(len(orders), remaining=self.search_count(domain)):
                return
