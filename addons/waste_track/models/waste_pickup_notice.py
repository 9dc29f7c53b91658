from odoo import api, models

#: state that a pickup order reaches -> what its parties are told
EVENTS = {
    "dispatched": "pickup_confirmed",
    "loaded": "pickup_loaded",
    "in_transit": "pickup_departed",
    "arrived": "pickup_arrived",
}
TIMES = {
    "pickup_confirmed": ("planned_at",),
    "pickup_loaded": ("loaded_at", "planned_at"),
    "pickup_departed": ("loaded_at", "planned_at"),
    "pickup_arrived": ("arrived_at", "planned_at"),
}


class WastePickup(models.Model):
    """What the parties of a pickup order are told."""

    _name = "waste.pickup"
    _inherit = ["waste.pickup", "waste.notice.mixin"]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        pickups = super().create(vals_list)
        for state, event in EVENTS.items():
            pickups.filtered(lambda pickup, state=state: pickup.state == state)._announce(event)
        return pickups

    def write(self, vals):
        event = EVENTS.get(vals.get("state"))
        moved = event and self.filtered(lambda pickup: pickup.state != vals["state"])
        result = super().write(vals)
        if moved:
            moved._announce(event)
        return result

    # === HOOKS === #

    def _get_notice_time(self, event):
        return next((self[name] for name in TIMES[event] if self[name]), False)

    def _get_notice_pickup(self):
        return self

    def _get_notice_facts(self):
        packages = self.batch_ids.package_ids.filtered(lambda package: not package.parent_edge_ids)
        manifests = self.manifest_ids.filtered(lambda manifest: manifest.state != "voided")
        weight = sum(packages.mapped("declared_kg")) or sum(manifests.mapped("out_kg")) or sum(self.batch_ids.mapped("declared_kg"))
        return {
            "pickup_no": self.name,
            "manifest_no": ", ".join(manifests.mapped("name")),
            "waste": ", ".join(dict.fromkeys(self.batch_ids.contract_line_id.mapped("waste_name"))),
            "weight": self._format_notice_weight(weight),
            "packages": len(packages) or sum(manifests.mapped("package_count")) or "",
            "plate": self.vehicle_plate,
            "carrier": self.carrier_id.name,
        }
