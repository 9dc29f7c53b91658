from odoo import models

STATEMENTS = "waste_settlement.waste_statement_action"
APPLICATIONS = "waste_settlement.waste_invoice_application_action"
COLLECTIONS = "waste_settlement.waste_collection_action"
INVOICES = "account.action_move_out_invoice_type"
COUNTED = ("draft", "approved", "confirmed", "disputed")


class ScrmWorkbenchFinance(models.AbstractModel):
    """What finance has to approve, to invoice and to collect."""

    _name = "scrm.workbench.finance"
    _inherit = ["scrm.workbench.role"]
    _description = "Home page of finance"

    _group = "waste.group_finance"
    _icon = "fa-jpy"
    _rank = 50

    def _title(self):
        return self.env._("Finance")

    def _tiles(self):
        statements = self._count_by("state", "waste.statement", self._in_states(*COUNTED), "amount_total")
        applications = self._count_by("state", "waste.invoice.application", self._in_states("pending", "to_issue"), "amount_total")
        return [
            self._tile(
                "to_approve", self.env._("To approve"), "waste.statement", self._in_states("draft"), STATEMENTS,
                icon="fa-check-square-o", tone="warning", is_todo=True, amount="amount_total", hint=self.env._("statements"),
                counted=statements("draft")),
            self._tile(
                "to_invoice", self.env._("To invoice"), "waste.statement", self._in_states("confirmed"), STATEMENTS,
                icon="fa-file-text-o", tone="warning", is_todo=True, amount="amount_total", hint=self.env._("statements"),
                counted=statements("confirmed")),
            self._tile(
                "applications", self.env._("Invoices to approve"), "waste.invoice.application", self._in_states("pending"),
                APPLICATIONS, icon="fa-check-square-o", tone="warning", is_todo=True, amount="amount_total",
                hint=self.env._("applications"), counted=applications("pending")),
            self._tile(
                "to_issue", self.env._("To issue"), "waste.invoice.application", self._in_states("to_issue"), APPLICATIONS,
                icon="fa-print", tone="warning", is_todo=True, amount="amount_total", hint=self.env._("applications"),
                counted=applications("to_issue")),
            self._tile(
                "collections", self.env._("Collections to approve"), "waste.collection", self._in_states("pending"), COLLECTIONS,
                icon="fa-money", tone="warning", is_todo=True, amount="amount", hint=self.env._("collections")),
            self._tile(
                "disputed", self.env._("Disputed"), "waste.statement", self._in_states("disputed"), STATEMENTS,
                icon="fa-comments-o", tone="danger", is_todo=True, amount="amount_total", hint=self.env._("statements"),
                counted=statements("disputed")),
            self._tile(
                "differences", self.env._("Differs from WIM"), "waste.statement", self._domain_differences(), STATEMENTS,
                icon="fa-balance-scale", tone="danger", is_todo=True, hint=self.env._("statements")),
            self._tile(
                "overdue", self.env._("Overdue"), "account.move", self._domain_overdue(), INVOICES,
                icon="fa-bell-o", tone="danger", is_todo=True, amount="amount_residual", hint=self.env._("invoices")),
            self._tile(
                "waiting", self.env._("At the customer"), "waste.statement", self._in_states("approved"), STATEMENTS,
                icon="fa-paper-plane-o", amount="amount_total", hint=self.env._("to be confirmed"),
                counted=statements("approved")),
            self._tile(
                "open", self.env._("To collect"), "waste.statement", self._domain_open(), STATEMENTS,
                icon="fa-money", tone="success", amount="open_amount", hint=self.env._("invoiced statements")),
        ]

    def _panels(self, tiles):
        return [
            self._panel_statements(
                tiles["to_invoice"], self.env._("Confirmed by the customer: to invoice"),
                self.env._("No statement waits for its invoice. Statements come here once the customer has confirmed them.")),
            self._panel_overdue(tiles["overdue"]["domain"]),
            self._panel_statements(
                tiles["disputed"], self.env._("Disputed by the customer"),
                self.env._("No customer disputes a statement."), reason="dispute_reason"),
            self._panel_differences(tiles["differences"]),
        ]

    def _shortcuts(self):
        return [
            self._shortcut(
                "make", self.env._("Make statements"), "waste_settlement.waste_statement_make_action", icon="fa-magic"),
            self._shortcut(
                "statements", self.env._("All statements"), STATEMENTS, icon="fa-list"),
            self._shortcut(
                "collection", self.env._("Register a collection"), COLLECTIONS, icon="fa-money", creates="waste.collection"),
            self._shortcut(
                "ageing", self.env._("Receivables by age"), "waste_settlement.waste_ageing_action", icon="fa-hourglass-end"),
        ]

    # === DOMAINS === #

    def _domain_differences(self):
        return [("has_difference", "=", True), ("external_system", "!=", False), ("state", "!=", "cancelled")]

    def _domain_open(self):
        return [("state", "=", "invoiced"), ("direction", "!=", "payable")]

    def _domain_overdue(self):
        return [
            ("move_type", "=", "out_invoice"), ("state", "=", "posted"), ("payment_state", "in", ("not_paid", "partial")),
            ("invoice_date_due", "<", str(self._today())),
        ]

    def _domain_of_company(self, domain, company):
        return [*domain, ("company_id", "=", company.id)]

    # === PANELS === #

    def _panel_statements(self, tile, title, empty, reason=None):
        statements = self._top(
            tile, "period_end, id", ["name", "partner_id", "invoicing_company_id", "amount_total", *([reason] if reason else [])])
        return self._panel(
            tile["key"], title,
            [
                self._row(
                    statement, statement.partner_id.name,
                    lines=(statement.name, statement[reason] if reason else statement.invoicing_company_id.name),
                    badge=self._format_money(statement.amount_total), tone="danger" if reason else "info")
                for statement in statements
            ],
            tile, empty=empty)

    def _panel_differences(self, tile):
        statements = self._top(
            tile, "period_end desc, id", ["name", "partner_id", "amount_total", "computed_amount", "difference"])
        return self._panel(
            "differences", self.env._("WIM's amount is not ours"),
            [
                self._row(
                    statement, statement.partner_id.name,
                    lines=(
                        statement.name,
                        self.env._(
                            "WIM %(theirs)s, ours %(ours)s", theirs=self._format_money(statement.amount_total),
                            ours=self._format_money(statement.computed_amount))),
                    badge=self._format_money(statement.difference), tone="danger")
                for statement in statements
            ],
            tile, empty=self.env._("All amounts that WIM sent agree with our calculation."))

    def _panel_overdue(self, domain):
        rows = self.env["account.move"]._read_group(
            domain, ["company_id"], ["__count", "amount_residual_signed:sum", "invoice_date_due:min"])
        return self._grid(
            "overdue", self.env._("Overdue receivables by company"),
            [self.env._("Company"), self.env._("Invoices"), self.env._("Open amount"), self.env._("Oldest")],
            [
                {
                    "cells": [
                        company.name, str(count), self._format_money(amount),
                        self.env._("%(days)s days", days=(self._today() - oldest).days),
                    ],
                    "action": INVOICES,
                    "domain": self._domain_of_company(domain, company),
                }
                for company, count, amount, oldest in rows
            ],
            empty=self.env._("No invoice is overdue."))
