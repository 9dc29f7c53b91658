from odoo import models
from odoo.fields import Command

from odoo.addons.waste_contract.tools import exact


class WasteCollection(models.Model):
    """A collection and the books: the payment it becomes, the instalments and invoices that the money pays."""

    _inherit = "waste.collection"

    def _approve(self):
        """Approve and book."""
        moved = self._transition("approve")
        # The books of the receiving company, of which the approver may not be a user.
        moved.sudo()._book()
        moved._allocate_to_plan()

    def _get_applicants(self):
        return self.user_id

    def _get_refuse_context(self):
        return {"default_collection_ids": self.ids}

    def _prepare_approval_values(self):
        return {**super()._prepare_approval_values(), "amount": self.amount}

    def _get_approval_essentials(self):
        return super()._get_approval_essentials() + [line for line in (
            (self.env._("Contract"), self.contract_id.name),
            (self.env._("Instalment"), self.plan_id.display_name if self.plan_id else ""),
            (self.env._("Received on"), str(self.date)),
            (self.env._("Bank Reference"), self.bank_ref),
            (self.env._("Receiving Company"), self.invoicing_company_id.name),
        ) if line[1]]

    # BOOKING -------------------------------------------------------------------

    def _book(self):
        """Create and post the payments; in superuser mode."""
        for company, collections in self.grouped("invoicing_company_id").items():
            payments = self.env["account.payment"].with_company(company)
            journal = payments._get_waste_bank_journal(company)
            for collection, payment in zip(collections, payments.create([
                    collection._prepare_payment_values(journal) for collection in collections]), strict=True):
                collection.payment_id = payment
            collections.payment_id.action_post()
            for collection in collections.filtered("is_oldest_first"):
                collection._match_advance_invoices()

    def _prepare_payment_values(self, journal):
        is_refund = self.kind == "refund"
        return {
            "company_id": self.invoicing_company_id.id,
            "journal_id": journal.id,
            "payment_type": "outbound" if is_refund else "inbound",
            "partner_type": "customer",
            "partner_id": self.partner_id.commercial_partner_id.id,
            "currency_id": self.currency_id.id,
            "amount": self.amount,
            "date": self.date,
            "bank_ref": self.bank_ref,
            "memo": " ".join(filter(None, [self.name, self.contract_id.name, self.bank_ref])),
            "waste_allocation_ids": self._prepare_statement_shares(),
        }

    def _prepare_statement_shares(self):
        """Return what the money pays: the oldest open statements of the contract first. Deposits wait for their day."""
        if self.kind != "payment" or not self.is_oldest_first:
            return []
        rest, commands = exact(self.amount), []
        statements = self.env["waste.statement"].search([
            ("contract_id", "=", self.contract_id.id), ("direction", "!=", "payable"), ("open_amount", ">", 0),
            ("partner_id", "child_of", self.partner_id.commercial_partner_id.ids),
            ("state", "in", ("approved", "confirmed", "invoiced")), ("currency_id", "=", self.currency_id.id),
        ], order="period_start, id")
        for statement in statements:
            share = min(rest, exact(statement.open_amount))
            if share > 0:
                commands.append(Command.create({"statement_id": statement.id, "amount": float(share)}))
                rest -= share
        return commands

    def _match_advance_invoices(self):
        """Reconcile what no statement took with the oldest open advance invoices of the contract."""
        invoices = self.env["account.move"].search([
            ("waste_contract_id", "=", self.contract_id.id), ("waste_statement_id", "=", False),
            ("move_type", "=", "out_invoice"), ("state", "=", "posted"), ("payment_state", "in", ("not_paid", "partial")),
        ], order="invoice_date_due, id")
        rest = self.payment_id.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.waste_allocation_id)
        for invoice in invoices if self.kind == "payment" else ():
            open_lines = (rest + invoice.line_ids).filtered(
                lambda line: line.account_id == rest.account_id and not line.reconciled)
            if rest & open_lines and len(open_lines) > 1:
                open_lines.reconcile()

    def _unbook(self):
        """Cancel the payments and free what they paid."""
        self.allocation_ids.unlink()
        payments_sudo = self.sudo().payment_id
        payments_sudo.action_draft()
        payments_sudo.action_cancel()

    # PAYMENT PLAN --------------------------------------------------------------

    def _pay_oldest_instalments(self):
        """Let collections for which nobody chose an instalment pay the oldest open ones, one collection after the other."""
        planned = self.env["waste.payment.plan"].search([("contract_id", "in", self.contract_id.ids)]).contract_id
        for collection in self.with_context(tracking_disable=True):
            contract = collection.contract_id
            if contract in planned and collection.kind == "payment" and collection.partner_id == contract.partner_id:
                collection.plan_id = contract._get_first_open_plan()

    def _allocate_to_plan(self):
        """Link the money with the chosen instalment and, with what is left, the following ones."""
        # An instalment may be changed by sales while finance approves; the shares are nobody's to type here.
        for collection in self.sudo():
            touched = collection.allocation_ids.plan_id
            collection.allocation_ids.unlink()
            if not collection.plan_id or collection.kind == "refund":
                continue
            first = collection.plan_id
            plans = self.env["waste.payment.plan"].sudo().search([
                ("contract_id", "=", collection.contract_id.id), ("state", "!=", "paid"),
                ("currency_id", "=", collection.currency_id.id)], order="date_due, number")
            plans = first + plans.filtered(
                lambda plan, first=first: (plan.date_due, plan.number) > (first.date_due, first.number))
            rest, vals_list = exact(collection.amount), []
            for plan in plans:
                share = min(rest, exact(plan.amount) - plan.allocation_ids._get_amount_sum())
                if share > 0:
                    vals_list.append({"collection_id": collection.id, "plan_id": plan.id, "amount": float(share)})
                    rest -= share
            self.env["waste.payment.plan.allocation"].sudo().create(vals_list)
            (plans | touched)._close_reminders()
