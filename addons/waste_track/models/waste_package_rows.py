from collections import defaultdict
from fractions import Fraction

from odoo import models
from odoo.tools import SQL

from ..const import EVENT_RANK
from ..tools.mass import GRAM, kg
from ..tools.package_tree import draw_order, own_fractions, percentages

# Column of the life-cycle page -> the events that stand in it; the first ones give the cell its time,
# those in the second tuple are told in its details.
NODES = {
    "packed": (("PACKED",), ()),
    "labelled": (("LABELLED",), ("STORED_SRC",)),
    "loaded": (("LOADED",), ("DEPARTED",)),
    "arrived": (("ARRIVED",), ()),
    "weighed": (("WEIGHED",), ("SAMPLED",)),
    "accepted": (("ACCEPTED", "REFUSED"), ("RETURNED",)),
    "stored": (("WAREHOUSED",), ("MOVED",)),
    "converted": (("SPLIT", "MERGED", "REPACKED"), ()),
    "issued": (("ISSUED", "SHIPPED_OUT"), ()),
    "disposed": (("DISPOSED", "FINAL_DISPOSED", "EXCEPTION"), ("CERTIFIED",)),
}
_NODE_OF_KIND = {kind: (node, at) for node, kinds in NODES.items() for at in (0, 1) for kind in kinds[at]}
# What a package still has to pass; a conversion is no duty.
_DUTIES = [node for node in NODES if node != "converted"]
_NO_DUTIES = {"refused", "returned", "split", "merged", "repacked", "disposed", "certified", "lost"}
# The filter under which a package is found.
_GROUP_OF_STATE = {
    "warehoused": "stored", "issued": "stored", "accepted": "stored",
    "disposed": "disposed", "certified": "disposed",
    "refused": "refused", "returned": "refused", "lost": "refused",
    "split": "converted", "merged": "converted", "repacked": "converted",
}
_ALERT_KINDS = {"REFUSED", "EXCEPTION"}


