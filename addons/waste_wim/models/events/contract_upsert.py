from odoo import Command, api, models

PRICING_MODES = {
    "UNIT_T": "unit_t",
    "UNIT_KG": "unit_kg",
    "UNIT_PACK": "unit_package",
    "PER_TRIP": "per_trip",
    "LUMP_YEAR": "lump_year",
    "TIER": "tier_all",
    "TIER_ALL": "tier_all",
    "TIER_K": "tier_excess",
    "TIER_MARGINAL": "tier_excess",
    "NEGATIVE": "negative",
}
SETTLEMENT_CYCLES = {"次": "trip", "月": "month", "季": "quarter", "年": "year", "预付": "prepaid"}
PAYERS = {"甲方": "producer", "乙方": "us"}


class WimEventContract(models.AbstractModel):
    _name = "wim.event.contract_upsert"
    _inherit = ["wim.event.document"]
    _description = "WIM Event: Contract"

    _document_model = "sale.order"
    _document_prefix = "contract"
    _birth_fields = ("producer_code", "lines")

    @api.model
    def _apply(self, messages):
        keys = super()._apply(messages)
        return keys | {
            f"line:{line['line_no']}"
            for message in messages if message.is_applied for line in message.payload.get("lines") or []
        }

    @api.model
    def _search_documents(self, keys):
        return self._contracts(keys)

    @api.model
    def _prefetch(self, messages):
        payloads = [message.payload for message in messages]
        lines = [line for payload in payloads for line in payload.get("lines") or []]
        return {
            "partners": self._partners(
                {payload.get(field) for payload in payloads for field in ("producer_code", "gov_code", "disposer_code")},
            ),
            "salespeople": self._by_code(
                "res.partner", {payload.get("salesperson_code") for payload in payloads}, field="external_key",
            ),
            "teams": self._by_name("crm.team", {payload.get("sales_team") for payload in payloads}),
            "codes": self._waste_codes({line.get("waste_code") for line in lines}),
            "forms": self._by_code("waste.physical.form", {line.get("physical_form") for line in lines}),
            "packagings": self._by_code("waste.packaging", {line.get("packaging_code") for line in lines}),
            "methods": self._by_code("waste.disposal.method", {line.get("disposal_method") for line in lines}),
        }

    @api.model
    def _prepare_birth_values(self, message):
        to_sign = bool(message.payload.get("to_sign"))
        to_do = "draft" if message.payload.get("pdf") else "active"  # who sends the paper, wants it signed
        return {
            **super()._prepare_birth_values(message),
            "business_id": message.business.id,
            # WIM's own people have approved what it sends for signing: the producer is next.
            "contract_state": "customer_review" if to_sign else to_do,
            "state": "sent" if to_sign else {"draft": "draft", "active": "sale"}[to_do],
        }

    @api.model
    def _prepare_values(self, message, fresh, refs, record):
        vals = {}
        if fresh.get("pdf"):
            order = record or self.env["sale.order"]
            if order.received_paper_id.raw != fresh["pdf"]:
                if gap := order._get_received_gap(fresh["pdf"]):
                    message.reject("value", "$.payload.pdf", gap)
                    return None
                vals["paper"] = fresh["pdf"]
        if fresh.get("to_sign") and record and record.contract_state == "draft":
            vals["contract_state"] = "customer_review"  # returned by a party, changed in WIM: the producer looks again
        for theirs, ours in (("producer_code", "partner_id"), ("gov_code", "government_id"), ("disposer_code", "disposer_id")):
            if fresh.get(theirs):
                partner = self._find(message, refs["partners"], theirs, "partner")
                if not partner:
                    return None
                vals[ours] = partner.id
        for theirs, ours in (("start_date", "date_start"), ("end_date", "date_end"), ("sign_date", "date_signed")):
            if fresh.get(theirs):
                vals[ours] = fresh[theirs]
        if fresh.get("start_date"):
            vals["date_order"] = fresh["start_date"]
        if "salesperson_code" in fresh:
            vals["user_id"] = self._salesperson(message, refs)
        if fresh.get("sales_team") in refs["teams"]:
            vals["team_id"] = refs["teams"][fresh["sales_team"]].id
        if "settlement_cycle" in fresh:
            vals["settlement_cycle"] = SETTLEMENT_CYCLES.get(fresh["settlement_cycle"], "month")
        for theirs, ours in (("lump_sum_amount", "lump_sum_amount"), ("included_qty_t", "included_quantity_t")):
            if fresh.get(theirs) is not None:
                vals[ours] = float(fresh[theirs])
        if fresh.get("tax_rate") is not None:
            vals["tax_rate_percent"] = float(fresh["tax_rate"] * 100)
        if fresh.get("tiers"):
            vals["tier_ids"] = [Command.clear(), *(
                Command.create({"from_t": float(start), "to_t": float(end or 0), "price_unit": float(price)})
                for start, end, price in fresh["tiers"]
            )]
        if "lines" in fresh:
            commands = self._prepare_lines(message, fresh["lines"], refs, record)
            if commands is None:
                return None
            vals["order_line"] = commands
        return vals

    @api.model
    def _create_documents(self, vals_list):
        papers = [vals.pop("paper", None) for vals in vals_list]
        created = super()._create_documents(vals_list)
        for record, paper in zip(created, papers):
            if paper:
                record._receive_paper(paper)
        return created

    @api.model
    def _update_document(self, record, vals):
        paper = vals.pop("paper", None)
        target = vals.pop("contract_state", None)
        super()._update_document(record, vals)
        if paper:
            record._receive_paper(paper)
        if target:
            record.contract_state = "approving"
            record.contract_state = target

    @api.model
    def _salesperson(self, message, refs):
        partner = refs["salespeople"].get(message.payload["salesperson_code"])
        user = partner.user_ids[:1] if partner else None
        if not user:
            message.warn("$.payload.salesperson_code", self.env._(
                "Salesperson %(code)s has no user here; the contract has no owner until somebody takes it.",
                code=message.payload["salesperson_code"],
            ))
        return user.id if user else False

    @api.model
    def _prepare_lines(self, message, lines, refs, record):
        """Return the commands that make the waste details these, matched by their number."""
        existing = {line.line_no: line for line in record.order_line} if record else {}
        commands = []
        for index, line in enumerate(lines):
            vals = self._prepare_line(message, line, f"$.payload.lines[{index}]", refs)
            if vals is None:
                return None
            if line["line_no"] in existing:
                commands.append(Command.update(existing[line["line_no"]].id, vals))
            else:
                commands.append(Command.create({"line_no": line["line_no"], "sequence": index + 1, **vals}))
        return commands

    @api.model
    def _prepare_line(self, message, line, path, refs):
        mode = PRICING_MODES.get(line["price_mode"])
        if not mode:
            message.reject("value", f"{path}.price_mode", self.env._(
                "%(mode)s isn't a pricing mode we know.", mode=line["price_mode"],
            ))
            return None
        code = refs["codes"].get(line.get("waste_code"), self.env["waste.code"])
        code = code._valid_on(message.payload.get("start_date") or self._local_date(message.occurred_at))
        if line.get("waste_code") and not code and message.business.code == "hazardous":
            message.reject("waste_code", f"{path}.waste_code", self.env._(
                "Waste code %(code)s isn't in the hazardous waste catalogue of that day; check the code.",
                code=line["waste_code"],
            ))
            return None
        vals = {
            "product_id": message.business.product_id.id,
            "name": line["waste_name"],
            "waste_name": line["waste_name"],
            "waste_code_id": code.id,
            "pricing_mode": mode,
            "payer": PAYERS.get(line.get("payer"), "producer"),
            "price_unit": float(line["unit_price"]),
            "planned_quantity_t": float(line.get("planned_qty_t") or 0),
            "is_unlimited": line.get("planned_qty_t") is None,
        }
        for theirs, ours, table in (
            ("physical_form", "physical_form_id", "forms"),
            ("packaging_code", "packaging_id", "packagings"),
            ("disposal_method", "disposal_method_id", "methods"),
        ):
            found = refs[table].get(line.get(theirs))
            vals[ours] = found.id if found else False
        if code:
            vals["hazard_ids"] = [Command.set(code.hazard_ids.ids)]
        return vals
