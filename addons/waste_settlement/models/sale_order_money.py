from collections import namedtuple

from odoo import api, fields, models

from odoo.addons.waste_contract.tools import exact

# What a customer owes: an instalment of the payment plan, or an invoice of a contract without one. What the government
# owes for the waste of a producer is always an invoice.
OpenItem = namedtuple("OpenItem", ["contract", "partner", "record", "name", "date_due", "amount"])


class SaleOrder(models.Model):
    """The money of a contract: planned, invoiced, collected, overdue."""

    _inherit = "sale.order"

    payment_plan_ids = fields.One2many(
        "waste.payment.plan", "contract_id", "Payment Plan", copy=False,
        groups="waste.group_salesperson,waste.group_customer_service,waste.group_finance")
    collection_ids = fields.One2many(
        "waste.collection", "contract_id", "Collections", copy=False,
        groups="waste.group_salesperson,waste.group_customer_service,waste.group_finance")
    invoice_application_ids = fields.One2many(
        "waste.invoice.application", "contract_id", "Invoice Applications", copy=False,
        groups="waste.group_salesperson,waste.group_customer_service,waste.group_finance")
    waste_invoice_ids = fields.One2many(
        "account.move", "waste_contract_id", "Waste Invoices", copy=False, groups="account.group_account_invoice")

    invoiced_amount = fields.Monetary(
        "Invoiced", compute="_compute_invoiced_amount", store=True, compute_sudo=True, groups="base.group_user",
        help="Invoices of statements and in advance, less red-letter invoices; tax included.")
    uninvoiced_amount = fields.Monetary(
        "Not Invoiced", compute="_compute_uninvoiced_amount", compute_sudo=True, groups="base.group_user",
        help="Planned receivable, or what the statements come to where that is more, less what is invoiced.")
    collected_amount = fields.Monetary(
        "Collected", compute="_compute_collected_amount", store=True, compute_sudo=True, groups="base.group_user",
        help="Approved and booked collections less refunds.")
    uncollected_amount = fields.Monetary(
        "Not Collected", compute="_compute_uninvoiced_amount", compute_sudo=True, groups="base.group_user")
    overdue_amount = fields.Monetary(
        "Overdue", compute="_compute_overdue_amount", compute_sudo=True, groups="base.group_user",
        help="Instalments past their day; of a contract without payment plan: its invoices past their day.")
    plan_warning = fields.Char(compute="_compute_plan_warning", compute_sudo=True, groups="base.group_user")

    # COMPUTE -------------------------------------------------------------------

    @api.depends("waste_invoice_ids.state", "waste_invoice_ids.amount_total", "waste_invoice_ids.move_type")
    def _compute_invoiced_amount(self):
        for order in self:
            order.invoiced_amount = float(sum(
                exact(move.amount_total) * move._get_statement_sign() for move in order.waste_invoice_ids
                if move.state == "posted" and move.move_type in ("out_invoice", "out_refund")))

    @api.depends("collection_ids.counted_amount")
    def _compute_collected_amount(self):
        for order in self:
            order.collected_amount = float(sum(exact(amount) for amount in order.collection_ids.mapped("counted_amount")))

    @api.depends("invoiced_amount", "collected_amount", "planned_receivable", "statement_ids.receivable_amount", "statement_ids.state")
    def _compute_uninvoiced_amount(self):
        for order in self:
            total = exact(order._get_invoiceable_amount())
            order.uninvoiced_amount = float(total - exact(order.invoiced_amount))
            order.uncollected_amount = float(total - exact(order.collected_amount))

    @api.depends(
        "payment_plan_ids.open_amount", "payment_plan_ids.date_due", "payment_plan_ids.state",
        "waste_invoice_ids.amount_residual", "waste_invoice_ids.invoice_date_due", "waste_invoice_ids.state")
    @api.depends_context("tz")
    def _compute_overdue_amount(self):
        today = fields.Date.context_today(self)
        overdue = dict.fromkeys(self, exact(0))
        for item in self._get_open_items():
            if item.date_due < today:
                overdue[item.contract] += exact(item.amount)
        for order in self:
            order.overdue_amount = float(overdue[order])

    @api.depends("payment_plan_ids.amount", "planned_receivable")
    def _compute_plan_warning(self):
        for order in self:
            planned = sum(exact(amount) for amount in order.payment_plan_ids.mapped("amount"))
            if not planned or not order.planned_receivable or planned == exact(order.planned_receivable):
                order.plan_warning = False
            else:
                order.plan_warning = self.env._(
                    "The instalments come to %(planned).2f, the contract to %(total).2f.",
                    planned=planned, total=order.planned_receivable)

    # ACTION --------------------------------------------------------------------

    def action_apply_invoice(self):
        """Open a new invoice application for the contract."""
        self.ensure_one()
        return self._get_new_money_action(
            "waste.invoice.application", self.env._("Apply for an Invoice"),
            {"default_contract_id": self.id, "default_partner_id": self.partner_id.id})

    def action_register_collection(self):
        """Open a new collection of the contract."""
        self.ensure_one()
        return self._get_new_money_action(
            "waste.collection", self.env._("Register a Collection"),
            {"default_contract_id": self.id, "default_partner_id": self.partner_id.id})

    def action_view_payment_plan(self):
        """Open the instalments of the contract."""
        return self._get_money_action("waste_settlement.waste_payment_plan_action")

    def action_view_collections(self):
        """Open the collections of the contract."""
        return self._get_money_action("waste_settlement.waste_collection_action")

    def action_view_invoice_applications(self):
        """Open the invoice applications of the contract."""
        return self._get_money_action("waste_settlement.waste_invoice_application_action")

    def _get_new_money_action(self, model, name, context):
        return {
            "type": "ir.actions.act_window", "name": name, "res_model": model, "view_mode": "form", "views": [(False, "form")],
            "context": context}

    def _get_money_action(self, xml_id):
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        context = {"default_contract_id": self.id, "default_partner_id": self.partner_id.id} if len(self) == 1 else {}
        return {**action, "domain": [("contract_id", "in", self.ids)], "context": context}

    # BUSINESS ------------------------------------------------------------------

    def _get_invoiceable_amount(self):
        """Return up to where the contract may be invoiced: its plan, or what was settled where that is more."""
        self.ensure_one()
        settled = sum(
            exact(statement.receivable_amount) for statement in self.statement_ids if statement.state not in ("draft", "cancelled"))
        return max(self.planned_receivable, float(settled))

    def _get_first_open_plan(self):
        """Return the instalment that money of which nobody said more pays first."""
        self.ensure_one()
        return self.env["waste.payment.plan"].search(
            [("contract_id", "=", self.id), ("state", "!=", "paid")], order="date_due, number", limit=1)

    def _get_open_items(self, day=None):
        """Return what the customers of these contracts owe, due or not: read as superuser, for figures only.

        What is due follows the payment plan where the contract has one, else its invoices.

        :param day: as of this day; by default now
        :return: list of `OpenItem`
        """
        plans_sudo = self.env["waste.payment.plan"].sudo().search([("contract_id", "in", self.ids)])
        items = [
            OpenItem(
                plan.contract_id.with_env(self.env), plan.partner_id.with_env(self.env), plan, plan.display_name, plan.date_due, amount)
            for plan, amount in plans_sudo._get_open_amounts(day).items()]
        invoices_sudo = self.env["account.move"].sudo().search([
            "|", ("waste_contract_id", "in", (self - plans_sudo.contract_id).ids),
            "&", ("waste_contract_id", "in", self.ids), ("waste_statement_id.direction", "=", "government"),
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"), *([("invoice_date", "<=", day)] if day else [("amount_residual", ">", 0)])])
        return items + [
            OpenItem(
                move.waste_contract_id.with_env(self.env), move._get_waste_debtor().with_env(self.env), move,
                move.fapiao_no or move.name, move.invoice_date_due or move.invoice_date, amount)
            for move, amount in invoices_sudo._get_waste_open_amounts(day).items()]