class WasteBatch(models.Model):
    """The rows of the life-cycle page: every package of a batch, and what became of it."""

    _inherit = "waste.batch"

    def _prepare_lifecycle_rows(self, for_producer=False):
        """Return the packages of this batch and all that was made of them, in drawing order.

        Four queries, whatever the number of packages.

        :param for_producer: leave out whose the other sources of a mixed package are
        :return: (list of rows, {kind of name: {id: name}})
        """
        self.ensure_one()
        packages = {row["id"]: row for row in self._fetch_lifecycle_packages()}
        edges = self._fetch_lifecycle_edges(list(packages)) if packages else []
        inner = [(edge["from_id"], edge["to_id"]) for edge in edges if edge["from_id"] in packages]
        order = draw_order({key: row["name"] for key, row in packages.items()}, inner)
        parents, children = defaultdict(list), defaultdict(list)
        for edge in edges:
            parents[edge["to_id"]].append(edge)
            children[edge["from_id"]].append(edge)
        own = own_fractions(
            [package for package, _depth in order],
            {to: [(edge["from_id"], edge["qty_kg"]) for edge in into] for to, into in parents.items()},
        )
        events = self._fetch_lifecycle_events(list(packages)) if packages else []
        cells = self._prepare_lifecycle_cells(packages, events)
        readable = set() if for_producer else self._get_readable_sources(edges, packages)
        rows = []
        for package, depth in order:
            into, out = parents[package], children[package]
            row = {**packages[package], "depth": depth, "cells": cells[package]}
            if into:
                made = into[-1]
                row["made"] = {"kind": made["kind"], "op": made["op_no"], "at": str(made["op_at"])}
                own_cell = row["cells"].setdefault("converted", {**row["made"], "status": "made"})
                if own_cell["status"] != "made":
                    own_cell.setdefault("more", []).append({**row["made"], "status": "made"})
            if for_producer and own[package] != 1:
                # The weights of a mixture tell what the others put in.
                for cell in row["cells"].values():
                    cell.pop("kg", None)
            rows.append({
                **row,
                "group": _GROUP_OF_STATE.get(row["state"], "moving"),
                "pending": [] if out else self._get_pending_nodes(row),
                "parents": [edge["from_id"] for edge in into if edge["from_id"] in packages],
                "children": [
                    {"id": edge["to_id"], "kg": edge["qty_kg"], "percent": percent}
                    for edge, percent in zip(out, percentages([edge["qty_kg"] for edge in out]), strict=True)
                ],
                "own_kg": float(self._part(row["accepted_kg"], own[package])),
                "own_percent": round(float(own[package] * 100), 1),
                "sources": self._prepare_lifecycle_sources(into, packages, own, readable, for_producer),
            })
        names = self._fetch_lifecycle_names(packages.values(), events)
        return rows, names

    # --- reading ---

    def _fetch_lifecycle_packages(self):
        """Return this batch's packages and all that came of them, also where it counts to another batch."""
        return self.env.execute_query_dict(SQL(
            """
            WITH RECURSIVE own(id) AS (
                SELECT id FROM waste_package WHERE batch_id = %(batch)s
                 UNION
                SELECT edge.to_package_id
                  FROM own JOIN waste_package_lineage edge ON edge.from_package_id = own.id
            )
            SELECT package.id, package.name, package.digital_code, package.packaging_id, package.state, package.place,
                   package.declared_kg, package.allocated_kg, package.accepted_kg,
                   package.batch_id = %(batch)s AS is_home
              FROM own JOIN waste_package package ON package.id = own.id
            """,
            batch=self.id,
        ))

    def _fetch_lifecycle_edges(self, package_ids):
        """Return the conversions that made some of the packages, with the sources of other batches."""
        return self.env.execute_query_dict(SQL(
            """
            SELECT edge.op_no, edge.kind, edge.op_at, edge.qty_kg,
                   edge.from_package_id AS from_id, edge.to_package_id AS to_id,
                   source.name AS source_name, source.batch_id AS source_batch_id, batch.name AS source_batch_name
              FROM waste_package_lineage edge
              JOIN waste_package source ON source.id = edge.from_package_id
              JOIN waste_batch batch ON batch.id = source.batch_id
             WHERE edge.to_package_id = ANY(%(ids)s)
             ORDER BY edge.op_at, source.name, edge.id
            """,
            ids=package_ids,
        ))

    def _fetch_lifecycle_events(self, package_ids):
        """Return the events that were not reversed, oldest first."""
        rows = self.env.execute_query_dict(SQL(
            """
            SELECT event.package_id, event.kind, event.occurred_at, event.recorded_at, event.is_late, event.unit_id,
                   event.place, event.plate, event.qty_kg, event.method_id, event.reason, event.op_no
              FROM waste_package_event event
             WHERE event.package_id = ANY(%(ids)s)
               AND event.void_of_id IS NULL
               AND NOT EXISTS (SELECT FROM waste_package_event reverse WHERE reverse.void_of_id = event.id)
            """,
            ids=package_ids,
        ))
        rows.sort(key=lambda row: (row["occurred_at"], EVENT_RANK[row["kind"]]))
        return rows

    def _fetch_lifecycle_names(self, packages, events):
        """Return the names behind the ids of the rows, each once."""
        wanted = {
            "units": {event["unit_id"] for event in events if event["unit_id"]},
            "methods": {event["method_id"] for event in events if event["method_id"]},
            "packagings": {package["packaging_id"] for package in packages if package["packaging_id"]},
        }
        names = {key: {} for key in wanted}
        for key, record_id, name in self.env.execute_query(SQL(
            """
            SELECT 'units', id, name FROM res_partner WHERE id = ANY(%(units)s)
             UNION ALL SELECT 'methods', id, code || ' ' || name FROM waste_disposal_method WHERE id = ANY(%(methods)s)
             UNION ALL SELECT 'packagings', id, name FROM waste_packaging WHERE id = ANY(%(packagings)s)
            """,
            **{key: list(ids) for key, ids in wanted.items()},
        )):
            names[key][record_id] = name
        return names

    def _get_readable_sources(self, edges, packages):
        """Return the ids of foreign sources whose batch the user may read."""
        foreign = {edge["from_id"]: edge["source_batch_id"] for edge in edges if edge["from_id"] not in packages}
        if not foreign:
            return set()
        batches = set(self.search([("id", "in", list(set(foreign.values())))])._ids)
        return {source for source, batch in foreign.items() if batch in batches}

    # --- building ---

    def _prepare_lifecycle_cells(self, packages, events):
        """Return {package id: {node: cell}}."""
        cells = {package: {} for package in packages}
        for event in events:
            node, is_detail = _NODE_OF_KIND[event["kind"]]
            cell = {"kind": event["kind"], "at": str(event["occurred_at"])}
            if event["is_late"]:
                cell["recorded_at"] = str(event["recorded_at"])
            for key, field in (
                ("unit", "unit_id"), ("place", "place"), ("plate", "plate"), ("kg", "qty_kg"),
                ("method", "method_id"), ("reason", "reason"), ("op", "op_no"),
            ):
                if event[field]:
                    cell[key] = event[field]
            row = cells[event["package_id"]]
            if is_detail:
                # A detail may come without its main event: it then holds the place of it.
                main = row.setdefault(node, {"kind": cell["kind"], "at": cell["at"], "status": "done"})
                main.setdefault("more", []).append(cell)
                continue
            if event["kind"] in _ALERT_KINDS:
                cell["status"] = "refused"
            else:
                cell["status"] = "late" if event["is_late"] else "done"
            former = row.get(node)
            if former:
                # What happened twice is shown with its last time; the earlier ones stay in the details.
                more = former.pop("more", [])
                cell["more"] = more if former["kind"] in NODES[node][1] else [former, *more]
            row[node] = cell
        return cells

    def _get_pending_nodes(self, row):
        """Return the nodes that this package has still to pass."""
        if row["state"] in _NO_DUTIES:
            return []
        done = [at for at, node in enumerate(_DUTIES) if node in row["cells"]]
        last = max(done, default=-1)
        if "made" in row:
            # What a conversion made lies in the store already.
            last = max(last, _DUTIES.index("stored"))
        return _DUTIES[last + 1:]

    def _prepare_lifecycle_sources(self, into, packages, own, readable, for_producer):
        """Return what a package was made of, as percentages that add up to 100.

        Sources that the viewer may not read are one share without a name.
        """
        if not into:
            return []
        total = sum(kg(edge["qty_kg"]) for edge in into)
        if for_producer:
            mine = sum(
                (self._part(edge["qty_kg"], own.get(edge["from_id"], 0)) for edge in into), kg(0))
            shares = [{"kg": float(mine), "is_own": True}]
            if mine != total:
                shares.append({"kg": float(total - mine), "is_own": False})
        else:
            shares = [
                {
                    "id": edge["from_id"], "name": edge["source_name"], "kg": edge["qty_kg"],
                    "is_own": edge["from_id"] in packages,
                    "batch_id": edge["source_batch_id"], "batch_name": edge["source_batch_name"],
                }
                for edge in into if edge["from_id"] in packages or edge["from_id"] in readable
            ]
            hidden = total - sum(kg(share["kg"]) for share in shares)
            if hidden:
                shares.append({"kg": float(hidden), "is_own": False})
        for share, percent in zip(shares, percentages([share["kg"] for share in shares]), strict=True):
            share["percent"] = percent
        return shares

    def _part(self, quantity, fraction):
        """Return a fraction of a weight, to the gram."""
        return round(Fraction(kg(quantity)) * fraction / Fraction(GRAM)) * GRAM
