from odoo import fields, models


class WasteStatement(models.Model):
    _inherit = "waste.statement"

    invoice_application_ids = fields.One2many("waste.invoice.application", "statement_id", "Invoice Applications", copy=False,
        groups="waste.group_salesperson,waste.group_customer_service,waste.group_finance")

    # ACTION --------------------------------------------------------------------

    def action_apply_invoice(self):
        """Make the invoice applications of these statements, as drafts; one for each."""
        self.check_access("read")
        applications = self.env["waste.invoice.application"].create([{"statement_id": statement.id} for statement in self])
        return self._get_documents_action(
            "waste_settlement.waste_invoice_application_action", "waste.invoice.application", applications)
