from odoo import api, models


class WimEventDisposal(models.AbstractModel):
    _name = "wim.event.disposal_upsert"
    _inherit = ["wim.event.document"]
    _description = "WIM Event: Disposal"

    _document_model = "waste.disposal"
    _document_prefix = "disposal"
    _birth_fields = ("qty_kg", "finished_at")

    @api.model
    def _prefetch(self, messages):
        payloads = [message.payload for message in messages]
        return {
            "packages": self._by_name("waste.package", {payload.get("package_no") for payload in payloads}, ["batch_id"]),
            "batches": self._by_name("waste.batch", {payload.get("batch_no") for payload in payloads}, ["producer_id"]),
            "methods": self._by_code("waste.disposal.method", {payload.get("method") for payload in payloads}),
        }

    @api.model
    def _prepare_values(self, message, fresh, refs, record):
        vals = {}
        if fresh.get("package_no"):
            package = self._find(message, refs["packages"], "package_no", "package")
            if not package:
                return None
            vals["package_id"] = package.id
            vals |= self._prepare_parent("batch_id", package.batch_id)
        elif fresh.get("batch_no"):
            batch = self._find(message, refs["batches"], "batch_no", "batch")
            if not batch:
                return None
            vals |= self._prepare_parent("batch_id", batch)
        elif not record:
            message.reject("schema", "$.payload.package_no", self.env._(
                "Disposal %(number)s names neither a package nor a batch.", number=message.key,
            ))
            return None
        if "method" in fresh:
            method = self._find_code(message, refs["methods"], "method")
            vals["method_id"] = method.id if method else False
        if fresh.get("qty_kg") is not None:
            vals["qty_kg"] = float(fresh["qty_kg"])
        for field in ("started_at", "finished_at"):
            if field in fresh:
                vals[field] = fresh[field]
        return vals

    @api.model
    def _after_apply(self, created, updated, messages):
        """Packages end by their own events; a batch without packages ends by its disposals."""
        (created | updated).filtered(lambda disposal: not disposal.package_id).batch_id._refresh_later()
