from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_compare, float_is_zero


class WasteStatement(models.Model):
    """Invoices of statements, made in the books of the invoicing company; its payments matched with them."""

    _inherit = "waste.statement"

    # ACTION --------------------------------------------------------------------

    def action_make_invoices(self):
        """Invoice confirmed statements: a customer invoice for a receivable one, a vendor bill for a payable one."""
        self.check_access("write")
        for statement in self:
            if statement.state != "confirmed":
                raise UserError(self.env._(
                    "Statement %(statement)s is “%(state)s”: only confirmed statements are invoiced.",
                    statement=statement.name, state=statement._waste_state_label(statement.state)))
        self._check_invoiced_without_application()
        moves = self._create_invoices([
            {"statement": statement, "amount": None, "date": fields.Date.context_today(self)} for statement in self])
        return self._get_documents_action("waste_settlement.account_move_action", "account.move", moves)

    def action_view_invoices(self):
        """Open the invoices, bills and credit notes."""
        self.check_access("read")
        # Counted for everybody; opened by those who may read the invoicing company's books.
        return self._get_documents_action("waste_settlement.account_move_action", "account.move", self.sudo().invoice_ids)

    def action_view_payments(self):
        """Open the payments, allocated or matched with the invoices."""
        self.check_access("read")
        return self._get_documents_action("waste_settlement.account_payment_action", "account.payment", self.sudo()._get_payments())

    def action_view_batches(self):
        """Open the batches that the lines are made of."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Batches"),
            "res_model": "waste.batch",
            "view_mode": "list,form",
            "domain": [("id", "in", self.line_ids.batch_ids.ids)],
            "context": {"create": False},
        }

    def _get_documents_action(self, xml_id, model, records):
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        action.update(domain=[("id", "in", records.ids)], context={"create": False})
        if len(records) == 1 and self.env[model].browse(records.ids).has_access("read"):
            action.update(res_id=records.id, views=[(False, "form")], view_mode="form")
        return action

    # BUSINESS ------------------------------------------------------------------

    def _create_invoices(self, orders):
        """Create and post invoices in the invoicing companies.

        :param orders: list of dicts with ``statement``, ``amount`` (tax included; None: the whole statement line by
            line; negative: a credit note), ``date`` and, optional, ``values`` for further fields of the move
        :return: `account.move` in superuser mode, in the order given
        """
        # The contract says which company invoices; the clerk of the operating company need not be one of its users.
        moves_sudo = self.env["account.move"].sudo()
        by_company = defaultdict(list)
        for position, order in enumerate(orders):
            by_company[order["statement"].invoicing_company_id].append((position, order))
        created = {}
        for company, numbered in by_company.items():
            moves = moves_sudo.with_company(company).create([
                order["statement"].sudo().with_company(company)._prepare_invoice_values(order) for _position, order in numbered])
            created.update(zip([position for position, _order in numbered], moves, strict=True))
        moves = moves_sudo.union(*(created[position] for position in range(len(orders))))
        moves._post(soft=False)
        return moves

    def _prepare_invoice_values(self, order):
        """Return the values of one move of this statement; see `_create_invoices`."""
        self.ensure_one()
        amount = order["amount"]
        is_sale = self.direction != "payable"
        total = self.amount_total if amount is None else amount
        is_refund = total < 0
        company = self.invoicing_company_id
        lines = [(self._get_invoice_label(), total, self.tax_rate_percent)]
        if amount is None and self._is_sum_of_lines():
            lines = [
                (f"{line.name}\n{line.explanation or ''}".strip(), line.amount, line.tax_rate_percent)
                for line in self.line_ids]
        lines = [line for line in lines if not float_is_zero(line[1], precision_rounding=self.currency_id.rounding)]
        if not lines:
            raise UserError(self.env._(
                "Statement %(statement)s comes to 0.00: there is nothing to invoice.", statement=self.name))
        taxes = {
            rate: self.env["account.tax"]._ensure_statement_tax(company, rate, "sale" if is_sale else "purchase")
            for rate in {line[2] for line in lines}}
        return {
            "move_type": {
                (True, False): "out_invoice",
                (True, True): "out_refund",
                (False, False): "in_invoice",
                (False, True): "in_refund",
            }[is_sale, is_refund],
            "company_id": company.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": order["date"],
            "date": order["date"],
            "invoice_origin": self.name,
            "ref": self.name,
            "waste_statement_id": self.id,
            "invoice_line_ids": [
                Command.create({
                    "name": name,
                    "quantity": 1,
                    # Rounded on the statement already; weight and price are in the sentence.
                    "price_unit": -line_amount if is_refund else line_amount,
                    "tax_ids": [Command.set(taxes[rate].ids)],
                })
                for name, line_amount, rate in lines
            ],
            **self._prepare_due_values(order["date"]),
            **order.get("values", {}),
        }

    def _prepare_due_values(self, day):
        """Return when the invoice is due: as the contract agreed, else as the producer usually pays, else at once."""
        partner = self.partner_id.with_company(self.invoicing_company_id)
        if self.direction != "payable":
            term = self.contract_id.payment_term_id or partner.property_payment_term_id
        else:
            term = partner.property_supplier_payment_term_id
        return {"invoice_payment_term_id": term.id} if term else {"invoice_date_due": day}

    def _is_sum_of_lines(self):
        """Tell whether our lines explain the amount to the cent; another system's amount may differ."""
        return not float_compare(
            sum(self.line_ids.mapped("amount")), self.amount_total, precision_rounding=self.currency_id.rounding)

    def _get_invoice_label(self):
        env = self.with_context(lang=self.partner_id.lang or self.env.lang).env
        return env._(
            "Statement %(statement)s of contract %(contract)s, %(start)s to %(end)s",
            statement=self.name, contract=self.contract_id.name, start=self.period_start, end=self.period_end)

    def _follow_invoices(self):
        """After invoices were posted or taken back: check the sum, match what was paid before, follow with the state.

        :raise UserError: when a statement is invoiced above its amount (I-33)
        """
        # Documents of the invoicing company; see `_create_invoices`.
        statements_sudo = self.sudo()
        for statement in statements_sudo:
            sign = -1 if statement.amount_total < 0 else 1
            if float_compare(
                    sign * statement.invoiced_amount, sign * statement.amount_total,
                    precision_rounding=statement.currency_id.rounding) > 0:
                raise UserError(self.env._(
                    "Statement %(statement)s over %(total).2f would be invoiced with %(invoiced).2f. "
                    "Issue a credit note for the earlier invoice first.",
                    statement=statement.name, total=statement.amount_total, invoiced=statement.invoiced_amount))
        statements_sudo._match_payments()
        statements_sudo._follow_money()

    def _match_payments(self):
        """Reconcile the open invoices of each statement with the payment shares allocated to it."""
        lines = self.env["account.move.line"].search([
            ("parent_state", "=", "posted"),
            ("account_id.account_type", "in", ("asset_receivable", "liability_payable")),
            ("reconciled", "=", False),
            "|", ("waste_allocation_id.statement_id", "in", self.ids), ("move_id.waste_statement_id", "in", self.ids),
        ])
        groups = lines.grouped(lambda line: (
            line.waste_allocation_id.statement_id or line.move_id.waste_statement_id, line.account_id))
        plan = [group for group in groups.values() if group.waste_allocation_id and group.move_id.waste_statement_id]
        if plan:
            lines._reconcile_plan(plan)
