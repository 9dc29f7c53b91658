from collections import defaultdict

from odoo import fields, models

from odoo.addons.waste_contract.tools import exact

FAPIAO_STATES = [
    ("issued", "Issued"),
    ("red", "Red-lettered"),
]


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "waste.external.mixin"]

    _external_fields = frozenset({"fapiao_no", "fapiao_state"})

    # `statement_id` is Odoo's bank statement.
    waste_statement_id = fields.Many2one(
        "waste.statement", "Waste Statement", index="btree_not_null", ondelete="restrict", copy=False, readonly=True)
    fapiao_no = fields.Char("Fapiao No.", copy=False, index="btree_not_null", tracking=True)
    fapiao_state = fields.Selection(FAPIAO_STATES, "Fapiao", copy=False, readonly=True, tracking=True)

    # What another system sends beside the fields we know must not leave the staff side by a portal user's RPC.
    external_extra = fields.Json(groups="base.group_user")
    external_extra_text = fields.Text(groups="base.group_user")
    external_versions = fields.Json(groups="base.group_user")

    # ACTION --------------------------------------------------------------------

    def button_draft(self):
        result = super().button_draft()
        self.waste_statement_id._follow_invoices()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self.waste_statement_id._follow_invoices()
        return result

    def action_view_waste_statement(self):
        """Open the statement that this invoice is for."""
        self.ensure_one()
        self.waste_statement_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "waste.statement",
            "view_mode": "form",
            "res_id": self.waste_statement_id.id,
        }

    # HOOKS ---------------------------------------------------------------------

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted.waste_statement_id._follow_invoices()
        return posted

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """A credit note is of the same statement as its invoice."""
        default_values_list = default_values_list or [{} for _move in self]
        for move, values in zip(self, default_values_list, strict=True):
            if move.waste_statement_id:
                values.setdefault("waste_statement_id", move.waste_statement_id.id)
        return super()._reverse_moves(default_values_list, cancel=cancel)

    # BUSINESS ------------------------------------------------------------------

    def _get_statement_sign(self):
        """Return 1 for an invoice or bill, -1 for a credit note or refund."""
        return -1 if self.move_type in ("out_refund", "in_refund") else 1

    def _get_unallocated_received(self):
        """Return what payments and bank lines paid on these invoices, without the shares that allocations book.

        Credit notes, write-offs and other entries settle an invoice too, but bring no money.

        :return: {move: Decimal}, less than 0 where money was paid back
        """
        received = defaultdict(lambda: exact(0))
        lines = self.line_ids.filtered(
            lambda line: line.account_id.account_type in ("asset_receivable", "liability_payable"))
        for line in lines:
            matches = [(partial.debit_move_id, partial.credit_amount_currency) for partial in line.matched_debit_ids]
            matches += [(partial.credit_move_id, partial.debit_amount_currency) for partial in line.matched_credit_ids]
            for other, amount in matches:
                if (other.payment_id or other.statement_line_id) and not other.waste_allocation_id:
                    received[line.move_id] += exact(amount) * line.move_id._get_statement_sign()
        return received
