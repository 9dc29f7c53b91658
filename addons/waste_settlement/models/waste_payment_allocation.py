from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class WastePaymentAllocation(models.Model):
    """The share of one payment that pays one statement; its journal item carries the same amount."""

    _name = "waste.payment.allocation"
    _description = "Payment Allocation"
    _inherit = ["waste.money.share", "waste.part.mixin"]
    _order = "payment_id desc, id"
    _rec_name = "statement_id"

    _part_of = "payment_id"

    payment_id = fields.Many2one("account.payment", "Payment", required=True, index=True, ondelete="cascade")
    statement_id = fields.Many2one("waste.statement", "Statement", required=True, index=True, ondelete="restrict")
    currency_id = fields.Many2one(related="payment_id.currency_id")
    company_id = fields.Many2one(related="payment_id.company_id", store=True, index=True)
    date = fields.Date(related="payment_id.date")
    payment_state = fields.Selection(related="payment_id.state")
    bank_ref = fields.Char(related="payment_id.bank_ref")

    _once_uniq = models.Constraint(
        "UNIQUE(payment_id, statement_id)", "The payment is allocated to this statement already: change that row.")

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains("payment_id", "amount")
    def _check_within_payment(self):
        self.payment_id._check_allocated_amount()

    @api.constrains("payment_id", "statement_id")
    def _check_fits(self):
        """Money goes to the company that invoices, one way at a time (I-35)."""
        for allocation in self:
            statement, payment = allocation.statement_id, allocation.payment_id
            if statement.invoicing_company_id != payment.company_id:
                raise ValidationError(self.env._(
                    "Statement %(statement)s is invoiced by %(invoicing)s, but the payment is in the books of %(company)s.",
                    statement=statement.name, company=payment.company_id.name,
                    invoicing=statement.invoicing_company_id.name))
            if statement.currency_id != payment.currency_id:
                raise ValidationError(self.env._(
                    "Statement %(statement)s is in %(currency)s, the payment in %(other)s: they can not be allocated.",
                    statement=statement.name, currency=statement.currency_id.name, other=payment.currency_id.name))
            if (statement.direction != "payable") != (payment.payment_type == "inbound"):
                raise ValidationError(self.env._(
                    "Statement %(statement)s and the payment go in opposite directions. Money received pays receivable "
                    "statements, money sent pays payable ones; they are never netted.", statement=statement.name))
            if statement.state in ("draft", "cancelled"):
                raise ValidationError(self.env._(
                    "Statement %(statement)s is “%(state)s”: money is allocated to approved statements.",
                    statement=statement.name, state=statement._waste_state_label(statement.state)))

    # BUSINESS ------------------------------------------------------------------

    def _check_document_open(self):
        """The journal entry books each share apart; after posting, both stay as they are."""
        for allocation in self:
            if allocation.payment_id.state != "draft":
                raise UserError(self.env._(
                    "Payment %(payment)s is posted: reset it to draft before you change what it pays.",
                    payment=allocation.payment_id.display_name))
