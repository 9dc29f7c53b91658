from collections import defaultdict
from datetime import timedelta

from odoo import models

from .scrm_workbench_salesperson import CONTRACTS, ENDING_DAYS, PRODUCERS, UNDER_WAY

ASSIGNMENTS = "waste.waste_assignment_action"
REVIEWED = ("customer_review", "gov_review", "signing")


class ScrmWorkbenchSalesManager(models.AbstractModel):
    """What a sales manager decides: contracts to approve, and who serves whom."""

    _name = "scrm.workbench.sales_manager"
    _inherit = ["scrm.workbench.role"]
    _description = "Home page of a sales manager"

    _group = "waste.group_sales_manager"
    _icon = "fa-line-chart"
    _rank = 20
    _approved_here = ("sale.order",)

    def _title(self):
        return self.env._("Sales manager")

    def _tiles(self):
        contracts = self._count_by("contract_state", "sale.order", self._domain_state("active", *UNDER_WAY), "planned_receivable")
        return [
            self._tile(
                "to_approve", self.env._("To approve"), "sale.order", self._domain_to_approve(), CONTRACTS,
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
                "under_way", self.env._("Under way"), "sale.order", self._domain_state(*REVIEWED), CONTRACTS,
                icon="fa-paper-plane-o", hint=self.env._("review to signature"), counted=contracts(*REVIEWED)),
            self._tile(
                "active", self.env._("In force"), "sale.order", self._domain_state("active"), CONTRACTS,
                icon="fa-check-circle-o", tone="success", amount="planned_receivable", counted=contracts("active")),
        ]

    def _panels(self, tiles):
        contracts = self._top(
            tiles["to_approve"], "write_date, id", ["name", "partner_id", "business_id", "user_id", "planned_receivable"])
        assignments = self._top(tiles["assignments"], "date_to, id", ["producer_id", "business_id", "user_id", "date_to"])
        # The names of both panels in one go.
        (contracts.partner_id | assignments.producer_id).fetch(["name"])
        (contracts.user_id | assignments.user_id).partner_id.fetch(["name"])
        return [
            self._panel_to_approve(tiles["to_approve"], contracts), self._panel_teams(),
            self._panel_unserved(tiles["no_salesperson"]), self._panel_assignments(tiles["assignments"], assignments)]

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

    def _domain_to_approve(self):
        """Contracts whose step is his, and those that no flow matches: a sales manager approves them."""
        return self._domain_state("approving") + ["|", ("can_review", "=", True), ("is_approval_open", "=", False)]

    def _domain_ending(self):
        return self._domain_state("active") + [("date_end", "<=", str(self._today() + timedelta(days=ENDING_DAYS)))]

    def _domain_unserved(self):
        return [("party_role_ids.code", "=", "producer"), ("parent_id", "=", False), ("assigned_user_ids", "=", False)]

    def _domain_assignments(self):
        return [("date_to", ">=", str(self._today())), ("date_to", "<=", str(self._today() + timedelta(days=ENDING_DAYS)))]

    # === PANELS === #

    def _panel_to_approve(self, tile, contracts):
        return self._panel(
            "to_approve", self.env._("Contracts waiting for your approval"),
            [
                self._row(
                    contract, contract.partner_id.name,
                    lines=(contract.name, contract.business_id.name, contract.user_id.name),
                    badge=self._format_money(contract.planned_receivable))
                for contract in contracts
            ],
            tile, empty=self.env._("No contract waits for your approval."))

    def _panel_teams(self):
        orders = self.env["sale.order"]
        rows = defaultdict(lambda: {"active": 0, "under_way": 0, "planned": 0.0})
        for team, state, count, planned in orders._read_group(
                self._domain_state("active", *UNDER_WAY), ["team_id", "contract_state"], ["__count", "planned_receivable:sum"]):
            rows[team]["active" if state == "active" else "under_way"] += count
            rows[team]["planned"] += planned if state == "active" else 0.0
        ending = dict(orders._read_group(self._domain_ending(), ["team_id"], ["__count"]))
        return self._grid(
            "teams", self.env._("Teams"),
            [
                self.env._("Team"), self.env._("In force"), self.env._("Under way"), self.env._("Ending"),
                self.env._("Planned receivable"),
            ],
            [
                {
                    "cells": [
                        team.name or self.env._("No team"), str(row["active"]), str(row["under_way"]), str(ending.get(team, 0)),
                        self._format_money(row["planned"]),
                    ],
                    "action": CONTRACTS,
                    "domain": [*self._domain_state("active", *UNDER_WAY), ("team_id", "=", team.id)],
                }
                for team, row in sorted(rows.items(), key=lambda item: (not item[0], item[0].sequence, item[0].id))
            ],
            empty=self.env._("No contract is under way or in force yet. Create one, or let WIM send its contracts."))

    def _panel_unserved(self, tile):
        producers = self._top(tile, "name, id", ["name", "industry_name", "region_id"])
        return self._panel(
            "no_salesperson", self.env._("Producers nobody serves"),
            [self._row(producer, producer.name, lines=(producer.industry_name, producer.region_id.name)) for producer in producers],
            tile, empty=self.env._("Every producer has a salesperson."))

    def _panel_assignments(self, tile, assignments):
        return self._panel(
            "assignments", self.env._("Assignments that end soon"),
            [
                self._row(
                    assignment, assignment.producer_id.name, lines=(assignment.business_id.name, assignment.user_id.name),
                    badge=self._format_days_left(assignment.date_to), tone="warning")
                for assignment in assignments
            ],
            tile, empty=self.env._("No assignment ends within %(days)s days.", days=ENDING_DAYS))
