from odoo import fields, models
from odoo.tools import SQL


class ApprovalStepReport(models.Model):
    """How long each step waits and waited, those of earlier rounds as well."""

    _name = "approval.step.report"
    _description = "Hours of approval steps"
    _auto = False
    _order = "pending_since desc"

    document_name = fields.Char("Document", readonly=True)
    model_id = fields.Many2one("ir.model", "Kind of Document", readonly=True)
    definition_id = fields.Many2one("tier.definition", "Step", readonly=True)
    user_id = fields.Many2one("res.users", "Decided by", readonly=True)
    requested_by = fields.Many2one("res.users", "Applicant", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    status = fields.Selection(
        lambda self: self.env["tier.review"]._fields["status"]._description_selection(self.env), readonly=True)
    pending_since = fields.Datetime("Waiting Since", readonly=True)
    reviewed_date = fields.Datetime("Decided on", readonly=True)
    hours = fields.Float("Hours", readonly=True, aggregator="avg", help="From the step's turn until its decision, or until now.")

    @property
    def _table_query(self):
        return SQL("""
            SELECT review.id, review.document_name, model.id AS model_id, review.definition_id, review.done_by AS user_id,
                   review.requested_by, review.company_id, review.status, review.pending_since, review.reviewed_date,
                   EXTRACT(EPOCH FROM COALESCE(review.reviewed_date, now() AT TIME ZONE 'UTC') - review.pending_since)
                       / 3600.0 AS hours
              FROM tier_review AS review
              JOIN ir_model AS model ON model.model = review.model
             WHERE review.pending_since IS NOT NULL AND review.status NOT IN ('waiting', 'cancel')
        """)
