from odoo import api, models
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.tools import SQL

from .waste_package_rows import NODES

# How many batches of a waste detail the page offers; older ones are found by their number.
BATCH_LIMIT = 100
# How many hits of one kind a search shows.
HIT_LIMIT = 8
# What can be typed into the search of the life-cycle page: kind of hit, model, fields that hold a number.
SEARCHED = (
    ("batch", "waste.batch", ("name",)),
    ("package", "waste.package", ("name", "digital_code")),
    ("manifest", "waste.manifest", ("name",)),
    ("pickup", "waste.pickup", ("name",)),
    ("detail", "sale.order.line", ("line_no",)),
    ("contract", "sale.order", ("name",)),
)


class WasteBatch(models.Model):
    """The life-cycle page: one waste detail, its batches, and the packages of one of them."""

    _inherit = "waste.batch"

    # === ACTION METHODS === #

    def action_open_lifecycle(self):
        self.ensure_one()
        return self._get_lifecycle_action(batch_id=self.id)

    @api.model
    def _get_lifecycle_action(self, **params):
        action = self.env["ir.actions.client"]._for_xml_id("waste_track.waste_lifecycle_action")
        return {**action, "params": params, "context": {}}

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def get_lifecycle(self, batch_id=None, contract_line_id=None):
        """Return all that the life-cycle page shows, in a number of queries that does not grow.

        :param int batch_id: the batch to show
        :param int contract_line_id: without a batch: the waste detail whose latest batch is shown
        :return: dict ``detail``, ``batches`` (the latest of the detail), ``batch_total``, ``batch`` (None when the
            detail has none yet), ``progress`` (list of steps), ``nodes`` (columns), ``rows`` (packages), ``names``
        :raise AccessError: when the user may not read the batch or the detail
        :raise MissingError: when there is no such record
        """
        self = self._in_all_companies()
        if batch_id:
            batch = self.browse(batch_id)
            batch.check_access("read")
            line_id = batch.sudo().contract_line_id.id
        else:
            line = self.env["sale.order.line"].browse(contract_line_id or 0)
            if not line.exists():
                raise MissingError(self.env._("This waste detail does not exist any more; search for its number."))
            line.check_access("read")
            line_id = line.id
            batch = self.search([("contract_line_id", "=", line_id)], limit=1)
        # The batch or detail was checked: the names around it (contract, producer, code, carrier) belong to it.
        return batch._prepare_lifecycle(line_id)

    def _prepare_lifecycle(self, line_id, for_producer=False):
        """Return the content of the page for this batch, or for the detail when it has no batch.

        :param int line_id: the waste detail
        :param for_producer: see `_prepare_lifecycle_rows`
        """
        self.env.flush_all()
        batches, total = self._prepare_lifecycle_batches(line_id)
        result = {
            "detail": self._prepare_lifecycle_detail(line_id),
            "batches": batches,
            "batch_total": total,
            "batch": None,
            "progress": [],
            "nodes": [],
            "rows": [],
            "names": {},
        }
        if not self:
            return result
        rows, names = self._prepare_lifecycle_rows(for_producer)
        result["rows"] = rows
        result["names"] = {**names, **self._get_lifecycle_words()}
        result["nodes"] = [{"key": key, "label": label} for key, label in self._get_node_labels().items()]
        # Producer and staff see the same steps; steps that show persons look at this key.
        batch_sudo = self.sudo().with_context(lifecycle_for_producer=for_producer)
        result["progress"] = sorted(batch_sudo._lifecycle_progress(), key=lambda step: step["sequence"])
        result["batch"] = self._prepare_lifecycle_batch()
        if not rows:
            result["batch"]["nodes"] = batch_sudo._prepare_lifecycle_batch_nodes()
        return result

    def _prepare_lifecycle_detail(self, line_id):
        """Return who and what, in one query: the waste, its producer and its contract."""
        [row] = self.env.execute_query_dict(SQL(
            """
            SELECT line.id, line.line_no, COALESCE(line.waste_name, line.name) AS waste_name,
                   code.code AS waste_code, category.code || ' ' || category.name AS category,
                   form.name AS physical_form, company.name AS company,
                   json_build_object('id', producer.id, 'name', producer.name) AS producer,
                   json_build_object('id', contract.id, 'name', contract.name) AS contract,
                   json_build_object('code', business.code, 'name', %(business_name)s) AS business,
                   (SELECT COALESCE(json_agg(json_build_object('code', hazard.code, 'name', hazard.name)
                                             ORDER BY hazard.sequence, hazard.code), '[]')
                      FROM sale_order_line_waste_hazard_rel rel
                      JOIN waste_hazard hazard ON hazard.id = rel.waste_hazard_id
                     WHERE rel.sale_order_line_id = line.id) AS hazards
              FROM sale_order_line line
              JOIN sale_order contract ON contract.id = line.order_id
              JOIN res_partner producer ON producer.id = contract.partner_id
              JOIN res_company company ON company.id = contract.company_id
         LEFT JOIN waste_business business ON business.id = contract.business_id
         LEFT JOIN waste_code code ON code.id = line.waste_code_id
         LEFT JOIN waste_category category ON category.id = line.category_id
         LEFT JOIN waste_physical_form form ON form.id = line.physical_form_id
             WHERE line.id = %(line)s
            """,
            line=line_id,
            business_name=self.env["waste.business"]._field_to_sql("business", "name"),
        ))
        return {key: value or "" for key, value in row.items()} | {"hazards": row["hazards"]}

    def _prepare_lifecycle_batches(self, line_id):
        """Return (the latest batches of the detail and always this one, number of all batches)."""
        domain = [("contract_line_id", "=", line_id)]
        fields = ["name", "inbound_at", "create_date", "package_count", "accepted_kg", "declared_kg", "state"]
        # Whoever may see this batch or its detail may see the others of it.
        batches = self.sudo().search_fetch(domain, fields, limit=BATCH_LIMIT, order="id desc")
        total = len(batches) if len(batches) < BATCH_LIMIT else self.sudo().search_count(domain)
        states = dict(self._fields["state"]._description_selection(self.env))
        return [
            {
                "id": batch.id,
                "name": batch.name,
                "date": str(batch.inbound_at or batch.create_date.replace(microsecond=0)),
                "packages": batch.package_count,
                "kg": batch.accepted_kg or batch.declared_kg,
                "state": batch.state,
                "state_label": states[batch.state],
            }
            for batch in batches | self.sudo()
        ], total

    def _prepare_lifecycle_batch(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        fields = (
            "name", "state", "package_count", "accepted_package_count", "declared_kg", "gate_kg",
            "refused_kg", "accepted_kg", "disposed_kg", "stock_kg",
        )
        return {"id": self.id, **{field: self[field] for field in fields}, "state_label": states[self.state]}

    def _get_node_labels(self):
        labels = [
            self.env._("Packed"), self.env._("Labelled"), self.env._("Loaded"), self.env._("Arrived"),
            self.env._("Weighed"), self.env._("Accepted"), self.env._("Stored"), self.env._("Converted"),
            self.env._("Issued"), self.env._("Disposed"),
        ]
        return dict(zip(NODES, labels, strict=True))

    def _get_lifecycle_words(self):
        """Return the words for states and kinds of events."""
        package, event, edge = (
            self.env[model] for model in ("waste.package", "waste.package.event", "waste.package.lineage")
        )
        return {
            "states": dict(package._fields["state"]._description_selection(self.env)),
            "kinds": {
                **dict(event._fields["kind"]._description_selection(self.env)),
                **dict(edge._fields["kind"]._description_selection(self.env)),
            },
        }

    @api.model
    @api.readonly
    def find_lifecycle(self, text):
        """Find what a number leads to: manifest, batch, package, digital code, contract, detail or pickup.

        A whole number goes before parts of numbers. Only what the user may read is found.

        :param str text: what was typed
        :return: list of dict ``kind``, ``name``, ``hint``, and where it leads: ``batch_id`` (and ``package_id``) or
            ``contract_line_id``
        :raise AccessError: when the user may not read batches
        """
        self = self._in_all_companies()
        self.check_access("read")
        text = (text or "").strip()
        if not text:
            return []
        exact = self._find_lifecycle_hits("=", text)
        return exact or (self._find_lifecycle_hits("ilike", text) if len(text) > 2 else [])

    def _in_all_companies(self):
        """Who types a number need not know whose it is: all companies of the user, not only those switched on."""
        return self.with_context(allowed_company_ids=self.env.user._get_company_ids())

    def _find_lifecycle_hits(self, operator, text):
        hits = []
        for kind, model, fields in SEARCHED:
            if not self.env[model].has_access("read"):
                continue
            domain = Domain.OR(Domain(field, operator, text) for field in fields)
            if model == "sale.order":
                domain &= Domain("business_id", "!=", False)
            for record in self.env[model].search(domain, limit=HIT_LIMIT):
                hits += getattr(self, f"_prepare_hits_{kind}")(record)
        # Several ways may lead to one batch; a package keeps its own.
        return list({
            (hit.get("batch_id"), hit.get("contract_line_id"), hit.get("package_id")): hit for hit in reversed(hits)
        }.values())[::-1]

    def _prepare_hits_batch(self, batch):
        waste = batch.contract_line_id.sudo().waste_name
        return [{
            "kind": "batch", "name": batch.name, "batch_id": batch.id,
            "hint": f"{batch.producer_id.sudo().name} · {waste or ''}",
        }]

    def _prepare_hits_package(self, package):
        return [{
            "kind": "package", "name": package.name, "batch_id": package.batch_id.id, "package_id": package.id,
            "hint": f"{package.producer_id.sudo().name} · {package.batch_id.sudo().name}",
        }]

    def _prepare_hits_manifest(self, manifest):
        batches = manifest.batch_id or manifest.pickup_id.batch_ids
        return [{**hit, "kind": "manifest", "name": manifest.name} for hit in self._prepare_hits_batches(batches)]

    def _prepare_hits_pickup(self, pickup):
        return [{**hit, "kind": "pickup", "name": pickup.name} for hit in self._prepare_hits_batches(pickup.batch_ids)]

    def _prepare_hits_batches(self, batches):
        return [
            {**self._prepare_hits_batch(batch)[0], "hint": f"{batch.name} · {batch.contract_line_id.sudo().waste_name}"}
            for batch in batches
        ]

    def _prepare_hits_detail(self, line):
        return [{
            "kind": "detail", "name": line.line_no, "contract_line_id": line.id,
            "hint": f"{line.order_id.sudo().partner_id.name} · {line.waste_name or ''}",
        }]

    def _prepare_hits_contract(self, contract):
        return [
            {**self._prepare_hits_detail(line)[0], "kind": "contract", "name": contract.name, "hint":
                f"{line.line_no} · {line.waste_name or ''}"}
            for line in contract.order_line.filtered("waste_name")
        ]
