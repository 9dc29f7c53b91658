from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.waste.tools.changes import is_change

from .waste_contract_agreement import AGREEMENT_STATES

BEFORE_FORCE = ('draft', 'approving', 'customer_review', 'gov_review', 'signing')


class WasteContractAgreement(models.Model):
    """The life of an agreement: the contract's own, ending in force or refused."""
    _inherit = 'waste.contract.agreement'

    _state_field = 'state'
    _transitions = {
        'submit': (('draft',), 'approving'),
        'reject': (('approving',), 'draft'),
        'approve': (('approving',), 'customer_review'),
        'refuse': (('customer_review',), 'refused'),
        'agree': (('customer_review',), 'signing'),
        'agree_gov': (('customer_review',), 'gov_review'),
        'gov_return': (('gov_review',), 'customer_review'),
        'gov_pass': (('gov_review',), 'signing'),
        'sign': (('signing',), 'in_force'),
        'cancel': (BEFORE_FORCE, 'cancelled'),
        'reset': (('refused', 'cancelled'), 'draft'),
    }
    _sealed_from = {
        **dict.fromkeys((
            'name', 'kind', 'order_id', 'date_effective', 'reason', 'date_end', 'settlement_cycle', 'lump_sum_amount',
            'included_quantity_t', 'frame_quantity_t', 'frame_amount', 'is_frame_unlimited', 'document_template_id',
        ), 'approving'),
        'date_signed': 'in_force',
    }

    state = fields.Selection(
        AGREEMENT_STATES, default='draft', required=True, copy=False, index=True, tracking=True, group_expand=True)

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        target = vals.get('state')
        moving = self.filtered(lambda agreement: target and agreement.state != target)
        if vals.get('date_signed') and not self.env.su:
            self._check_signing(vals['date_signed'])
        if target in ('signing', 'cancelled'):  # a signature of before doesn't count
            moving.filtered('date_signed').date_signed = False
        if target == 'in_force' and 'date_signed' not in vals:
            moving.filtered(lambda agreement: not agreement.date_signed).date_signed = fields.Date.context_today(self)
        result = super().write(vals)
        if target == 'in_force':
            moving._apply()
        return result

    # CHECKS --------------------------------------------------------------------

    def _check_open(self):
        """Refuse changes of the lines and tiers of agreements whose terms are closed."""
        for agreement in self:
            # While it is applied, it notes the waste details that it adds; nobody else sees that field.
            if agreement._is_at_or_after('approving') and not agreement.sudo().is_being_applied:
                raise UserError(self.env._(
                    "Agreement %(agreement)s is “%(state)s”: its changes can no longer be edited.",
                    agreement=agreement.name, state=agreement._waste_state_label(agreement.state)))

    def _check_signing(self, date_signed):
        for agreement in self:
            if agreement.state != 'signing' and is_change(agreement, 'date_signed', date_signed):
                raise UserError(self.env._(
                    "Agreement %(agreement)s is “%(state)s”: the day it was signed is recorded while it is being signed.",
                    agreement=agreement.name, state=agreement._waste_state_label(agreement.state)))

    def _check_state_move(self, target):
        super()._check_state_move(target)
        moving = self.filtered(lambda agreement: agreement.state != target)
        if moving and not self.env.su and not self.env.user.has_group('sales_team.group_sale_salesman'):
            raise AccessError(self.env._(
                "Agreement %(agreement)s: only sales staff may decide this. Ask the salesperson of the contract.",
                agreement=moving[0].name))
        for agreement in moving:
            if error := agreement._get_move_error(target):
                raise UserError(error)

    def _get_submit_error(self):
        """Return what the draft still lacks, or False. To override."""
        return False

    def _apply(self):
        """Bring agreements that came in force to their contracts. To override."""

    def _get_move_error(self, target):
        """Return the sentence why this move isn't possible now, or False. To override."""
        self.ensure_one()
        if target in ('draft', 'cancelled', 'refused'):
            return False
        if self.state == 'approving' and target == 'customer_review' and not (
                self.env.su or self.env.user.has_group('waste.group_sales_manager')):
            return self.env._(
                "Agreement %(agreement)s: only a sales manager may decide this. Ask yours.", agreement=self.name)
        if error := self._get_contract_error():
            return error
        if target == 'approving':
            return self._get_submit_error()
        if self.state == 'customer_review' and target == 'signing' and self.needs_government_review:
            return self.env._(
                "Agreement %(agreement)s needs the government review before it is signed.", agreement=self.name)
        if target == 'gov_review' and not self.needs_government_review:
            return self.env._(
                "Contracts of %(business)s need no government review: send %(contract)s to signing.",
                business=self.business_id.name, contract=self.name)
        if target == 'in_force' and self.date_effective > fields.Date.context_today(self):
            return self.env._(
                "Agreement %(agreement)s takes effect on %(day)s and does so by itself on that day.",
                agreement=self.name, day=self.date_effective)
        return False

    # ACTION --------------------------------------------------------------------

    def action_submit(self):
        """Send the agreement to its approver."""
        self._transition('submit')
        return True

    def action_approve(self):
        """Approve internally: the producer reviews next."""
        self._transition_logged('approve', self.env._("Approved."))
        return True

    def action_agree(self):
        """Record that the producer agrees; the business decides whether the government reviews next."""
        reviewed = self.filtered('needs_government_review')
        reviewed._transition_logged('agree_gov', self.env._("The producer agrees."))
        (self - reviewed)._transition_logged('agree', self.env._("The producer agrees."))
        return True

    def action_government_pass(self):
        """Record that the government office agrees."""
        self._transition_logged('gov_pass', self.env._("The government office agrees."))
        return True

    def action_sign(self):
        """Record that all parties signed; the agreement takes effect from its day on."""
        today = fields.Date.context_today(self)
        for agreement in self:
            if agreement.state not in ('signing', 'in_force'):
                agreement._raise_move_refused('in_force')
        self.filtered(lambda agreement: not agreement.date_signed).date_signed = today
        self.filtered(lambda agreement: agreement.date_effective <= today)._transition_logged(
            'sign', self.env._("Signed by all parties."))
        return True

    def action_reject(self, reason=None):
        """Return the agreement to its author, instead of approving it."""
        return self._transition_with_reason('reject', reason)

    def action_refuse(self, reason=None):
        """Record that the producer refuses."""
        return self._transition_with_reason('refuse', reason)

    def action_government_return(self, reason=None):
        """Record that the government office wants the producer to look again."""
        return self._transition_with_reason('gov_return', reason)

    def action_cancel(self, reason=None):
        """Give up an agreement that isn't in force yet."""
        return self._transition_with_reason('cancel', reason)

    def action_reset(self):
        """Take a refused or cancelled agreement up again as a draft."""
        self._transition('reset')
        return True

    # BUSINESS ------------------------------------------------------------------

    def _transition_logged(self, verb, sentence):
        """Move and leave ``sentence`` in the chatter: it is evidence."""
        moved = self._transition(verb)
        if moved:
            moved._message_log_batch(bodies=dict.fromkeys(moved.ids, sentence))
        return moved

    def _transition_with_reason(self, verb, reason):
        """Move with a reason in the chatter; without one, ask for it."""
        if (reason or '').strip():
            self._transition_logged(verb, reason.strip())
            return True
        return self.env['waste.contract.reason']._ask(self, verb)

    @api.model
    def _cron_take_effect(self):
        """Apply the signed agreements whose day has come. Runs each day."""
        due = self.search([
            ('state', '=', 'signing'), ('date_signed', '!=', False),
            ('date_effective', '<=', fields.Date.context_today(self))], order='date_effective, id')
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
