from odoo import fields, models


class WasteStatementDispute(models.TransientModel):
    _name = "waste.statement.dispute"
    _description = "Dispute a Statement"

    statement_ids = fields.Many2many("waste.statement", required=True)
    reason = fields.Text(required=True, help="What the producer says is wrong: weight, price, a batch that isn't his.")

    def action_dispute(self):
        """Record the dispute of all the statements."""
        self.ensure_one()
        return self.statement_ids.action_dispute(reason=self.reason)
