from odoo import api, models


class WimEventPickup(models.AbstractModel):
    _name = "wim.event.pickup_upsert"
    _inherit = ["wim.event.document"]
    _description = "WIM Event: Pickup Order"

    _document_model = "waste.pickup"
    _document_prefix = "pickup"
    _birth_fields = ("producer_code", "planned_at")

    @api.model
    def _prefetch(self, messages):
        payloads = [message.payload for message in messages]
        return {
            "contracts": self._contracts({payload.get("contract_no") for payload in payloads}),
            "partners": self._partners(
                {payload.get(field) for payload in payloads for field in ("producer_code", "carrier_code")},
            ),
        }

    @api.model
    def _prepare_birth_values(self, message):
        return {
            **super()._prepare_birth_values(message),
            "business_id": message.business.id,
            "state": "to_dispatch",
        }

    @api.model
    def _prepare_values(self, message, fresh, refs, record):
        vals = {
            ours: fresh[theirs] for theirs, ours in (
                ("planned_at", "planned_at"),
                ("vehicle_plate", "vehicle_plate"),
                ("driver_name", "driver_name"),
                ("driver_phone", "driver_phone"),
                ("dispatched_at", "dispatched_at"),
                ("loaded_at", "loaded_at"),
                ("arrived_plant_at", "arrived_at"),
                ("producer_confirmed_at", "producer_confirmed_at"),
                ("cancel_reason", "cancel_reason"),
                ("contract_pending", "is_contract_pending"),
            ) if theirs in fresh
        }
        if fresh.get("contract_no"):
            contract = self._find(message, refs["contracts"], "contract_no", "contract")
            if not contract:
                return None
            vals["contract_id"] = contract.id
        if "producer_code" in fresh:
            producer = self._find(message, refs["partners"], "producer_code", "partner")
            if not producer:
                return None
            vals["producer_id"] = producer.id
        if fresh.get("carrier_code"):
            carrier = self._find_code(message, refs["partners"], "carrier_code")
            vals["carrier_id"] = carrier.id if carrier else False
        if "state" in fresh:
            vals["state"] = self._state_value(message, fresh["state"])
            if not vals["state"]:
                return None
            if vals["state"] == "done":
                vals["done_at"] = message.occurred_at
        return vals
