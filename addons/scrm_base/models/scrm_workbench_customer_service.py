from odoo import models

PICKUPS = "waste_track.waste_pickup_action"
PACKAGES = "waste_track.waste_package_action"
STATEMENTS = "waste_settlement.waste_statement_action"


class ScrmWorkbenchCustomerService(models.AbstractModel):
    """Whom customer service calls today, and what customers will call about."""

    _name = "scrm.workbench.customer_service"
    _inherit = ["scrm.workbench.role"]
    _description = "Home page of customer service"

    _group = "waste.group_customer_service"
    _icon = "fa-headphones"
    _rank = 60

    def _title(self):
        return self.env._("Customer service")

    def _tiles(self):
        return [
            self._tile(
                "pickups", self.env._("Pickups today"), "waste.pickup", self._domain_pickups(0), PICKUPS,
                icon="fa-phone", tone="warning", is_todo=True, hint=self.env._("call the producer")),
            self._tile(
                "refused", self.env._("Refused packages"), "waste.package", [("state", "=", "refused")], PACKAGES,
                icon="fa-reply", tone="danger", is_todo=True, hint=self.env._("agree on the return")),
            self._tile(
                "disputed", self.env._("Disputed"), "waste.statement", [("state", "=", "disputed")], STATEMENTS,
                icon="fa-comments-o", tone="danger", is_todo=True, hint=self.env._("statements")),
            self._tile(
                "tomorrow", self.env._("Pickups tomorrow"), "waste.pickup", self._domain_pickups(1), PICKUPS,
                icon="fa-calendar", hint=self.env._("announce them")),
            self._tile(
                "waiting", self.env._("To be confirmed"), "waste.statement", [("state", "=", "approved")], STATEMENTS,
                icon="fa-file-text-o", hint=self.env._("statements at the customer")),
        ]

    def _panels(self):
        return [self._panel_pickups(), self._panel_refused(), self._panel_disputed()]

    def _shortcuts(self):
        return [
            self._shortcut("pickup", self.env._("New pickup"), PICKUPS, icon="fa-plus", creates="waste.pickup"),
            self._shortcut("producers", self.env._("Producers"), "waste.res_partner_action_customers", icon="fa-industry"),
            self._shortcut("lifecycle", self.env._("Life cycle"), "waste_track.waste_lifecycle_action", icon="fa-sitemap"),
        ]

    # === DOMAINS === #

    def _domain_pickups(self, day):
        """Return the pickups planned on the day ``day`` from today."""
        return [
            ("planned_at", ">=", self._midnight(day)), ("planned_at", "<", self._midnight(day + 1)),
            ("state", "not in", ("cancelled", "failed")),
        ]

    # === PANELS === #

    def _panel_pickups(self):
        pickups = self._top(
            "waste.pickup", self._domain_pickups(0), "planned_at, id", ["producer_id", "planned_at", "vehicle_plate", "state"])
        return self._panel(
            "pickups", self.env._("Pickups today"),
            [
                self._row(
                    pickup, pickup.producer_id.name, lines=(self._format_moment(pickup.planned_at), pickup.vehicle_plate),
                    badge=self._selection_label(pickup, "state"), tone="success" if pickup.state == "done" else "info",
                    phone=pickup.producer_id.phone)
                for pickup in pickups
            ],
            tile="pickups", action=PICKUPS, empty=self.env._("No pickup is planned for today."))

    def _panel_refused(self):
        packages = self._top(
            "waste.package", [("state", "=", "refused")], "last_event_at desc, id", ["name", "producer_id", "batch_id", "last_event_at"])
        return self._panel(
            "refused", self.env._("Refused packages"),
            [
                self._row(
                    package, package.producer_id.name, lines=(package.name, package.batch_id.name),
                    badge=self._format_moment(package.last_event_at) if package.last_event_at else "", tone="danger",
                    phone=package.producer_id.phone)
                for package in packages
            ],
            tile="refused", action=PACKAGES, empty=self.env._("No refused package waits for its return."))

    def _panel_disputed(self):
        statements = self._top(
            "waste.statement", [("state", "=", "disputed")], "period_end, id", ["name", "partner_id", "dispute_reason", "amount_total"])
        return self._panel(
            "disputed", self.env._("Disputed statements"),
            [
                self._row(
                    statement, statement.partner_id.name, lines=(statement.name, statement.dispute_reason),
                    badge=self._format_money(statement.amount_total), tone="danger", phone=statement.partner_id.phone)
                for statement in statements
            ],
            tile="disputed", action=STATEMENTS, empty=self.env._("No customer disputes a statement."))
