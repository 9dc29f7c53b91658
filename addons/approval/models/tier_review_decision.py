from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .approval_mixin import OPEN


class TierReview(models.Model):
    """Deciding. Nobody may write reviews; these methods check who asks and then write as superuser."""

    _inherit = "tier.review"

    # === ACTION METHODS === #

    def action_approve(self, comment=None):
        """Approve these steps; the documents whose round is over move on."""
        self._decide("approved", comment)
        return True

    def action_return(self, reason=None):
        """Send the documents back to their authors."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it is returned: the applicant reads it."))
        self._decide("rejected", reason)
        return True

    def action_forward(self, user_id, comment=None):
        """Let a colleague decide these steps instead.

        :param user_id: id of the colleague
        """
        principals = self._check_may_decide()
        colleague = self._check_colleagues(user_id)
        for review in self.sudo():
            if review.definition_id and not review.definition_id.has_forward:
                raise UserError(self.env._("Step “%(step)s” can't be forwarded.", step=review.name))
        for review in self.sudo():
            review.copy({**self._prepare_further(review), "fixed_reviewer_ids": [fields.Command.set(colleague.ids)]})
        self._write_decision("forwarded", comment, principals)
        self._log_decision(comment, colleague)
        self.sudo()._promote()
        return True

    def action_add_step(self, user_ids, place="before", comment=None):
        """Have colleagues sign as well, each of them, before or after the own decision.

        :param user_ids: ids of the colleagues
        :param place: "before" or "after" this step
        """
        self._check_may_decide()
        colleagues = self._check_colleagues(user_ids)
        for review in self.sudo():
            here = review.sequence
            first = here + (place == "after")
            later = review._get_document().review_ids.filtered(
                lambda other, first=first: other.status in OPEN and other.sequence >= first)
            later.filtered(lambda other: other.status == "pending").write({"status": "waiting", "pending_since": False})
            for other in later:
                other.sequence += 1
            review.create([{
                **vals, "sequence": first, "added_by_id": self.env.uid, "fixed_reviewer_ids": [fields.Command.set(user.ids)],
            } for user in colleagues for vals in [review.copy_data(self._prepare_further(review))[0]]])
        self._log(lambda review: self.env._(
            "Step “%(step)s”: %(user)s adds %(colleagues)s. %(comment)s", step=review.name, user=self.env.user.name,
            colleagues=", ".join(colleagues.mapped("name")), comment=comment or ""))
        self.sudo()._promote()
        return True

    def action_ask_decision(self):
        """Open the dialogue that the context names (``verb``)."""
        self._check_may_decide()
        return {
            "type": "ir.actions.act_window",
            "name": self.env["approval.decision"]._get_verb_label(self.env.context.get("verb")),
            "res_model": "approval.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_review_ids": self.ids, "default_verb": self.env.context.get("verb") or "approve"},
        }

    # === CHECKS === #

    def _check_may_decide(self):
        """Refuse what isn't the user's to decide, or not now.

        :return: {review: in whose place the user decides}
        """
        if not self:
            raise UserError(self.env._("There is nothing here for you to decide."))
        self.check_access("read")
        represented = self.env.user._get_represented()
        principals = {}
        for review in self.sudo():
            values = {"document": review.document_name, "step": review.name}
            if review.status not in OPEN or not review.active:
                raise UserError(self.env._("%(document)s: step “%(step)s” is decided already.", **values))
            if review.status == "waiting":
                raise UserError(self.env._("%(document)s: it isn't the turn of step “%(step)s” yet.", **values))
            principals[review] = review._get_principal(represented)
            if not principals[review]:
                raise AccessError(self.env._(
                    "%(document)s: step “%(step)s” is decided by %(people)s.", people=review.todo_by or "—", **values))
        return principals

    def _check_colleagues(self, user_ids):
        """Return the users of these ids if they can be asked."""
        people = self.env["res.users"].browse(user_ids).exists()
        if not people:
            raise UserError(self.env._("Choose a colleague."))
        for review in self.sudo():
            for user in people.sudo():
                if user.share or not user.active or (review.company_id and review.company_id not in user.company_ids):
                    raise UserError(self.env._(
                        "%(user)s does not work in %(company)s and can not decide on %(document)s.",
                        user=user.name, company=review.company_id.name or "—", document=review.document_name))
                if review.excludes_applicant and user == review.requested_by:
                    raise UserError(self.env._(
                        "%(user)s asked for the approval of %(document)s and can not decide on it.",
                        user=user.name, document=review.document_name))
        return people

    # === BUSINESS METHODS === #

    def _decide(self, status, comment):
        """Decide these steps as the current user: all of them or none.

        :param status: "approved" or "rejected"
        """
        principals = self._check_may_decide()
        self._write_decision(status, comment, principals)
        self._log_decision(comment)
        for documents, reviews in self._get_documents():
            for document in documents:
                document._server_action_tier(reviews.filtered(lambda review, d=document: review.res_id == d.id), status)
            if status == "rejected":
                documents._cancel_approval()
                documents._tell_applicant(self.env._("Returned by %(user)s: %(reason)s", user=self.env.user.name, reason=comment or ""))
                documents._approval_refused(comment or "")
                continue
            reviews._promote()
            granted = documents.filtered(lambda document: document.approval_state == "approved")
            if granted:
                granted._tell_applicant(self.env._("Approved."))
                granted._approval_granted()

    def _write_decision(self, status, comment, principals):
        user = self.env.user
        now = fields.Datetime.now()
        by_principal = {}
        for review, principal in principals.items():
            by_principal.setdefault(principal, []).append(review.id)
        for principal, ids in by_principal.items():
            self.sudo().browse(ids).write({
                "status": status, "done_by": user.id, "decided_for_id": principal.id if principal != user else False,
                "reviewed_date": now, "comment": (comment or "").strip() or False})

    def _prepare_further(self, review):
        """Values that one more review has in common with the one it comes from."""
        return {"status": "waiting", "pending_since": False, "comment": False, "done_by": False, "decided_for_id": False,
                "reviewed_date": False, "requested_by": review.requested_by.id, "added_by_id": review.added_by_id.id,
                "escalated_reviewer_ids": False, "escalated_at": False, "last_reminder_date": False}

    def _promote(self):
        """Open the steps whose turn it is in the rounds of these reviews, and tell who decides them."""
        for documents, _reviews in self._get_documents():
            for document in documents:
                still_open = document.review_ids.filtered(lambda review: review.status in OPEN)
                turn = min(still_open.mapped("sequence"), default=0)
                still_open.filtered(lambda review, turn=turn: review.status == "waiting" and review.sequence == turn).write(
                    {"status": "pending", "pending_since": fields.Datetime.now()})
        self._sync_activities()

    def _update_review_status(self):
        """OCA's name for it."""
        self.sudo().filtered(lambda review: review.status == "waiting")._promote()

    def _sync_activities(self):
        """Let exactly those who decide now, and their substitutes, have an activity on the document."""
        activity_type = self.env.ref("approval.mail_activity_approval")
        told = self.env["res.users"].sudo()
        for documents, _reviews in self._get_documents():
            if "activity_ids" not in documents._fields:
                continue
            pending = documents.review_ids.filtered(lambda review: review.status == "pending")
            substitutes = pending.reviewer_ids._get_substitutes()
            wanted = {}
            for review in pending:
                for user in review.reviewer_ids:
                    for person in user | substitutes.get(user, user.browse()):
                        if not (review.excludes_applicant and person == review.requested_by):
                            wanted.setdefault((review.res_id, person.id), review)
            existing = self.env["mail.activity"].sudo().search([
                ("res_model", "=", documents._name), ("res_id", "in", documents.ids),
                ("activity_type_id", "=", activity_type.id)])
            there = {(activity.res_id, activity.user_id.id): activity for activity in existing}
            self.env["mail.activity"].sudo().union(
                *(activity for key, activity in there.items() if key not in wanted)).unlink()
            self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create([{
                "res_model_id": self.env["ir.model"]._get_id(documents._name), "res_id": res_id, "user_id": user_id,
                "activity_type_id": activity_type.id, "summary": review.name,
                "date_deadline": fields.Date.context_today(self),
            } for (res_id, user_id), review in wanted.items() if (res_id, user_id) not in there])
            told |= told.browse({user_id for _res_id, user_id in {*there, *wanted}})
        for partner in told.partner_id:
            partner._bus_send("base.tier.validation/updated", {})

    # === WORDS === #

    def _get_decider(self):
        """Return who decided this step, and for whom."""
        if not self.decided_for_id:
            return self.done_by.name
        return self.env._("%(user)s for %(absent)s", user=self.done_by.name, absent=self.decided_for_id.name)

    def _log_decision(self, comment, colleague=None):
        labels = dict(self._fields["status"]._description_selection(self.env))

        def sentence(review):
            what = labels[review.status]
            if colleague:
                what = self.env._("Forwarded to %(colleague)s", colleague=colleague.name)
            return self.env._(
                "Step “%(step)s”: %(what)s, %(who)s. %(comment)s", step=review.name, what=what, who=review._get_decider(),
                comment=(comment or "").strip())
        self._log(sentence)

    def _log(self, sentence):
        """Leave one line per step in the chatter of its document: it is evidence."""
        for documents, reviews in self._get_documents():
            if hasattr(documents, "_message_log_batch"):
                lines = {}
                for review in reviews:
                    lines.setdefault(review.res_id, []).append(sentence(review))
                documents._message_log_batch(
                    bodies={document.id: Markup("<br/>").join(lines[document.id]) for document in documents})
