from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.waste_contract.tools import exact, half_up


class WasteInvoiceApplicationLine(models.Model):
    """One line of the invoice that is asked for. Supplies at different VAT rates stand on different lines."""

    _name = "waste.invoice.application.line"
    _description = "Invoice Application Line"
    _inherit = ["waste.part.mixin"]
    _order = "application_id, sequence, id"

    _part_of = "application_id"

    application_id = fields.Many2one("waste.invoice.application", "Application", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Text("Service", required=True)
    amount = fields.Monetary(required=True, help="Tax included.")
    tax_rate_percent = fields.Float("Tax Rate (%)", digits=(5, 2), required=True, aggregator=None)
    amount_tax = fields.Monetary("Tax", compute="_compute_amount_tax", store=True)
    currency_id = fields.Many2one(related="application_id.currency_id")
    company_id = fields.Many2one(related="application_id.company_id", store=True, index=True)

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "A line of an invoice application is more than 0; what is taken back is a red-letter invoice.")
    _tax_rate_range = models.Constraint(
        "CHECK(tax_rate_percent >= 0 AND tax_rate_percent < 100)", "A tax rate is a percentage such as 6.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends("amount", "tax_rate_percent")
    def _compute_amount_tax(self):
        for line in self:
            untaxed = half_up(exact(line.amount) / (1 + exact(line.tax_rate_percent) / 100))
            line.amount_tax = float(exact(line.amount) - untaxed)

    # BUSINESS ------------------------------------------------------------------

    def _check_document_open(self):
        """What the approver read is what is invoiced."""
        for application in self.application_id:
            if application._is_at_or_after("pending"):
                raise UserError(self.env._(
                    "Invoice application %(application)s is “%(state)s”: its lines can no longer be changed.",
                    application=application.name, state=application._waste_state_label(application.state)))
