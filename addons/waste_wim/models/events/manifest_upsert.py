from odoo import api, models

from odoo.addons.waste_track.tools.manifest_number import split_manifest_number

STATES = {
    "draft": "draft",
    "in_transit": "in_transit",
    "received": "received",
    "partially_received": "partially_received",
    "refused": "refused",
    "completed": "completed",
    "voided": "voided",
}


class WimEventManifest(models.AbstractModel):
    _name = "wim.event.manifest_upsert"
    _inherit = ["wim.event.document"]
    _description = "WIM Event: Transfer Manifest"

    _document_model = "waste.manifest"
    _document_prefix = "manifest"
    _birth_fields = ("pickup_no", "out_qty_t")

    @api.model
    def _prefetch(self, messages):
        payloads = [message.payload for message in messages]
        cities = {(split_manifest_number(message.key) or (0, ""))[1] for message in messages}
        return {
            "pickups": self._by_name("waste.pickup", {payload.get("pickup_no") for payload in payloads}, ["producer_id"]),
            "batches": self._by_name("waste.batch", {payload.get("batch_no") for payload in payloads}, ["pickup_id"]),
            "codes": self._waste_codes({payload.get("waste_code") for payload in payloads}),
            "cities": self._by_code("waste.region", cities),
        }

    @api.model
    def _prepare_birth_values(self, message):
        return {**super()._prepare_birth_values(message), "consigned_at": message.occurred_at}

    @api.model
    def _prepare_values(self, message, fresh, refs, record):
        if not record and not self._check_number(message, refs["cities"]):
            return None
        vals = {}
        if fresh.get("waste_code"):
            code = refs["codes"].get(fresh["waste_code"], self.env["waste.code"])
            code = code._valid_on(self._local_date(message.occurred_at))
            if not code:
                message.reject("waste_code", "$.payload.waste_code", self.env._(
                    "Waste code %(code)s isn't in the catalogue that was valid on that day; check the code.",
                    code=fresh["waste_code"],
                ))
                return None
            vals["waste_code_id"] = code.id
        if "pickup_no" in fresh:
            pickup = self._find(message, refs["pickups"], "pickup_no", "pickup")
            if not pickup:
                return None
            vals |= self._prepare_parent("pickup_id", pickup)
        if fresh.get("batch_no"):
            batch = self._find(message, refs["batches"], "batch_no", "batch")
            if not batch:
                return None
            vals["batch_id"] = batch.id
        if "stage" in fresh:
            if fresh["stage"] not in STATES:
                message.reject("value", "$.payload.stage", self.env._(
                    "%(value)s isn't a stage of a manifest.", value=fresh["stage"],
                ))
                return None
            vals["state"] = STATES[fresh["stage"]]
            if vals["state"] in ("received", "partially_received", "refused"):
                vals["received_at"] = message.occurred_at
        for theirs, ours in (("out_qty_t", "out_kg"), ("in_qty_t", "in_kg")):
            if fresh.get(theirs) is not None:
                vals[ours] = float(fresh[theirs] * 1000)
        for theirs, ours in (
            ("package_count", "package_count"),
            ("receiver_opinion", "receiver_opinion"),
            ("major_difference", "has_major_difference"),
        ):
            if theirs in fresh:
                vals[ours] = fresh[theirs]
        if vals.get("has_major_difference"):
            message.warn("$.payload.major_difference", self.env._(
                "Manifest %(number)s: shipped and received differ by a major difference; answer it on the manifest.",
                number=message.key,
            ))
        return vals

    @api.model
    def _check_number(self, message, cities):
        """Refuse a number that isn't year, city and serial (I-03)."""
        number = split_manifest_number(message.key)
        if not number:
            message.reject("manifest_no", "$.entity_key", self.env._(
                "Manifest number %(number)s must have 14 digits: year, city code and six digits.", number=message.key,
            ))
        elif number[1] not in cities:
            message.reject("manifest_no", "$.entity_key", self.env._(
                "Manifest number %(number)s: %(city)s is not the code of a city; check digits 5 to 8.",
                number=message.key, city=number[1],
            ))
        elif number[0] > message.occurred_at.year + 1 or number[0] < 2000:
            message.reject("manifest_no", "$.entity_key", self.env._(
                "Manifest number %(number)s: the first four digits must be the year it was made in.",
                number=message.key,
            ))
        else:
            return True
        return False

    @api.model
    def _after_apply(self, created, updated, messages):
        """The manifest tells which pickup its batch went with, and a major difference asks for an answer."""
        for manifest in created:
            if manifest.batch_id and not manifest.batch_id.pickup_id:
                manifest.batch_id.pickup_id = manifest.pickup_id
        due = (created | updated).filtered(
            lambda manifest: manifest.has_major_difference and not manifest.difference_answer and not manifest.activity_ids)
        admin = self.env.ref("base.user_admin")
        for user, manifests in due.grouped(lambda manifest: manifest.pickup_id.contract_id.user_id or admin).items():
            # The workbench shows them; with mails the queue would wait for a mail server.
            manifests.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo", summary=self.env._("Answer the major difference"), user_id=user.id)
