from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.waste_contract.tools import exact


class AccountPayment(models.Model):
    """Payments and collections: one by hand becomes a payment, any other payment becomes collections."""

    _inherit = "account.payment"

    # Accountants without our groups read payments with all their fields.
    waste_collection_ids = fields.One2many(
        "waste.collection", "payment_id", "Collections", copy=False,
        groups="waste.group_salesperson,waste.group_customer_service,waste.group_finance")

    # CRUD ----------------------------------------------------------------------

    def unlink(self):
        # What follows from the payment goes with it; one that was registered by hand holds its payment.
        self.sudo().waste_collection_ids.filtered("is_automatic").unlink()
        return super().unlink()

    # ACTION --------------------------------------------------------------------

    def action_post(self):
        result = super().action_post()
        self._sync_collections()
        return result

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _get_waste_bank_journal(self, company):
        """Return where collections of a company are booked."""
        journal = self.env["account.journal"].sudo().search(
            [*self.env["account.journal"]._check_company_domain(company), ("type", "=", "bank")], limit=1)
        if not journal:
            raise UserError(self.env._(
                "%(company)s has no bank journal: create one in the accounting settings, then try again.", company=company.name))
        return journal

    def _sync_collections(self):
        """Let the collections say what these payments pay: one for each contract, made, changed or taken away.

        Payments that were registered as a collection have theirs already.
        """
        # The collections belong to the operating companies, the payments to the receiving ones.
        payments_sudo = self.sudo()
        births = []
        for payment in payments_sudo - payments_sudo._sync_adopted_collections():
            shares = payment._get_contract_shares()
            known = {collection.contract_id: collection for collection in payment.waste_collection_ids}
            for contract, collection in known.items():
                if not shares.get(contract):
                    collection.unlink()
            for contract, share in shares.items():
                values = {
                    "amount": float(abs(share)), "date": payment.date, "bank_ref": payment.bank_ref,
                    "kind": "payment" if share > 0 else "refund"}
                if contract in known:
                    known[contract].write(values)
                    known[contract]._allocate_to_plan()
                else:
                    births.append({
                        **values, "partner_id": contract._get_payer(payment.partner_id).id, "contract_id": contract.id,
                        "payment_id": payment.id, "is_automatic": True, "state": "approved", "is_oldest_first": False})
        if births:
            self.env["waste.collection"].sudo().create(births)._pay_oldest_instalments()

    def _get_contract_shares(self):
        """Return {contract: Decimal} of what this payment paid for receivables; less than 0 where money was paid back."""
        self.ensure_one()
        shares = defaultdict(lambda: exact(0))
        for allocation in self.waste_allocation_ids:
            if allocation.statement_id.direction != "payable":
                shares[allocation.statement_id.contract_id] += exact(allocation.amount)
        lines = self.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.waste_allocation_id)
        for line in lines:
            matches = [(partial.debit_move_id, exact(partial.debit_amount_currency)) for partial in line.matched_debit_ids]
            matches += [(partial.credit_move_id, -exact(partial.credit_amount_currency)) for partial in line.matched_credit_ids]
            for other, amount in matches:
                if other.move_id.waste_contract_id:
                    shares[other.move_id.waste_contract_id] += amount
        return {contract: share for contract, share in shares.items() if share}
