from odoo import models

PICKUPS = "waste_track.waste_pickup_action"
MANIFESTS = "waste_track.waste_manifest_action"
LICENCES = "waste.waste_licence_action"
TO_DISPATCH = ("draft", "auditing", "to_dispatch")
ON_THE_ROAD = ("dispatched", "on_site", "loaded", "confirmed", "in_transit", "arrived", "weighed")


class ScrmWorkbenchDispatcher(models.AbstractModel):
    """What a dispatcher has to bring on the road, and what stands in the way."""

    _name = "scrm.workbench.dispatcher"
    _inherit = ["scrm.workbench.role"]
    _description = "Home page of a dispatcher"

    _group = "waste.group_dispatcher"
    _icon = "fa-truck"
    _rank = 30

    def _title(self):
        return self.env._("Dispatcher")

    def _tiles(self):
        return [
            self._tile(
                "overdue", self.env._("Overdue"), "waste.pickup", self._domain_to_dispatch(None, 0), PICKUPS,
                icon="fa-exclamation-circle", tone="danger", is_todo=True, hint=self.env._("not dispatched in time")),
            self._tile(
                "today", self.env._("To dispatch today"), "waste.pickup", self._domain_to_dispatch(0, 1), PICKUPS,
                icon="fa-calendar-check-o", tone="warning", is_todo=True, hint=self.env._("pickups")),
            self._tile(
                "differences", self.env._("Differences"), "waste.manifest", self._domain_differences(), MANIFESTS,
                icon="fa-balance-scale", tone="danger", is_todo=True, hint=self.env._("manifests to answer")),
            self._tile(
                "pending", self.env._("Contract pending"), "waste.pickup", self._domain_pending(), PICKUPS,
                icon="fa-chain-broken", tone="warning", is_todo=True, hint=self.env._("pickups without contract")),
            self._tile(
                "licences", self.env._("Carrier licences"), "waste.licence", self._domain_licences(), LICENCES,
                icon="fa-id-card-o", tone="warning", is_todo=True, hint=self.env._("expiring or expired")),
            self._tile(
                "coming", self.env._("Next 7 days"), "waste.pickup", self._domain_to_dispatch(1, 8), PICKUPS,
                icon="fa-calendar", hint=self.env._("to dispatch")),
            self._tile(
                "on_the_road", self.env._("On the way"), "waste.pickup", self._in_states(*ON_THE_ROAD), PICKUPS,
                icon="fa-truck", tone="success", hint=self.env._("dispatched, not done")),
        ]

    def _panels(self, tiles):
        fields_read = [
            "name", "producer_id", "business_id", "planned_at", "carrier_id", "vehicle_plate", "driver_name", "driver_phone", "state"]
        soon = {
            **tiles["today"], "title": self.env._("Next to dispatch"), "domain": self._domain_to_dispatch(None, 8),
            "count": sum(tiles[key]["count"] for key in ("overdue", "today", "coming")),
        }
        waiting = self._top(soon, "planned_at, id", fields_read)
        moving = self._top(tiles["on_the_road"], "planned_at desc, id desc", fields_read)
        manifests = self._top(
            tiles["differences"], "received_at, id", ["name", "producer_id", "receiver_opinion", "out_kg", "in_kg"])
        licences = self._top(tiles["licences"], "valid_to, id", ["name", "partner_id", "kind", "valid_to"])
        # The names of all panels in one go.
        pickups = waiting | moving
        (pickups.producer_id | pickups.carrier_id | manifests.producer_id | licences.partner_id).fetch(["name"])
        return [
            self._panel_to_dispatch(soon, waiting), self._panel_on_the_road(tiles["on_the_road"], moving),
            self._panel_differences(tiles["differences"], manifests), self._panel_licences(tiles["licences"], licences)]

    def _shortcuts(self):
        return [
            self._shortcut("pickup", self.env._("New pickup"), PICKUPS, icon="fa-plus", creates="waste.pickup"),
            self._shortcut("board", self.env._("Dispatch board"), "waste_track.waste_pickup_board_action", icon="fa-columns"),
            self._shortcut("licence", self.env._("New licence"), LICENCES, icon="fa-id-card-o", creates="waste.licence"),
        ]

    # === DOMAINS === #

    def _domain_to_dispatch(self, first, end):
        """Return the pickups still to dispatch that are planned from day ``first`` to before day ``end``, from today."""
        since = [] if first is None else [("planned_at", ">=", self._midnight(first))]
        return [("state", "in", TO_DISPATCH), *since, ("planned_at", "<", self._midnight(end))]

    def _domain_differences(self):
        return [("is_answer_due", "=", True)]

    def _domain_pending(self):
        return [("is_contract_pending", "=", True), ("contract_id", "=", False), ("state", "not in", ("cancelled", "failed"))]

    def _domain_licences(self):
        return [("state", "in", ("expiring", "expired")), ("partner_id.party_role_ids.code", "=", "carrier")]

    # === PANELS === #

    def _panel_to_dispatch(self, tile, pickups):
        midnight = self._midnight()
        return self._panel(
            "to_dispatch", tile["title"],
            [
                self._row(
                    pickup, pickup.producer_id.name,
                    lines=(pickup.name, pickup.business_id.name, pickup.carrier_id.name or self.env._("no carrier yet")),
                    badge=self._format_moment(pickup.planned_at),
                    tone="danger" if str(pickup.planned_at) < midnight else "info")
                for pickup in pickups
            ],
            tile, empty=self.env._("Nothing waits to be dispatched within 7 days. Pickups come from WIM, or press New pickup."))

    def _panel_on_the_road(self, tile, pickups):
        return self._panel(
            "on_the_road", self.env._("On the way now"),
            [
                self._row(
                    pickup, pickup.producer_id.name, lines=(pickup.vehicle_plate, pickup.driver_name, pickup.carrier_id.name),
                    badge=self._selection_label(pickup, "state"), tone="success", phone=pickup.driver_phone)
                for pickup in pickups
            ],
            tile, empty=self.env._("No vehicle is on the way."))

    def _panel_differences(self, tile, manifests):
        return self._panel(
            "differences", self.env._("Major differences to answer"),
            [
                self._row(
                    manifest, manifest.producer_id.name, lines=(manifest.name, manifest.receiver_opinion),
                    badge=self.env._("%(difference)s kg", difference=f"{manifest.in_kg - manifest.out_kg:+,.1f}"), tone="danger")
                for manifest in manifests
            ],
            tile, empty=self.env._("All differences on manifests are answered."))

    def _panel_licences(self, tile, licences):
        return self._panel(
            "licences", self.env._("Licences of carriers"),
            [
                self._row(
                    licence, licence.partner_id.name, lines=(self._selection_label(licence, "kind"), licence.name),
                    badge=self._format_days_left(licence.valid_to),
                    tone="danger" if licence.valid_to < self._today() else "warning")
                for licence in licences
            ],
            tile, empty=self.env._("All licences of the carriers are valid for 60 days and more."))
