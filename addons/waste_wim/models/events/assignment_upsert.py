from odoo import api, models


class WimEventAssignment(models.AbstractModel):
    """Producer × salesperson × business, as WIM keeps it (S0-3.1.1-c, d)."""

    _name = "wim.event.assignment_upsert"
    _inherit = ["wim.event.document"]
    _description = "WIM Event: Assignment"

    _document_model = "waste.assignment"
    _document_prefix = "assignment"
    _birth_fields = ("producer_code", "salesperson_code", "date_from")

    @api.model
    def _key_field(self):
        return "external_key"

    @api.model
    def _search_documents(self, keys):
        return self._by_code("waste.assignment", keys, field="external_key")

    @api.model
    def _may_update(self, message, record):
        return True

    @api.model
    def _prefetch(self, messages):
        payloads = [message.payload for message in messages]
        return {
            "partners": self._partners({payload.get("producer_code") for payload in payloads}),
            "salespeople": self._by_code(
                "res.partner", {payload.get("salesperson_code") for payload in payloads}, field="external_key",
            ),
        }

    @api.model
    def _prepare_birth_values(self, message):
        return {"external_system": "wim", "external_key": message.key, "business_id": message.business.id}

    @api.model
    def _prepare_values(self, message, fresh, refs, record):
        # Who serves a producer in a business is for the company of that business to say.
        business = record.business_id if record else message.business
        if business.company_id and business.company_id != message.company:
            message.reject("company", "$.company_code", self.env._(
                "%(number)s isn't a document of company %(company)s; check the company code.",
                number=business.display_name, company=message.company.company_code,
            ))
            return None
        vals = {}
        if "producer_code" in fresh:
            producer = self._find(message, refs["partners"], "producer_code", "partner")
            if not producer:
                return None
            vals["producer_id"] = producer.id
        if "salesperson_code" in fresh:
            partner = refs["salespeople"].get(fresh["salesperson_code"])
            if not partner or not partner.user_ids:
                message.park(f"salesperson:{fresh['salesperson_code']}")
                return None
            vals["user_id"] = partner.user_ids[0].id
        for field in ("date_from", "date_to"):
            if field in fresh:
                vals[field] = fresh[field] or False
        if fresh.get("share_percent") is not None:
            vals["share_percent"] = float(fresh["share_percent"])
        return vals
