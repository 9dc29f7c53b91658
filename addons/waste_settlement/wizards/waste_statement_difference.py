from odoo import fields, models

from ..models.waste_statement_difference import DECISIONS


class WasteStatementDifference(models.TransientModel):
    _name = "waste.statement.difference"
    _description = "Settle a Difference"

    statement_id = fields.Many2one("waste.statement", required=True)
    currency_id = fields.Many2one(related="statement_id.currency_id")
    amount_total = fields.Monetary(related="statement_id.amount_total")
    computed_amount = fields.Monetary(related="statement_id.computed_amount")
    difference = fields.Monetary(related="statement_id.difference")
    decision = fields.Selection(DECISIONS, required=True, default="theirs")
    reason = fields.Char(required=True)

    def action_settle(self):
        """Record the decision; an adjustment is shown."""
        self.ensure_one()
        self.statement_id.check_access("write")
        adjustment = self.statement_id._settle_difference(self.decision, self.reason)
        if not adjustment:
            return True
        return adjustment._get_documents_action("waste_settlement.waste_statement_action", "waste.statement", adjustment)


class WasteStatementAdjust(models.TransientModel):
    _name = "waste.statement.adjust"
    _description = "Adjust a Statement"

    statement_id = fields.Many2one("waste.statement", required=True)
    line_id = fields.Many2one("waste.statement.line", "Line", domain="[('statement_id', '=', statement_id)]")
    currency_id = fields.Many2one(related="statement_id.currency_id")
    amount_total = fields.Monetary(related="statement_id.amount_total")
    amount = fields.Monetary("Adjust by", help="Tax included; negative when the statement asked too much.")
    reason = fields.Text(required=True, help="The producer reads it on the adjustment.")

    def action_adjust(self):
        """Make the adjustment and open it."""
        self.ensure_one()
        self.statement_id.check_access("write")
        adjustment = self.statement_id._make_adjustment(self.amount, self.reason, self.line_id)
        return adjustment._get_documents_action("waste_settlement.waste_statement_action", "waste.statement", adjustment)
