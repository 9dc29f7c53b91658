from odoo import api, models


class WimEventLab(models.AbstractModel):
    _name = "wim.event.lab_upsert"
    _inherit = ["wim.event.document"]
    _description = "WIM Event: Lab Report"

    _document_model = "waste.lab"
    _document_prefix = "lab"
    _birth_fields = ("batch_no", "items")

    @api.model
    def _prefetch(self, messages):
        return {"batches": self._by_name("waste.batch", {message.payload.get("batch_no") for message in messages}, ["producer_id"])}

    @api.model
    def _prepare_birth_values(self, message):
        return {**super()._prepare_birth_values(message), "tested_at": message.occurred_at}

    @api.model
    def _prepare_values(self, message, fresh, refs, record):
        vals = {}
        if "batch_no" in fresh:
            batch = self._find(message, refs["batches"], "batch_no", "batch")
            if not batch:
                return None
            vals |= self._prepare_parent("batch_id", batch)
        for theirs, ours in (("items", "items"), ("qualified", "is_qualified"), ("tested_at", "tested_at")):
            if theirs in fresh:
                vals[ours] = fresh[theirs]
        return vals
