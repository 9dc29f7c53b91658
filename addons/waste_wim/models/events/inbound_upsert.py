from odoo import api, models


class WimEventInbound(models.AbstractModel):
    _name = "wim.event.inbound_upsert"
    _inherit = ["wim.event.document"]
    _description = "WIM Event: Inbound"

    _document_model = "waste.inbound"
    _document_prefix = "inbound"
    _birth_fields = ("batch_no", "line_no", "actual_qty_t")

    @api.model
    def _prefetch(self, messages):
        payloads = [message.payload for message in messages]
        refs = {
            "pickups": self._by_name("waste.pickup", {payload.get("pickup_no") for payload in payloads}, ["producer_id"]),
            "batches": self._by_name("waste.batch", {payload.get("batch_no") for payload in payloads}, ["producer_id", "pickup_id"]),
            "lines": self._details({payload.get("line_no") for payload in payloads}),
        }
        refs["batches"].update(self._create_batches(messages, refs))
        return refs

    @api.model
    def _create_batches(self, messages, refs):
        """Create the batches that begin with their inbound: bins of kitchen waste are never named one by one."""
        new = {}
        for message in messages:
            line = refs["lines"].get(message.payload.get("line_no"))
            number = message.payload.get("batch_no")
            if line and line.company_id == message.company and number not in refs["batches"]:
                pickup = refs["pickups"].get(message.payload.get("pickup_no"))
                is_own = pickup and pickup.company_id == message.company
                new.setdefault(number, {
                    **line._prepare_batch_values(number), "pickup_id": pickup.id if is_own else False})
        batches = self.env["waste.batch"].create(list(new.values()))
        return {batch.name: batch for batch in batches}

    @api.model
    def _prepare_birth_values(self, message):
        return {**super()._prepare_birth_values(message), "inbound_at": message.occurred_at}

    @api.model
    def _prepare_values(self, message, fresh, refs, record):
        vals = {}
        pickup = None
        if fresh.get("pickup_no"):
            pickup = self._find(message, refs["pickups"], "pickup_no", "pickup")
            if not pickup:
                return None
            vals["pickup_id"] = pickup.id
        if "batch_no" in fresh:
            batch = refs["batches"].get(fresh["batch_no"])
            if not batch:
                # The detail is unknown or another company's: wait for it, or refuse.
                self._find(message, refs["lines"], "line_no", "line")
                return None
            if not self._of_company(message, batch, "batch_no"):
                return None
            vals |= self._prepare_parent("batch_id", batch)
            if pickup and batch.pickup_id != pickup:
                batch.pickup_id = pickup
        for theirs, ours in (("planned_qty_t", "planned_kg"), ("actual_qty_t", "actual_kg")):
            if fresh.get(theirs) is not None:
                vals[ours] = float(fresh[theirs] * 1000)
        for theirs, ours in (
            ("package_count", "package_count"),
            ("location_code", "location"),
            ("diff_reason", "difference_reason"),
            ("inbound_at", "inbound_at"),
        ):
            if theirs in fresh:
                vals[ours] = fresh[theirs]
        if fresh.get("state"):
            vals["state"] = self._state_value(message, fresh["state"])
            if not vals["state"]:
                return None
        return vals

    @api.model
    def _apply(self, messages):
        keys = super()._apply(messages)
        return keys | {f"batch:{message.payload['batch_no']}" for message in messages if message.payload.get("batch_no")}

    @api.model
    def _after_apply(self, created, updated, messages):
        (created | updated).batch_id._refresh_later()
