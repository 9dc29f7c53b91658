from odoo import api, models

from odoo.addons.waste_track.models.waste_weighing import MAX_VEHICLE_KG


class WimEventWeighing(models.AbstractModel):
    _name = "wim.event.weighing_upsert"
    _inherit = ["wim.event.document"]
    _description = "WIM Event: Weighing"

    _document_model = "waste.weighing"
    _document_prefix = "weighing"
    _birth_fields = ("pickup_no", "gross_kg", "tare_kg")

    @api.model
    def _prefetch(self, messages):
        return {"pickups": self._by_name("waste.pickup", {message.payload.get("pickup_no") for message in messages}, ["producer_id"])}

    @api.model
    def _prepare_values(self, message, fresh, refs, record):
        vals = {}
        if "pickup_no" in fresh:
            pickup = self._find(message, refs["pickups"], "pickup_no", "pickup")
            if not pickup:
                return None
            vals |= self._prepare_parent("pickup_id", pickup)
        for field in ("gross_kg", "tare_kg", "net_kg"):
            if fresh.get(field) is not None:
                vals[field] = float(fresh[field])
        for field in ("plate", "first_weighed_at", "second_weighed_at"):
            if field in fresh:
                vals[field] = fresh[field]
        gross = vals.get("gross_kg", record.gross_kg if record else 0)
        tare = vals.get("tare_kg", record.tare_kg if record else 0)
        if gross <= tare:
            message.reject("weight", "$.payload.gross_kg", self.env._(
                "Weighing %(number)s: the gross weight (%(gross)s kg) must be above the tare (%(tare)s kg).",
                number=message.key, gross=gross, tare=tare,
            ))
            return None
        if gross > MAX_VEHICLE_KG or tare < 0:
            message.reject("weight", "$.payload.gross_kg", self.env._(
                "Weighing %(number)s: weights must lie between 0 and 60 t; check the scale.", number=message.key,
            ))
            return None
        net = vals.get("net_kg", record.net_kg if record else gross - tare)
        if abs(gross - tare - net) >= 0.0005:
            message.reject("weight", "$.payload.net_kg", self.env._(
                "Weighing %(number)s: net weight %(net)s kg is not gross minus tare.", number=message.key, net=net,
            ))
            return None
        vals.setdefault("net_kg", net)
        return vals
