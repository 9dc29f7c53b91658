from datetime import timedelta

from odoo import fields, models


class TierReview(models.Model):
    """Steps that wait too long: those who decide are reminded, then others are asked as well."""

    _inherit = "tier.review"

    def _cron_chase(self):
        """Remind and escalate. Runs each hour."""
        flows = self.env["tier.definition"].with_context(active_test=False)
        for flow in flows.search([("reminder_hours", ">", 0)]):
            self._chase(flow, "last_reminder_date", flow.reminder_hours)._remind(flow.reminder_hours)
        for flow in flows.search([("escalation_hours", ">", 0)]):
            self._chase(flow, "escalated_at", flow.escalation_hours).filtered(
                lambda review: not review.escalated_at)._escalate()

    def _chase(self, flow, field, hours):
        """Return the pending steps of ``flow`` that wait for ``hours`` since ``field`` or since their turn came."""
        limit = fields.Datetime.now() - timedelta(hours=hours)
        return self.search([
            ("definition_id", "=", flow.id), ("status", "=", "pending"), ("pending_since", "<=", limit),
            "|", (field, "=", False), (field, "<=", limit)])

    def _remind(self, hours):
        now = fields.Datetime.now()
        for documents, reviews in self._get_documents():
            for review in reviews.filtered(lambda review, there=documents: review.res_id in there.ids):
                waited = int((now - review.pending_since).total_seconds() // 3600)
                # Counted from the turn, not from the last run of the job, or each reminder would come a little later.
                review.last_reminder_date = review.pending_since + timedelta(hours=waited - waited % hours)
                people = review.reviewer_ids
                for substitutes in people._get_substitutes().values():
                    people |= substitutes
                if hasattr(documents, "message_notify"):
                    documents.browse(review.res_id).message_notify(
                        partner_ids=(people - review.requested_by if review.excludes_applicant else people).partner_id.ids,
                        subject=review.document_name,
                        body=self.env._(
                            "“%(step)s” of %(document)s has been waiting for your decision for %(hours)s hours.",
                            step=review.name, document=review.document_name, hours=waited))

    def _escalate(self):
        for review in self.sudo():
            people = (review.definition_id.escalation_user_ids or review._get_document()._get_escalation_users()
                      or review._get_next_in_line()) - review.reviewer_ids
            review.write({"escalated_at": fields.Datetime.now(), "escalated_reviewer_ids": [fields.Command.set(people.ids)]})
        self.filtered("escalated_reviewer_ids")._log(lambda review: self.env._(
            "Step “%(step)s” waited for %(hours)s hours: %(people)s may decide, too.", step=review.name,
            hours=review.definition_id.escalation_hours, people=", ".join(review.escalated_reviewer_ids.mapped("name"))))
        self._sync_activities()

    def _get_next_in_line(self):
        """Return who decides the step after this one."""
        later = self._get_document().review_ids.filtered(
            lambda other: other.status == "waiting" and other.sequence > self.sequence)
        return later.filtered(lambda other: other.sequence == min(later.mapped("sequence"))).reviewer_ids
