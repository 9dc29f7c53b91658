from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class WasteMoneyDocument(models.AbstractModel):
    """A request that finance decides on: by the steps of the flows that match it, by a clerk's button where none does."""

    _name = "waste.money.document"
    _description = "Request to Finance"
    _inherit = ["waste.state.mixin", "mail.thread", "mail.activity.mixin", "approval.mixin"]

    _state_from = ["draft", "rejected"]
    _cancel_state = "cancelled"
    _finance_states = ()  # states that only finance brings about

    reason = fields.Text("Reason of the Return", readonly=True, copy=False, tracking=True, groups="base.group_user")

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        """Approval follows the state whoever moves it, so no import or RPC call leaves it out."""
        target = vals.get("state")
        moving = self.filtered(lambda document: target and document.state != target)
        result = super().write(vals)
        if target == "pending":
            moving._request_approval()
            moving.filtered(lambda document: not document.sudo().is_approval_open)._tell_finance()
        elif target in (*self._state_to, "rejected"):
            moving._tell_decision()
        elif target == self._cancel_state:
            moving._cancel_approval()
        return result

    # CHECKS --------------------------------------------------------------------

    def _check_state_move(self, target):
        super()._check_state_move(target)
        moving = self.filtered(lambda document: document.state != target)
        if moving and target in self._finance_states and not self.env.su and not self.env.user.has_group("waste.group_finance"):
            raise AccessError(self.env._("%(document)s: only finance may decide this.", document=moving[0].name))
        for document in moving:
            # Limits, contract and books may belong to a company that the user isn't in.
            if error := document.sudo()._get_move_error(target):
                raise UserError(error)

    def _get_move_error(self, target):
        """Return the sentence why this move isn't possible now, or False. To override."""
        self.ensure_one()
        if self.state == "pending" and target in self._finance_states:
            return self._get_open_step_error()
        return False

    # ACTION --------------------------------------------------------------------

    def action_submit(self):
        """Send the request to those who decide."""
        self.check_access("write")
        self._submit()
        return True

    def action_approve(self):
        """Approve the steps that are the user's to decide; without steps, the request as finance."""
        stepwise = self._get_stepwise()
        if stepwise:
            stepwise._get_my_reviews().action_approve()
        by_role = self - stepwise
        by_role.check_access("write")
        by_role._approve()
        return True

    def action_reject(self, reason=None):
        """Return the request to its author; without a reason, ask for it."""
        stepwise = self._get_stepwise()
        if (reason or "").strip():
            if stepwise:
                stepwise._get_my_reviews().action_return(reason)
            by_role = self - stepwise
            by_role.check_access("write")
            by_role._transition("reject", reason=reason.strip())
            return True
        if stepwise:
            return stepwise._get_my_reviews().with_context(verb="return").action_ask_decision()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why is it returned?"),
            "res_model": "waste.money.refuse",
            "view_mode": "form",
            "target": "new",
            "context": self._get_refuse_context(),
        }

    # BUSINESS ------------------------------------------------------------------

    def _submit(self):
        """Move to approval, without asking who may: callers did."""
        self._transition("submit", reason=False)

    def _approve(self):
        """Move on once it is decided, without asking who may: callers did. To override."""
        self._transition("approve")

    def _get_applicants(self):
        """Return who else wants to know how it was decided. To override."""
        return self.env["res.users"]

    def _get_refuse_context(self):
        """Return the defaults of the dialogue that asks for a reason. To override."""
        return {}

    # NOTICES -------------------------------------------------------------------

    def _tell_finance(self):
        """Tell the clerks who may decide that a request waits, where no flow tells its approvers."""
        clerks = self.env.ref("waste.group_finance").sudo().all_user_ids
        for document in self:
            told = clerks.filtered(lambda user, document=document: (
                document.company_id in user.company_ids and user != self.env.user and not user.share))
            document._notify_users(told, self.env._("%(document)s waits for your decision", document=document.name))

    def _tell_decision(self):
        """Tell the author and the salesperson how it was decided; whom a flow asked for, it tells by itself."""
        for document in self:
            label = document._waste_state_label(document.state)
            told = document.sudo().review_ids.requested_by
            people = ((document.create_uid | document._get_applicants()) - told).filtered(
                lambda user: user.active and not user.share and user != self.env.user)
            subject = self.env._("%(document)s: %(state)s", document=document.name, state=label)
            document._notify_users(people, subject, document.reason)

    def _notify_users(self, users, subject, text=False):
        if users:
            # Who decides needn't be allowed to write to the one who asked.
            self.sudo().message_notify(partner_ids=users.partner_id.ids, subject=subject, body=text or subject)

    # HOOKS ---------------------------------------------------------------------

    def _approval_granted(self):
        super()._approval_granted()
        self._approve()

    def _approval_refused(self, reason):
        super()._approval_refused(reason)
        self._transition("reject", reason=reason)
