from odoo import fields, models
from odoo.tools import SQL, float_compare

from odoo.addons.waste_contract.tools import exact

# What waits to become an invoice takes its part of the statement and of the contract already.
WAITING_STATES = ("pending", "to_issue")


class WasteInvoiceApplication(models.Model):
    """The life of an application, as ``state_machines.csv`` tells it of an invoice."""

    _inherit = "waste.invoice.application"

    _transitions = {
        "submit": (("draft", "rejected"), "pending"),
        "approve": (("pending",), "to_issue"),
        "reject": (("pending",), "rejected"),
        "issue": (("pending", "to_issue"), "issued"),
        "archive": (("issued",), "archived"),
        "red": (("issued", "archived"), "red"),
        "unissue": (("issued",), "to_issue"),
        "cancel": (("draft", "rejected", "pending", "to_issue"), "cancelled"),
    }
    _finance_states = ("rejected", "to_issue", "issued", "archived", "red")
    _state_to = ["to_issue"]
    _sealed_from = {
        **dict.fromkeys((
            "name", "contract_id", "statement_id", "partner_id", "buyer_authorisation", "company_id",
            "invoicing_company_id", "currency_id", "date_applied",
        ), "pending"),
        # Finance corrects a typing error while it approves; then the fapiao is what was approved.
        **dict.fromkeys((
            "fapiao_kind", "fapiao_title", "fapiao_tax_no", "fapiao_address", "fapiao_phone", "fapiao_bank",
            "fapiao_bank_account", "fapiao_email", "fapiao_mobile",
        ), "to_issue"),
        "fapiao_no": "archived",
        "fapiao_date": "archived",
    }

    # ACTION --------------------------------------------------------------------

    def action_archive_fapiao(self):
        """File the issued fapiao: its number and date stay as they are from now on."""
        self.check_access("write")
        self._transition("archive")
        return True

    def action_cancel(self):
        """Give the application up."""
        self.check_access("write")
        self._transition("cancel")
        return True

    # CHECKS --------------------------------------------------------------------

    def _get_move_error(self, target):
        if error := super()._get_move_error(target):
            return error
        if target == "pending":
            return self._get_submit_error() or self._get_limit_error()
        if target == "to_issue" and self.state == "pending":
            return self._get_limit_error()
        if target == "issued" and not (self.invoice_ids and self.fapiao_no and self.fapiao_date):
            return self.env._(
                "Invoice application %(application)s is issued with the number and the date of its fapiao.",
                application=self.name)
        if target == "red" and self.currency_id.compare_amounts(self.invoiced_amount, 0.0):
            return self.env._(
                "Invoice application %(application)s has %(amount).2f invoiced: issue the red-letter invoice first.",
                application=self.name, amount=self.invoiced_amount)
        return False

    def _get_submit_error(self):
        """Return what the application still lacks, or False. To override."""
        self.ensure_one()
        if not self.line_ids:
            return self.env._("Invoice application %(application)s has no amount: add a line.", application=self.name)
        if self.statement_id and self.statement_id.state not in ("confirmed", "invoiced"):
            return self.env._(
                "Statement %(statement)s is “%(state)s”: an invoice is applied for when the producer has confirmed.",
                statement=self.statement_id.name, state=self.statement_id._waste_state_label(self.statement_id.state))
        if not self.statement_id and self.contract_id.contract_state != "active":
            return self.env._(
                "Contract %(contract)s is “%(state)s”: an advance invoice is applied for while it is in force.",
                contract=self.contract_id.name,
                state=self.contract_id._waste_state_label(self.contract_id.contract_state))
        if self.partner_id.commercial_partner_id != self.party_id.commercial_partner_id and not (
                self.buyer_authorisation or "").strip():
            return self.env._(
                "%(buyer)s is not the party of contract %(contract)s. Enter how %(party)s authorised this buyer.",
                buyer=self.partner_id.display_name, contract=self.contract_id.name,
                party=self.party_id.display_name)
        return self._get_fapiao_data_error()

    def _get_limit_error(self):
        """Return the sentence when this would invoice more than the statement, or than the contract (I-33), or False."""
        self.ensure_one()
        # Two applications at once collide here; otherwise each would see only its own.
        self.env.execute_query(SQL(
            "UPDATE sale_order SET write_date = write_date WHERE id = %s RETURNING id", self.contract_id.id))
        waiting = self.search([
            ("contract_id", "=", self.contract_id.id), ("state", "in", WAITING_STATES), ("id", "!=", self.id)])
        if self.statement_id:
            same = waiting.filtered(lambda other: other.statement_id == self.statement_id)
            taken = exact(self.statement_id.invoiced_amount) + sum(exact(other.amount_total) for other in same)
            if self._exceeds(self.statement_id.amount_total, taken):
                return self.env._(
                    "Statement %(statement)s over %(total).2f has %(taken).2f invoiced or applied for already: "
                    "%(amount).2f more is too much.",
                    statement=self.statement_id.name, total=self.statement_id.amount_total, taken=taken,
                    amount=self.amount_total)
        total = self.contract_id._get_invoiceable_amount()
        taken = exact(self.contract_id.invoiced_amount) + sum(exact(other.amount_total) for other in waiting)
        if self._exceeds(total, taken):
            return self.env._(
                "Contract %(contract)s over %(total).2f has %(taken).2f invoiced or applied for already: "
                "%(amount).2f more is too much. Advance invoices count too.",
                contract=self.contract_id.name, total=total, taken=taken, amount=self.amount_total)
        return False

    def _exceeds(self, total, taken):
        return float_compare(
            float(taken + exact(self.amount_total)), total, precision_rounding=self.currency_id.rounding) > 0

    # BUSINESS ------------------------------------------------------------------

    def _submit(self):
        self._transition("submit", reason=False, date_applied=fields.Date.context_today(self))

    def _approve(self):
        self._transition("approve", reason=False)

    def _get_applicants(self):
        return self.user_id

    def _get_refuse_context(self):
        return {"default_application_ids": self.ids}

    def _get_approval_essentials(self):
        return super()._get_approval_essentials() + [line for line in (
            (self.env._("Contract"), self.contract_id.name),
            (self.env._("Statement"), self.statement_id.name),
            (self.env._("Issuing Company"), self.invoicing_company_id.name),
            (self.env._("Fapiao Title"), self.fapiao_title),
            (self.env._("Authorisation"), self.buyer_authorisation),
        ) if line[1]]
