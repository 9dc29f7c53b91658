from collections import defaultdict

from odoo import api, fields, models

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
    waste_application_id = fields.Many2one(
        "waste.invoice.application", "Invoice Application", index="btree_not_null", ondelete="restrict", copy=False, readonly=True)
    waste_contract_id = fields.Many2one(
        "sale.order", "Waste Contract", compute="_compute_waste_contract_id", store=True, compute_sudo=True,
        index="btree_not_null", help="The contract of the statement, or of the advance invoice.")
    fapiao_no = fields.Char("Fapiao No.", copy=False, index="btree_not_null", tracking=True)
    fapiao_state = fields.Selection(FAPIAO_STATES, "Fapiao", copy=False, readonly=True, tracking=True)

    # What another system sends beside the fields we know must not leave the staff side by a portal user's RPC.
    external_extra = fields.Json(groups="base.group_user")
    external_extra_text = fields.Text(groups="base.group_user")
    external_versions = fields.Json(groups="base.group_user")

    # COMPUTE -------------------------------------------------------------------

    @api.depends("waste_statement_id.contract_id", "waste_application_id.contract_id")
    def _compute_waste_contract_id(self):
        for move in self:
            move.waste_contract_id = move.waste_statement_id.contract_id or move.waste_application_id.contract_id

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if vals.get("fapiao_no"):
            # The number of an invoice that was booked before it had one.
            self.filtered(lambda move: move.state == "posted")._follow_waste_invoices()
        return result

    # ACTION --------------------------------------------------------------------

    def button_draft(self):
        result = super().button_draft()
        self._follow_waste_invoices()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._follow_waste_invoices()
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

    def _has_to_be_paid(self):
        """What a contract comes to is paid by transfer: its parties find no button to pay online."""
        return not self.waste_contract_id and super()._has_to_be_paid()

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._find_waste_applications()
        posted._follow_red_letters()
        posted._follow_waste_invoices()
        return posted

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """A credit note is of the same statement and application as its invoice."""
        default_values_list = default_values_list or [{} for _move in self]
        for move, values in zip(self, default_values_list, strict=True):
            for name in ("waste_statement_id", "waste_application_id"):
                if move[name]:
                    values.setdefault(name, move[name].id)
        return super()._reverse_moves(default_values_list, cancel=cancel)

    # BUSINESS ------------------------------------------------------------------

    def _follow_waste_invoices(self):
        """Bring statements and applications along after these invoices were posted, taken back or numbered."""
        self.waste_statement_id._follow_invoices()
        # Of the operating company, which the clerk of the issuing company may not be in.
        self.sudo().waste_application_id._follow_invoices()

    def _find_waste_applications(self):
        """Link invoices that came otherwise, such as from WIM, with the application that asked for just this amount."""
        invoices_sudo = self.sudo().filtered(
            lambda move: move.move_type == "out_invoice" and move.waste_statement_id and not move.waste_application_id)
        if not invoices_sudo:
            return
        waiting = self.env["waste.invoice.application"].sudo().search([
            ("statement_id", "in", invoices_sudo.waste_statement_id.ids), ("state", "in", ("pending", "to_issue"))], order="id")
        for move in invoices_sudo if waiting else ():
            same = waiting.filtered(
                lambda application, move=move: application.statement_id == move.waste_statement_id
                and not move.currency_id.compare_amounts(application.amount_total, move.amount_total))[:1]
            move.waste_application_id = same
            waiting -= same

    def _get_waste_debtor(self):
        """Return who is to pay: the party of the statement, whoever else was authorised to be the buyer."""
        self.ensure_one()
        return self.waste_statement_id.partner_id or self.waste_contract_id.partner_id

    def _get_statement_sign(self):
        """Return 1 for an invoice or bill, -1 for a credit note or refund."""
        return -1 if self.move_type in ("out_refund", "in_refund") else 1

    def _get_waste_open_amounts(self, day=None):
        """Return {invoice: amount} of what isn't paid; with ``day``, as it was at its end."""
        if not day:
            return {move: move.amount_residual for move in self if move.amount_residual > 0}
        lines = self.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        matched = dict(self.env["account.partial.reconcile"]._read_group(
            [("debit_move_id", "in", lines.ids), ("max_date", "<=", day)], ["debit_move_id"], ["debit_amount_currency:sum"]))
        amounts = {
            move: move.currency_id.round(move.amount_total - sum(matched.get(line, 0.0) for line in move.line_ids & lines))
            for move in self}
        return {move: amount for move, amount in amounts.items() if amount > 0}

    def _get_unallocated_received(self):
        """Return what payments, bank lines and offsets paid on these invoices, without the shares that allocations book.

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
                is_money = other.payment_id or other.statement_line_id or other.move_id.waste_offset_id
                if is_money and not other.waste_allocation_id:
                    received[line.move_id] += exact(amount) * line.move_id._get_statement_sign()
        return received
