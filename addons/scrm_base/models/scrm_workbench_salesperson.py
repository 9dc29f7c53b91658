from datetime import timedelta

from odoo import models
from odoo.fields import Domain

ENDING_DAYS = 60
CONTRACTS = "waste_contract.sale_order_action"
PRODUCERS = "waste.res_partner_action_customers"
PLAN = "waste_settlement.waste_payment_plan_action"
PICKUPS = "waste_track.waste_pickup_action"
STATEMENTS = "waste_settlement.waste_statement_action"
UNDER_WAY = ("approving", "customer_review", "gov_review", "signing")


class ScrmWorkbenchSalesperson(models.AbstractModel):
    """What a salesperson looks after: his contracts, and the producers assigned to him today."""

    _name = "scrm.workbench.salesperson"
    _inherit = ["scrm.workbench.role"]
    _description = "Home page of a salesperson"

    _group = "waste.group_salesperson"
    _icon = "fa-handshake-o"
    _rank = 40

    def _title(self):
        return self.env._("Salesperson")

    def _tiles(self):
        businesses = self.env["waste.business"].search([])
        mine = self._domain_mine(businesses)
        contracts = self._count_by("contract_state", "sale.order", mine)
        return [
            self._tile(
                "ending", self.env._("Contracts ending"), "sale.order", mine + self._domain_ending(), CONTRACTS,
                icon="fa-hourglass-half", tone="danger", is_todo=True,
                hint=self.env._("within %(days)s days", days=ENDING_DAYS)),
            self._tile(
                "draft", self.env._("Drafts"), "sale.order", [*mine, ("contract_state", "=", "draft")], CONTRACTS,
                icon="fa-pencil-square-o", tone="warning", is_todo=True, hint=self.env._("complete and submit"),
                counted=contracts("draft")),
            self._tile(
                "no_contract", self.env._("Without contract"), "res.partner", self._domain_without_contract(), PRODUCERS,
                icon="fa-user-plus", tone="warning", is_todo=True, hint=self.env._("my producers")),
            self._tile(
                "statements", self.env._("To be confirmed"), "waste.statement",
                self._in_states("approved") + self._domain_mine(businesses, "contract_id."), STATEMENTS,
                icon="fa-file-text-o", tone="warning", is_todo=True, hint=self.env._("statements"), amount="amount_total"),
            self._tile(
                "overdue", self.env._("Overdue"), "waste.payment.plan",
                self._domain_overdue() + self._domain_mine(businesses, "contract_id."), PLAN,
                icon="fa-bell-o", tone="danger", is_todo=True, hint=self.env._("instalments"), amount="open_amount"),
            self._tile(
                "pickups", self.env._("Pickups this week"), "waste.pickup", self._domain_pickups(), PICKUPS,
                icon="fa-truck", hint=self.env._("at my producers")),
            self._tile(
                "under_way", self.env._("Under way"), "sale.order", [*mine, ("contract_state", "in", UNDER_WAY)], CONTRACTS,
                icon="fa-paper-plane-o", hint=self.env._("approval to signature"), counted=contracts(*UNDER_WAY)),
            self._tile(
                "active", self.env._("In force"), "sale.order", [*mine, ("contract_state", "=", "active")], CONTRACTS,
                icon="fa-check-circle-o", tone="success", hint=self.env._("contracts"), counted=contracts("active")),
        ]

    def _panels(self, tiles):
        return [
            self._panel_ending(tiles["ending"]), self._panel_pickups(tiles["pickups"]),
            self._panel_statements(tiles["statements"]), self._panel_without_contract(tiles["no_contract"])]

    def _shortcuts(self):
        return [
            self._shortcut(
                "contract", self.env._("New contract"), CONTRACTS, icon="fa-file-text-o", creates="sale.order",
                context={"default_user_id": self.env.uid}),
            self._shortcut("quotations", self.env._("Quotations"), "waste_contract.sale_order_action_quotation", icon="fa-tags"),
            self._shortcut("renewals", self.env._("Renewals"), "waste_contract.sale_order_action_renewal", icon="fa-refresh"),
            self._shortcut(
                "agreements", self.env._("Agreements"), "waste_contract.waste_contract_agreement_action", icon="fa-files-o"),
            self._shortcut(
                "analysis", self.env._("Contract analysis"), "waste_contract.sale_order_action_analysis", icon="fa-bar-chart"),
            self._shortcut(
                "producer", self.env._("New producer"), PRODUCERS, icon="fa-industry",
                creates="res.partner"),
            self._shortcut(
                "pickup", self.env._("New pickup"), PICKUPS, icon="fa-truck", creates="waste.pickup"),
        ]

    # === DOMAINS === #

    def _domain_mine(self, businesses, contract=""):
        """Return the domain of the contracts that the user made or that his assignments give him, business by business.

        :param businesses: all `waste.business`
        :param str contract: path to the contract, with its dot, when the domain is for another model
        """
        served = Domain(f"{contract}user_id", "=", self.env.uid)
        for business in businesses:
            served |= Domain(f"{contract}business_id", "=", business.id) & Domain(
                f"{contract}partner_id.assignment_ids", "any", [
                    ("user_id", "=", self.env.uid), ("business_id", "=", business.id), ("is_current", "=", True)])
        return list(Domain(f"{contract}business_id", "!=", False) & served)

    def _domain_ending(self):
        return [
            ("contract_state", "=", "active"),
            ("date_end", "<=", str(self._today() + timedelta(days=ENDING_DAYS))),
        ]

    def _domain_overdue(self):
        return [("is_overdue", "=", True)]

    def _domain_without_contract(self):
        return [
            ("assigned_user_ids", "in", [self.env.uid]),
            ("sale_order_ids", "not any", [
                ("business_id", "!=", False), ("contract_state", "in", ("draft", *UNDER_WAY, "active"))]),
        ]

    def _domain_pickups(self):
        weekday = self._today().weekday()
        return [
            ("planned_at", ">=", self._midnight(-weekday)), ("planned_at", "<", self._midnight(7 - weekday)),
            ("state", "not in", ("cancelled", "failed")),
            "|", ("contract_id.user_id", "=", self.env.uid), ("producer_id.assigned_user_ids", "in", [self.env.uid]),
        ]

    # === PANELS === #

    def _panel_ending(self, tile):
        contracts = self._top(tile, "date_end, id", ["name", "partner_id", "business_id", "date_end"])
        return self._panel(
            "ending", self.env._("Contracts that end soon"),
            [
                self._row(
                    contract, contract.partner_id.name, lines=(contract.name, contract.business_id.name),
                    badge=self._format_days_left(contract.date_end),
                    tone="danger" if (contract.date_end - self._today()).days <= 30 else "warning")
                for contract in contracts
            ],
            tile, empty=self.env._("None of your contracts ends within %(days)s days.", days=ENDING_DAYS))

    def _panel_pickups(self, tile):
        pickups = self._top(tile, "planned_at, id", ["producer_id", "planned_at", "vehicle_plate", "state"])
        return self._panel(
            "pickups", self.env._("Pickups at my producers this week"),
            [
                self._row(
                    pickup, pickup.producer_id.name, lines=(self._format_moment(pickup.planned_at), pickup.vehicle_plate),
                    badge=self._selection_label(pickup, "state"), tone="success" if pickup.state == "done" else "info")
                for pickup in pickups
            ],
            tile, empty=self.env._("No pickup is planned this week. Ask your producers whether their storage fills up."))

    def _panel_statements(self, tile):
        statements = self._top(tile, "period_end, id", ["name", "partner_id", "period_start", "period_end", "amount_total"])
        return self._panel(
            "statements", self.env._("Statements my customers should confirm"),
            [
                self._row(
                    statement, statement.partner_id.name, lines=(
                        statement.name, f"{self._format_day(statement.period_start)} – {self._format_day(statement.period_end)}"),
                    badge=self._format_money(statement.amount_total))
                for statement in statements
            ],
            tile, empty=self.env._("All statements of your customers are confirmed."))

    def _panel_without_contract(self, tile):
        producers = self._top(tile, "name, id", ["name", "industry_name", "region_id", "phone"])
        return self._panel(
            "no_contract", self.env._("My producers without a contract"),
            [
                self._row(producer, producer.name, lines=(producer.industry_name, producer.region_id.name), phone=producer.phone)
                for producer in producers
            ],
            tile, empty=self.env._("Each of your producers has a contract. Look for new ones under Customers."))
