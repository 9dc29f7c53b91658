from datetime import date

from odoo import api, models
from odoo.tools import date_utils

DIRECTIONS = {"应收": "receivable", "应付": "payable"}


class WimEventStatement(models.AbstractModel):
    """WIM's statement of a contract and month; ours is computed beside it and differences are shown (I-31)."""

    _name = "wim.event.statement_upsert"
    _inherit = ["wim.event.document"]
    _description = "WIM Event: Statement"

    _document_model = "waste.statement"
    _document_prefix = "statement"
    _birth_fields = ("contract_no", "direction", "period", "amount_total")

    @api.model
    def _prefetch(self, messages):
        return {"contracts": self._contracts({message.payload.get("contract_no") for message in messages})}

    @api.model
    def _prepare_values(self, message, fresh, refs, record):
        vals = {}
        if "contract_no" in fresh:
            contract = self._find(message, refs["contracts"], "contract_no", "contract")
            if not contract:
                return None
            vals["contract_id"] = contract.id
        if "direction" in fresh:
            vals["direction"] = DIRECTIONS.get(fresh["direction"])
            if not vals["direction"]:
                message.reject("value", "$.payload.direction", self.env._(
                    "%(value)s isn't a direction of a statement (应收 or 应付).", value=fresh["direction"],
                ))
                return None
        if "period" in fresh:
            year, month = map(int, fresh["period"].split("-"))
            vals["period_start"] = date(year, month, 1)
            vals["period_end"] = date_utils.end_of(vals["period_start"], "month")
        if fresh.get("settle_qty_t") is not None:
            vals["external_quantity_kg"] = float(fresh["settle_qty_t"] * 1000)
        if fresh.get("amount_total") is not None:
            vals["external_amount"] = float(fresh["amount_total"])
        if fresh.get("tax_rate") is not None:
            vals["tax_rate_percent"] = float(fresh["tax_rate"] * 100)
        if fresh.get("state"):
            vals["state"] = self._state_value(message, fresh["state"])
            if not vals["state"]:
                return None
        return vals

    @api.model
    def _create_documents(self, vals_list):
        return self.env["waste.statement"]._create_external(vals_list)

    @api.model
    def _update_document(self, record, vals):
        record._update_external(vals)

    @api.model
    def _after_apply(self, created, updated, messages):
        self.env["waste.batch"]._refresh_now()
        self.env["waste.statement"]._refresh((created | updated).contract_id)
