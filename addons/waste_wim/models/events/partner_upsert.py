from odoo import Command, api, models

ROLES = {
    "产废": "producer", "运输": "carrier", "收集": "collector", "处置": "disposer", "利用": "disposer",
    "处置(利用)": "disposer", "监管": "regulator", "政府部门": "regulator", "政府": "regulator",
}
TIERS = {"重点": "key", "简化": "simplified", "登记": "registered"}


class WimEventPartner(models.AbstractModel):
    """A party of the trade. Shared by all companies, so any company's message may tell of it."""

    _name = "wim.event.partner_upsert"
    _inherit = ["wim.event.document"]
    _description = "WIM Event: Party"

    _document_model = "res.partner"
    _document_prefix = "partner"
    _birth_fields = ("name",)

    @api.model
    def _key_field(self):
        return "external_key"

    @api.model
    def _search_documents(self, keys):
        return self._partners(keys)

    @api.model
    def _may_update(self, message, record):
        return True

    @api.model
    def _prefetch(self, messages):
        return {
            "regions": self._by_code("waste.region", {message.payload.get("town_code") for message in messages}),
            "roles": self._by_code("waste.party.role", set(ROLES.values())),
        }

    @api.model
    def _prepare_birth_values(self, message):
        return {
            "external_system": "wim",
            "external_key": message.key,
            "is_company": True,
            "country_id": self.env.ref("base.cn").id,
        }

    @api.model
    def _prepare_values(self, message, fresh, refs, record):
        vals = {
            ours: fresh[theirs] or False for theirs, ours in (
                ("name", "name"), ("industry", "industry_name"), ("uscc", "uscc"), ("address", "street"),
                ("env_contact_phone", "phone"), ("phone", "phone"),
            ) if theirs in fresh
        }
        if fresh.get("tier"):
            vals["producer_tier"] = TIERS.get(fresh["tier"], False)
        if "town_code" in fresh:
            region = self._find_code(message, refs["regions"], "town_code")
            vals["region_id"] = region.id if region else False
        if fresh.get("unit_kind"):
            kinds = fresh["unit_kind"] if isinstance(fresh["unit_kind"], list) else [fresh["unit_kind"]]
            vals["party_role_ids"] = [Command.set([refs["roles"][ROLES[kind]].id for kind in kinds if kind in ROLES])]
        return vals
