from datetime import timedelta

from odoo import models

from .scrm_workbench_salesperson import CONTRACTS, ENDING_DAYS, UNDER_WAY

PRODUCERS = "waste.res_partner_action_customers"
ASSIGNMENTS = "waste.waste_assignment_action"


class ScrmWorkbenchSalesManager(models.AbstractModel):
    """What a sales manager decides: contracts to approve, and who serves whom."""

    _name = "scrm.workbench.sales_manager"
    _inherit = ["scrm.workbench.role"]
    _description = "Home page of a sales manager"

    _group = "waste.group_sales_manager"
    _icon = "fa-line-chart"
    _rank = 20

    def _title(self):
        return self.env._("Sales manager")

    def _tiles(self):
        return [
            self._tile(
                "to_approve", self.env._("To approve"), "sale.order", self._domain_state("approving"), CONTRACTS,
                icon="fa-gavel", tone="danger", is_todo=True, hint=self.env._("contracts")),
            self._tile(
                "no_salesperson", self.env._("Without salesperson"), "res.partner", self._domain_unserved(), PRODUCERS,
                icon="fa-user-times", tone="warning", is_todo=True, hint=self.env._("producers")),
            self._tile(
                "assignments", self.env._("Assignments ending"), "waste.assignment", self._domain_assignments(), ASSIGNMENTS,
                icon="fa-exchange", tone="warning", is_todo=True, hint=self.env._("within %(days)s days", days=ENDING_DAYS)),
            self._tile(
                "ending", self.env._("Contracts ending"), "sale.order", self._domain_ending(), CONTRACTS,
                icon="fa-hourglass-half", tone="warning", hint=self.env._("within %(days)s days", days=ENDING_DAYS)),
            self._tile(
                "under_way", self.env._("Under way"), "sale.order", self._domain_state("customer_review", "gov_review", "signing"),
                CONTRACTS, icon="fa-paper-plane-o", hint=self.env._("review to signature")),
            self._tile(
                "active", self.env._("In force"), "sale.order", self._domain_state("active"), CONTRACTS,
                icon="fa-check-circle-o", tone="success", amount="planned_receivable"),
        ]

    def _panels(self):
        return [self._panel_to_approve(), self._panel_teams(), self._panel_unserved(), self._panel_assignments()]

    def _shortcuts(self):
        return [
            self._shortcut("matrix", self.env._("Responsibility matrix"), "waste.waste_assignment_matrix_action", icon="fa-th"),
            self._shortcut(
                "assignment", self.env._("New assignment"), ASSIGNMENTS, icon="fa-user-plus", creates="waste.assignment"),
            self._shortcut("contract", self.env._("New contract"), CONTRACTS, icon="fa-file-text-o", creates="sale.order"),
        ]

    # === DOMAINS === #

    def _domain_state(self, *states):
        return [("business_id", "!=", False), ("contract_state", "in", states)]

    def _domain_ending(self):
        return self._domain_state("active") + [("date_end", "<=", str(self._today() + timedelta(days=ENDING_DAYS)))]

    def _domain_unserved(self):
        return [("party_role_ids.code", "=", "producer"), ("parent_id", "=", False), ("assigned_user_ids", "=", False)]

    def _domain_assignments(self):
        return [("date_to", ">=", str(self._today())), ("date_to", "<=", str(self._today() + timedelta(days=ENDING_DAYS)))]

    # === PANELS === #

    def _panel_to_approve(self):
        contracts = self._top(
            "sale.order", self._domain_state("approving"), "write_date, id",
            ["name", "partner_id", "business_id", "user_id", "planned_receivable"])
        return self._panel(
            "to_approve", self.env._("Contracts waiting for your approval"),
            [
                self._row(
                    contract, contract.partner_id.name,
                    lines=(contract.name, contract.business_id.name, contract.user_id.name),
                    badge=self._format_money(contract.planned_receivable))
                for contract in contracts
            ],
            tile="to_approve", action=CONTRACTS, empty=self.env._("No contract waits for your approval."))

    def _panel_teams(self):
        orders = self.env["sale.order"]
        counts = {
            (team, state): (count, planned)
            for team, state, count, planned in orders._read_group(
                self._domain_state("active", "approving", *UNDER_WAY), ["team_id", "contract_state"],
                ["__count", "planned_receivable:sum"])
        }
        ending = dict(orders._read_group(self._domain_ending(), ["team_id"], ["__count"]))
        teams = self.env["crm.team"].union(*(team for team, _state in counts))
        nothing = (0, 0.0)
        return self._figures(
            "teams", self.env._("Teams"),
            [
                self.env._("Team"), self.env._("In force"), self.env._("Under way"), self.env._("Ending"),
                self.env._("Planned receivable"),
            ],
            [
                {
                    "cells": [
                        team.name or self.env._("No team"),
                        str(counts.get((team, "active"), nothing)[0]),
                        str(sum(counts.get((team, state), nothing)[0] for state in UNDER_WAY)),
                        str(ending.get(team, 0)),
                        self._format_money(counts.get((team, "active"), nothing)[1]),
                    ],
                    "action": CONTRACTS,
                    "domain": self._domain_state("active", *UNDER_WAY) + [("team_id", "=", team.id)],
                }
                for team in sorted({team for team, _state in counts}, key=lambda team: (not team, team.sequence, team.id))
            ] if teams or counts else [],
            empty=self.env._("No contract is under way or in force yet. Create one, or let WIM send its contracts."))

    def _panel_unserved(self):
        producers = self._top("res.partner", self._domain_unserved(), "name, id", ["name", "industry_name", "region_id"])
        return self._panel(
            "no_salesperson", self.env._("Producers nobody serves"),
            [self._row(producer, producer.name, lines=(producer.industry_name, producer.region_id.name)) for producer in producers],
            tile="no_salesperson", action=PRODUCERS, empty=self.env._("Every producer has a salesperson."))

    def _panel_assignments(self):
        assignments = self._top(
            "waste.assignment", self._domain_assignments(), "date_to, id", ["producer_id", "business_id", "user_id", "date_to"])
        return self._panel(
            "assignments", self.env._("Assignments that end soon"),
            [
                self._row(
                    assignment, assignment.producer_id.name, lines=(assignment.business_id.name, assignment.user_id.name),
                    badge=self._format_days_left(assignment.date_to), tone="warning")
                for assignment in assignments
            ],
            tile="assignments", action=ASSIGNMENTS,
            empty=self.env._("No assignment ends within %(days)s days.", days=ENDING_DAYS))
