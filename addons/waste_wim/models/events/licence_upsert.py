from odoo import api, models

KINDS = {
    "危险废物经营许可证": "hw_operation",
    "危险废物收集许可证": "hw_collection",
    "道路运输经营许可证(危险货物)": "road_transport",
    "道路运输经营许可证": "road_transport",
    "餐厨收运经营协议": "kitchen_agreement",
    "排污许可证": "discharge_permit",
}


class WimEventLicence(models.AbstractModel):
    _name = "wim.event.licence_upsert"
    _inherit = ["wim.event.document"]
    _description = "WIM Event: Licence"

    _document_model = "waste.licence"
    _document_prefix = "licence"
    _birth_fields = ("holder_code", "licence_kind", "valid_from", "valid_to")

    @api.model
    def _may_update(self, message, record):
        return True

    @api.model
    def _prefetch(self, messages):
        return {"partners": self._partners({message.payload.get("holder_code") for message in messages})}

    @api.model
    def _prepare_birth_values(self, message):
        return {"name": message.key, "external_system": "wim", "external_key": message.key}

    @api.model
    def _prepare_values(self, message, fresh, refs, record):
        vals = {}
        if "holder_code" in fresh:
            holder = self._find(message, refs["partners"], "holder_code", "partner")
            if not holder:
                return None
            vals["partner_id"] = holder.id
        if "licence_kind" in fresh:
            vals["kind"] = KINDS.get(fresh["licence_kind"])
            if not vals["kind"]:
                message.reject("value", "$.payload.licence_kind", self.env._(
                    "%(value)s isn't a kind of licence we know.", value=fresh["licence_kind"],
                ))
                return None
        for theirs, ours in (
            ("category_code", "category_text"), ("valid_from", "valid_from"), ("valid_to", "valid_to"),
        ):
            if theirs in fresh:
                vals[ours] = fresh[theirs]
        if fresh.get("yearly_capacity_t") is not None:
            vals["yearly_capacity_t"] = float(fresh["yearly_capacity_t"])
        return vals
