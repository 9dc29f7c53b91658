from collections import defaultdict, namedtuple
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import CONVERSION_OF_EVENT, DISPOSED_STATES, EVENT_RANK, PACKAGE_STATES, STATE_OF_EVENT
from ..tools.mass import kg, shares

# What one package gives to another in a conversion: `kind` is SPLIT, MERGED or REPACKED, `target` the number of the package
# that it becomes (a part of), `quantity_kg` a Decimal or None for all of it.
Edge = namedtuple("Edge", ["kind", "op_no", "op_at", "source", "target", "quantity_kg"])


class WastePackage(models.Model):
    """One drum, bag or bin of waste; what it is now is what its events and conversions imply."""

    _name = "waste.package"
    _description = "Package"
    _order = "batch_id desc, name"
    _rec_names_search = ["name", "digital_code"]

    name = fields.Char("Package No.", required=True, copy=False, index="trigram")
    digital_code = fields.Char(
        "Digital Code", size=37, copy=False, index="btree_not_null",
        help="数字识别码 (HJ 1276): credit code, waste code, date and serial number.",
    )
    batch_id = fields.Many2one("waste.batch", "Batch", required=True, index=True, ondelete="restrict")
    # Copies of the batch's, so that the pages of millions of packages need no join.
    contract_line_id = fields.Many2one("sale.order.line", "Waste Detail", index="btree_not_null")
    producer_id = fields.Many2one("res.partner", "Producer", required=True, index=True)
    company_id = fields.Many2one("res.company", "Operating Company", required=True, index=True)
    packaging_id = fields.Many2one("waste.packaging", "Packaging")
    declared_kg = fields.Float("Declared (kg)", digits=(16, 3))
    allocated_kg = fields.Float(
        "Weighed (kg)", digits=(16, 3), help="Its part of the weight on the scale of the plant.",
    )
    accepted_kg = fields.Float("Accepted (kg)", digits=(16, 3))
    state = fields.Selection(PACKAGE_STATES, required=True, default="packed", index=True)
    packed_at = fields.Datetime("Packed")
    last_event_at = fields.Datetime("Last Node")
    place = fields.Char("Place")
    disposed_at = fields.Datetime("Disposed")
    disposal_method_id = fields.Many2one("waste.disposal.method", "Disposal Method")
    event_ids = fields.One2many("waste.package.event", "package_id", "Events")
    parent_edge_ids = fields.One2many("waste.package.lineage", "to_package_id", "Made From")
    child_edge_ids = fields.One2many("waste.package.lineage", "from_package_id", "Became")

    _name_uniq = models.Constraint("UNIQUE(name)", "A package with this number exists already.")
    _digital_code_uniq = models.UniqueIndex(
        "(digital_code) WHERE digital_code IS NOT NULL", "A package with this digital code exists already.",
    )

    # === BUSINESS METHODS === #

    def _refresh(self):
        """Recompute packages, and what was made of them, from the events; their batches follow.

        The result depends on the set of events alone, not on the order in which they came.
        """
        todo, touched = self, self
        while todo:
            todo._refresh_own()
            edges = todo.child_edge_ids
            for edge in edges.filtered(lambda edge: edge.kind == "repack"):
                # A repack moves everything; its event names no quantity.
                if kg(edge.qty_kg) != kg(edge.from_package_id.accepted_kg):
                    edge.qty_kg = edge.from_package_id.accepted_kg
            todo = edges.to_package_id
            touched |= todo
        touched._get_origin_batches()._refresh_later()

    def _refresh_own(self):
        """Recompute the packages' own figures from their events and from the edges that made them."""
        self.env["waste.package.lineage"].flush_model()
        events = defaultdict(list)
        for row in self.env["waste.package"]._read_events(self.ids):
            events[row["package_id"]].append(row)
        # Packages of one vehicle have much in common: what changes alike is written together.
        alike = defaultdict(list)
        for package in self:
            vals = package._prepare_refresh_values(events[package.id])
            changed = tuple((name, value) for name, value in vals.items() if package[name] != value)
            if changed:
                alike[changed].append(package.id)
        for changed, package_ids in alike.items():
            self.browse(package_ids).write(dict(changed))

    def _prepare_refresh_values(self, events):
        """Return what the events say of this package; without a record, of one that is to be created."""
        vals = {
            "state": "packed", "place": False, "packed_at": False, "last_event_at": False,
            "disposed_at": False, "disposal_method_id": self.env["waste.disposal.method"],
        }
        edges = self.parent_edge_ids
        if edges:
            vals["declared_kg"] = float(sum(kg(edge.qty_kg) for edge in edges))
            vals["accepted_kg"] = vals["allocated_kg"] = vals["declared_kg"]
            vals["state"] = "warehoused"
            vals["last_event_at"] = max(edges.mapped("op_at"))
        is_accepted = bool(edges)
        for event in sorted(events, key=lambda event: (event["occurred_at"], EVENT_RANK[event["kind"]])):
            kind = event["kind"]
            if kind == "PACKED":
                vals["packed_at"] = event["occurred_at"]
                if event["qty_kg"] and not edges:
                    vals["declared_kg"] = float(event["qty_kg"])
            elif kind == "WEIGHED" and event["qty_kg"] and not edges:
                vals["allocated_kg"] = float(event["qty_kg"])
            elif kind in ("ACCEPTED", "REFUSED"):
                is_accepted = kind == "ACCEPTED"
            elif kind in ("DISPOSED", "FINAL_DISPOSED"):
                vals["disposed_at"] = event["occurred_at"]
                vals["disposal_method_id"] = self.env["waste.disposal.method"].browse(event["method_id"])
            vals["state"] = STATE_OF_EVENT[kind]
            vals["last_event_at"] = event["occurred_at"]
            vals["place"] = event["place"] or vals["place"]
        if not edges:
            # A weight whose event was reversed is gone.
            vals.setdefault("allocated_kg", 0.0)
            vals["accepted_kg"] = vals["allocated_kg"] if is_accepted else 0.0
        return vals

    def _read_events(self, package_ids):
        """Return the events of packages that were not reversed, as dicts."""
        self.env["waste.package.event"].flush_model()
        return self.env.execute_query_dict(SQL(
            """
            SELECT e.package_id, e.kind, e.occurred_at, e.qty_kg, e.place, e.method_id
              FROM waste_package_event e
             WHERE e.package_id = ANY(%s)
               AND e.void_of_id IS NULL
               AND NOT EXISTS (SELECT FROM waste_package_event r WHERE r.void_of_id = e.id)
            """,
            list(package_ids),
        ))

    @api.model
    def _convert(self, edges):
        """Record that packages became others, and create the new ones that nobody named yet.

        :param edges: list of :class:`Edge`; one that is recorded already is left alone
        :return: the target packages
        """
        targets = {package.name: package for package in self.search([("name", "in", [edge.target for edge in edges])])}
        births = {}
        for edge in edges:
            if edge.target not in targets and edge.target not in births:
                births[edge.target] = edge.source._prepare_child_values(edge.target, edge.kind)
        targets.update({package.name: package for package in self.create(list(births.values()))})
        lineage = self.env["waste.package.lineage"]
        known = {
            (edge.op_no, edge.from_package_id.id, edge.to_package_id.id)
            for edge in lineage.search([("op_no", "in", list({edge.op_no for edge in edges}))])
        }
        new = {}
        for edge in edges:
            key = (edge.op_no, edge.source.id, targets[edge.target].id)
            if key not in known:
                new.setdefault(key, {
                    "op_no": edge.op_no,
                    "kind": CONVERSION_OF_EVENT[edge.kind],
                    "op_at": edge.op_at,
                    "from_package_id": edge.source.id,
                    "to_package_id": targets[edge.target].id,
                    "company_id": edge.source.company_id.id,
                    "qty_kg": float(edge.source.accepted_kg if edge.quantity_kg is None else edge.quantity_kg),
                })
        lineage.create(list(new.values()))
        children = self.browse([package.id for package in targets.values()])
        for child in children:
            # A mixed package belongs to the batch of its first source; the shares of the others are its edges.
            home = min(child.parent_edge_ids.from_package_id, key=lambda package: package.name)
            if child.batch_id != home.batch_id:
                child._move_home(home)
        return children

    def _move_home(self, source):
        """Let this mixed package, and what is known of its disposal, belong to the batch of ``source``."""
        self.write(source._prepare_home_values())
        self.env["waste.disposal"].search([("package_id", "=", self.id)]).batch_id = source.batch_id

    def _prepare_child_values(self, name, kind):
        """Return the values of a package made of this one; only a repack keeps the kind of container we know."""
        return {
            **self._prepare_home_values(),
            "name": name,
            "packaging_id": self.packaging_id.id if kind == "REPACKED" else False,
            "state": "warehoused",
        }

    def _prepare_home_values(self):
        return {
            "batch_id": self.batch_id.id,
            "contract_line_id": self.contract_line_id.id,
            "producer_id": self.producer_id.id,
            "company_id": self.company_id.id,
        }

    def _get_origin_batches(self):
        """Return the batches that these packages, or what they were made of, came with."""
        batches, todo = self.batch_id, self
        while todo:
            todo = todo.parent_edge_ids.from_package_id
            batches |= todo.batch_id
        return batches

    def _get_ended_kg(self):
        """Return how much of each package has come to its end, through all conversions.

        A share of a mixed package ends when the mixed package ends; fractions of repeated
        mixing are divided exactly, the last share taking the rest (I-23).

        :return: {package id: (Decimal kilograms disposed of, datetime of the last disposal or False)}
        """
        result = {}
        for package in self:
            result[package.id] = package._follow_to_end(kg(package.accepted_kg))
        return result

    def _follow_to_end(self, quantity):
        """Follow ``quantity`` kilograms of this package down the conversions.

        :return: (Decimal kilograms disposed of, datetime of the last disposal or False)
        """
        edges = self.child_edge_ids
        if not edges:
            return (quantity, self.disposed_at) if self.state in DISPOSED_STATES else (Decimal(0), False)
        weights = [kg(edge.qty_kg) for edge in edges]
        if not sum(weights):
            return Decimal(0), False
        ends = [
            edge.to_package_id._follow_to_end(part)
            for edge, part in zip(edges, shares(quantity, weights), strict=True)
        ]
        return sum(end[0] for end in ends), max((end[1] for end in ends if end[1]), default=False)
