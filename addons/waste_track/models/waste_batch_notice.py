from odoo import models

TIMES = {"batch_received": "inbound_at", "batch_disposed": "disposed_at"}


class WasteBatch(models.Model):
    """What the parties of a batch are told: that the plant received it, and that all of it was disposed of."""

    _name = "waste.batch"
    _inherit = ["waste.batch", "waste.notice.mixin"]

    # === CRUD METHODS === #

    def write(self, vals):
        happened = {
            event: self.filtered(lambda batch, name=name: not batch[name])
            for event, name in TIMES.items() if vals.get(name)
        }
        result = super().write(vals)
        for event, batches in happened.items():
            batches._announce(event)
        return result

    # === HOOKS === #

    def _get_notice_time(self, event):
        return self[TIMES[event]]

    def _get_notice_pickup(self):
        return self.pickup_id

    def _get_notice_facts(self):
        manifests = self.manifest_ids.filtered(lambda manifest: manifest.state != "voided")
        methods = self.disposal_ids.method_id | self.package_ids.disposal_method_id
        return {
            "batch_no": self.name,
            "pickup_no": self.pickup_id.name,
            "manifest_no": ", ".join(manifests.mapped("name")),
            "waste": self.contract_line_id.waste_name,
            "weight": self._format_notice_weight(self.gate_kg),
            "packages": self.accepted_package_count or self.package_count or "",
            "plate": self.pickup_id.vehicle_plate,
            "carrier": self.pickup_id.carrier_id.name,
            "method": ", ".join(method.display_name for method in methods),
        }
