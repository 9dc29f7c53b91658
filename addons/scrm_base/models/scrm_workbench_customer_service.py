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
        statements = self._count_by("state", "waste.statement", self._in_states("approved", "disputed"))
        return [
            self._tile(
                "pickups", self.env._("Pickups today"), "waste.pickup", self._domain_pickups(0), PICKUPS,
                icon="fa-phone", tone="warning", is_todo=True, hint=self.env._("call the producer")),
            self._tile(
                "refused", self.env._("Refused packages"), "waste.package", self._in_states("refused"), PACKAGES,
                icon="fa-reply", tone="danger", is_todo=True, hint=self.env._("agree on the return")),
            self._tile(
                "disputed", self.env._("Disputed"), "waste.statement", self._in_states("disputed"), STATEMENTS,
                icon="fa-comments-o", tone="danger", is_todo=True, hint=self.env._("statements"), counted=statements("disputed")),
            self._tile(
                "tomorrow", self.env._("Pickups tomorrow"), "waste.pickup", self._domain_pickups(1), PICKUPS,
                icon="fa-calendar", hint=self.env._("announce them")),
            self._tile(
                "waiting", self.env._("To be confirmed"), "waste.statement", self._in_states("approved"), STATEMENTS,
                icon="fa-file-text-o", hint=self.env._("statements at the customer"), counted=statements("approved")),
        ]

    def _panels(self, tiles):
        return [
            self._panel_pickups(tiles["pickups"]), self._panel_refused(tiles["refused"]), self._panel_disputed(tiles["disputed"])]

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

    def _panel_pickups(self, tile):
        pickups = self._top(tile, "planned_at, id", ["producer_id", "planned_at", "vehicle_plate", "state"])
        return self._panel(
            "pickups", self.env._("Pickups today"),
            [
                self._row(
                    pickup, pickup.producer_id.name, lines=(self._format_moment(pickup.planned_at), pickup.vehicle_plate),
                    badge=self._selection_label(pickup, "state"), tone="success" if pickup.state == "done" else "info",
                    phone=pickup.producer_id.phone)
                for pickup in pickups
            ],
            tile, empty=self.env._("No pickup is planned for today."))

    def _panel_refused(self, tile):
        packages = self._top(tile, "last_event_at desc, id", ["name", "producer_id", "batch_id", "last_event_at"])
        return self._panel(
            "refused", self.env._("Refused packages"),
            [
                self._row(
                    package, package.producer_id.name, lines=(package.name, package.batch_id.name),
                    badge=self._format_moment(package.last_event_at) if package.last_event_at else "", tone="danger",
                    phone=package.producer_id.phone)
                for package in packages
            ],
            tile, empty=self.env._("No refused package waits for its return."))

    def _panel_disputed(self, tile):
        statements = self._top(tile, "period_end, id", ["name", "partner_id", "dispute_reason", "amount_total"])
        return self._panel(
            "disputed", self.env._("Disputed statements"),
            [
                self._row(
                    statement, statement.partner_id.name, lines=(statement.name, statement.dispute_reason),
                    badge=self._format_money(statement.amount_total), tone="danger", phone=statement.partner_id.phone)
                for statement in statements
            ],
            tile, empty=self.env._("No customer disputes a statement."))
