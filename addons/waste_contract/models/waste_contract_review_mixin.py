from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.waste.tools.changes import is_change

REVIEW_STATES = [
    ('draft', "Draft"),
    ('approving', "In Approval"),
    ('customer_review', "Producer Review"),
    ('gov_review', "Government Review"),
    ('signing', "Signing"),
]
BEFORE_FORCE = tuple(state for state, _label in REVIEW_STATES)
REVIEW_TRANSITIONS = {
    'submit': (('draft',), 'approving'),
    'reject': (('approving',), 'draft'),
    'approve': (('approving',), 'customer_review'),
    'agree': (('customer_review',), 'signing'),
    'agree_gov': (('customer_review',), 'gov_review'),
    'gov_return': (('gov_review',), 'customer_review'),
    'gov_pass': (('gov_review',), 'signing'),
    'cancel': (BEFORE_FORCE, 'cancelled'),
}
# Who isn't of the staff doesn't read a document in these states.
UNREAD_STATES = ('draft', 'approving', 'cancelled')


class WasteContractReviewMixin(models.AbstractModel):
    """What contract and agreement have in common: staff approves, producer and government review, all parties sign.

    ``_transitions`` of the document holds `REVIEW_TRANSITIONS`, ``sign`` and ``reset`` among its own.
    """
    _name = 'waste.contract.review.mixin'
    _description = "A document that its parties review and sign"
    _inherit = ['waste.state.mixin', 'approval.mixin', 'document.mixin']

    _state_from = ['draft']
    _state_to = ['customer_review']
    _cancel_state = 'cancelled'
    _manager_moves = {('approving', 'customer_review')}
    _force_state = 'active'
    _force_date_field = 'date_start'  # first day on which a signed document is in force

    date_signed = fields.Date("Signed on", copy=False, tracking=True)

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        """Signature, approval and paper follow the state whoever moves it, so no import or RPC call leaves them out."""
        target = vals.get(self._state_field)
        moving = self.filtered(lambda document: target and document[self._state_field] != target)
        returned = moving.filtered(lambda document: document[self._state_field] == 'approving')
        if vals.get('date_signed') and not self.env.su:
            self._check_signing(vals['date_signed'])
        if target in ('signing', 'cancelled'):  # a signature of before doesn't count
            moving.filtered('date_signed').date_signed = False
        if target == self._force_state and 'date_signed' not in vals:
            moving.filtered(lambda document: not document.date_signed).date_signed = self._get_trade_day()
        result = super().write(vals)
        if target == 'approving':
            moving._request_approval()
        elif target == 'draft':
            (moving - returned)._archive_approval()  # what was approved may change now
            moving._thaw_document()
        elif target == 'cancelled':
            moving._cancel_approval()
        if target not in ('draft', 'cancelled'):
            moving._pin_document()
        return result

    # CHECKS --------------------------------------------------------------------

    def _check_terms_open(self, what):
        """Refuse a change of a part (line, tier, term) of documents whose terms are closed.

        :param what: the part in words, for the sentence
        """
        for document in self:
            if document._is_at_or_after('approving'):
                raise UserError(self.env._(
                    "%(document)s is “%(state)s”: %(what)s can no longer be changed, added or removed.",
                    what=what, document=document.display_name, state=document._get_state_label()))

    def _check_signing(self, date_signed):
        """A date of signature typed early would put the document into force by itself."""
        for document in self:
            if document[self._state_field] != 'signing' and is_change(document, 'date_signed', date_signed):
                raise UserError(self.env._(
                    "%(document)s is “%(state)s”: the day it was signed is recorded while it is being signed.",
                    document=document.display_name, state=document._get_state_label()))

    def _check_state_move(self, target):
        """Documents are moved by those who sell: accountants may write orders in Odoo, but not decide on them."""
        super()._check_state_move(target)
        moving = self.filtered(lambda document: document[self._state_field] != target)
        if moving and not self.env.su and not self.env.user.has_group('sales_team.group_sale_salesman'):
            raise AccessError(self.env._(
                "%(document)s: only sales staff may decide this. Ask the salesperson of the contract.",
                document=moving[0].display_name))
        for document in moving:
            if error := document._get_move_error(target):
                raise UserError(error)

    def _get_move_error(self, target):
        """Return the sentence why this move isn't possible now, or False. To override."""
        self.ensure_one()
        state, name = self[self._state_field], self.display_name
        if state == 'approving' and target in ('customer_review', 'draft') and (error := self._get_open_step_error()):
            return error
        if (state, target) in self._manager_moves and not (
                self.env.su or self.env.user.has_group('waste.group_sales_manager')):
            return self.env._("%(document)s: only a sales manager may decide this. Ask yours.", document=name)
        if target == 'approving':
            return self._get_submit_error()
        if state == 'customer_review' and target == 'signing' and self.needs_government_review:
            return self.env._("%(document)s needs the government review before it is signed.", document=name)
        if target == 'gov_review' and not self.needs_government_review:
            return self.env._(
                "Contracts of %(business)s need no government review: send %(document)s to signing.",
                business=self.business_id.name, document=name)
        return False

    def _get_submit_error(self):
        """Return what the draft still lacks, or False. To override."""
        return False

    # ACTION --------------------------------------------------------------------

    def action_submit(self):
        """Send the draft to its approver."""
        self._transition('submit')
        return True

    def action_approve(self):
        """Approve the steps that are the user's to decide; without steps, as a sales manager: the producer reviews next."""
        stepwise = self._get_stepwise()
        if stepwise:
            stepwise._get_my_reviews().action_approve()
        (self - stepwise)._transition_logged('approve', self.env._("Approved."))
        return True

    def action_reject(self, reason=None):
        """Return documents to their author, instead of approving them."""
        stepwise = self._get_stepwise()
        by_role = self - stepwise
        if not stepwise:
            return by_role._transition_with_reason('reject', reason)
        reviews = stepwise._get_my_reviews()
        if not (reason or '').strip():
            return reviews.with_context(verb='return').action_ask_decision()
        reviews.action_return(reason)
        return by_role._transition_with_reason('reject', reason)

    def action_agree(self):
        """Record that the producer agrees; the business decides whether the government reviews next."""
        reviewed = self.filtered('needs_government_review')
        reviewed._transition_logged('agree_gov', self.env._("The producer agrees."))
        (self - reviewed)._transition_logged('agree', self.env._("The producer agrees."))
        return True

    def action_refuse(self, reason=None):
        """Record that the producer wants changes."""
        return self._transition_with_reason('refuse', reason)

    def action_government_pass(self):
        """Record that the government office agrees."""
        self._transition_logged('gov_pass', self.env._("The government office agrees."))
        return True

    def action_government_return(self, reason=None):
        """Record that the government office wants the producer to look again."""
        return self._transition_with_reason('gov_return', reason)

    def action_sign(self):
        """Record that all parties signed; the document is in force from its first day on."""
        today = self._get_trade_day()
        for document in self:
            if document[self._state_field] not in ('signing', self._force_state):
                document._raise_move_refused(self._force_state)
        self.filtered(lambda document: not document.date_signed).date_signed = today
        self.filtered(lambda document: document[self._force_date_field] <= today)._transition_logged(
            'sign', self.env._("Signed by all parties."))
        return True

    def action_reset(self):
        """Take a document that was given up again as a draft."""
        self._transition('reset')
        return True

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _get_trade_day(self):
        """Return the day by which documents are signed, begin and end: China's; jobs and signers on the phone have no time zone."""
        return fields.Date.context_today(self.with_context(tz='Asia/Shanghai'))

    def _get_state_label(self):
        return self._waste_state_label(self[self._state_field])

    def _is_document_frozen(self):
        return self[self._state_field] not in UNREAD_STATES

    def _transition_logged(self, verb, sentence, **vals):
        """Move and leave ``sentence`` in the chatter, also where tracking is switched off: it is evidence."""
        moved = self._transition(verb, **vals)
        if moved:
            moved._message_log_batch(bodies=dict.fromkeys(moved.ids, sentence))
        return moved

    def _transition_with_reason(self, verb, reason):
        """Move with a reason in the chatter; without one, ask for it.

        :return: True, or the action of the dialogue that asks
        """
        if (reason or '').strip():
            self._transition_logged(verb, reason.strip())
            return True
        return self.env['waste.contract.reason']._ask(self, verb)

    def _approval_granted(self):
        super()._approval_granted()
        self._transition('approve')

    def _approval_refused(self, reason):
        super()._approval_refused(reason)
        self._transition_logged('reject', reason)
