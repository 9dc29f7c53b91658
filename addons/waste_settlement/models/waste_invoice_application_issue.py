from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount


class WasteInvoiceApplication(models.Model):
    """From an approved application to the posted invoice, in the books of the issuing company."""

    _inherit = "waste.invoice.application"

    # ACTION --------------------------------------------------------------------

    def action_issue(self):
        """Post the invoice with the number that the tax office gave, and tell the customer."""
        self.check_access("write")
        for application in self:
            if application.state != "to_issue":
                raise UserError(self.env._(
                    "Invoice application %(application)s is “%(state)s”: only approved ones are issued.",
                    application=application.name, state=application._waste_state_label(application.state)))
            if not application.fapiao_no or not application.fapiao_date:
                raise UserError(self.env._(
                    "Enter the number and the date of the fapiao of %(application)s first.", application=application.name))
        # The contract says which company invoices; the clerk of the operating company need not be one of its users.
        moves_sudo = self.env["account.move"].sudo()
        for company, applications in self.grouped("invoicing_company_id").items():
            moves_sudo |= moves_sudo.with_company(company).create([
                application.sudo().with_company(company)._prepare_move_values() for application in applications])
        # Posting finds the application and moves it on, as it does with an invoice that comes from WIM.
        moves_sudo._post(soft=False)
        return True

    def action_view_invoices(self):
        """Open the invoice and its red-letter invoices."""
        self.check_access("read")
        return self.env["waste.statement"]._get_documents_action(
            "waste_settlement.account_move_action", "account.move", self.sudo().invoice_ids)

    # BUSINESS ------------------------------------------------------------------

    def _prepare_move_values(self):
        """Return the values of the invoice; to be called in superuser mode, in the issuing company."""
        self.ensure_one()
        company = self.invoicing_company_id
        taxes = {
            rate: self.env["account.tax"]._ensure_statement_tax(company, rate, "sale")
            for rate in set(self.line_ids.mapped("tax_rate_percent"))}
        term = self.contract_id.payment_term_id or self.partner_id.property_payment_term_id
        return {
            "move_type": "out_invoice",
            "company_id": company.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": self.fapiao_date,
            "date": self.fapiao_date,
            "invoice_origin": self.name,
            "ref": self.statement_id.name or self.contract_id.name,
            "invoice_user_id": self.user_id.id,
            "waste_application_id": self.id,
            "waste_statement_id": self.statement_id.id,
            "fapiao_no": self.fapiao_no,
            "fapiao_state": "issued",
            "invoice_line_ids": [
                Command.create({
                    "name": line.name, "quantity": 1, "price_unit": line.amount,
                    "tax_ids": [Command.set(taxes[line.tax_rate_percent].ids)],
                })
                for line in self.line_ids
            ],
            **({"invoice_payment_term_id": term.id} if term else {"invoice_date_due": self.fapiao_date}),
        }

    def _follow_invoices(self):
        """Bring the states along after an invoice was posted, red-lettered or taken back. In superuser mode."""
        for application in self:
            posted = application.invoice_ids.filtered(lambda move: move.state == "posted")
            original = posted.filtered(lambda move: move.move_type == "out_invoice")[:1]
            is_open = bool(original) and not application.currency_id.is_zero(application.invoiced_amount)
            if application.state in ("pending", "to_issue") and is_open and original.fapiao_no:
                application.write({
                    "fapiao_no": original.fapiao_no,
                    "fapiao_date": application.fapiao_date or original.invoice_date,
                })
                application._transition("issue")
                application._tell_issued()
            elif application.state in ("issued", "archived") and original and not is_open:
                application._transition("red")
            elif application.state == "issued" and not original:
                application._transition("unissue")

    def _tell_issued(self):
        """Send the customer the number, and the PDF where there is one."""
        self.ensure_one()
        env = self.with_context(lang=self.partner_id.lang or self.env.lang).env
        self.message_post(
            body=env._(
                "Your fapiao %(number)s of %(date)s over %(amount)s is issued by %(company)s.",
                number=self.fapiao_no, date=self.fapiao_date, company=self.invoicing_company_id.name,
                amount=format_amount(env, self.amount_total, self.currency_id)),
            subject=env._("Fapiao %(number)s", number=self.fapiao_no),
            message_type="comment", subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner_id.ids, outgoing_email_to=self.fapiao_email or False,
            attachment_ids=self._get_pdf_attachment().ids)

    def _get_pdf_attachment(self):
        """Return the uploaded PDF as an attachment of its own, under the fapiao's number."""
        self.ensure_one()
        if not self.fapiao_pdf:
            return self.env["ir.attachment"]
        return self.env["ir.attachment"].create({
            "name": self.fapiao_pdf_name, "datas": self.fapiao_pdf, "mimetype": "application/pdf",
            "res_model": self._name, "res_id": self.id})
