from datetime import timedelta

from odoo import api, models

from odoo.addons.waste_track.const import CONVERSION_OF_EVENT, EVENT_KINDS
from odoo.addons.waste_track.models.waste_package import Edge

KINDS = {kind for kind, _label in EVENT_KINDS}

# Packages are packed weeks before WIM hears of them; only what happens on the way and in the plant can be late.
SOURCE_KINDS = {"PACKED", "LABELLED", "STORED_SRC"}
LATE_AFTER = timedelta(hours=1)


class WimEventPackage(models.AbstractModel):
    """Nodes of the life of packages: kept as they are told, never changed; the package is what they imply."""

    _name = "wim.event.package_event"
    _inherit = ["wim.event"]
    _description = "WIM Event: Package"

    @api.model
    def _apply(self, messages):
        payloads = [message.payload for message in messages]
        refs = {
            "lines": self._details({payload.get("line_no") for payload in payloads}),
            "batches": self._by_name("waste.batch", {payload.get("batch_no") for payload in payloads}),
            "packages": self._by_name("waste.package", {payload.get("package_no") for payload in payloads}),
            "packagings": self._by_code("waste.packaging", {payload.get("packaging_code") for payload in payloads}),
            "units": self._partners({payload.get("unit") for payload in payloads}),
            "methods": self._by_code("waste.disposal.method", {payload.get("method") for payload in payloads}),
            "reversed": self._events({payload.get("void_of") for payload in payloads}),
        }
        known = self._known_events(messages)
        keys, valid = set(), []
        for message in sorted(messages, key=lambda message: message.rank):
            if message.payload["kind"] not in KINDS:
                message.reject("value", "$.payload.kind", self.env._(
                    "%(value)s isn't a node in the life of a package.", value=message.payload["kind"],
                ))
            elif message.key in known:
                message.stale(self.env._(
                    "This node is recorded already; to correct it, send a reversing event under a key of its own.",
                ))
            else:
                known.add(message.key)
                valid.append(message)
        keys |= self._create_packages(valid, refs)
        valid, converted_keys = self._convert_packages(valid, refs)
        keys |= converted_keys
        vals_list, touched = [], set()
        for message in valid:
            if message.is_decided:
                continue
            package = self._find(message, refs["packages"], "package_no", "package")
            if not package or not self._may_reverse(message, refs["reversed"]):
                continue
            vals_list.append(self._prepare_event_values(message, package, refs))
            touched.add(package.id)
            message.done()
        self.env["waste.package.event"]._record(vals_list)
        self.env["waste.package"].browse(touched)._refresh()
        return keys | self._awaited_events(valid)

    @api.model
    def _known_events(self, messages):
        rows = self.env["waste.package.event"].search_fetch(
            [("external_key", "in", [message.key for message in messages])], ["external_key"],
        )
        return set(rows.mapped("external_key"))

    @api.model
    def _events(self, keys):
        """Return {key: id} of the events that these keys name."""
        keys = {key for key in keys if key}
        if not keys:
            return {}
        events = self.env["waste.package.event"].search_fetch([("external_key", "in", list(keys))], ["external_key"])
        return {event.external_key: event.id for event in events}

    @api.model
    def _may_reverse(self, message, events):
        """Let an event reverse another one (I-25), which may still be on its way; a conversion stays."""
        key = message.payload.get("void_of")
        if not key:
            return True
        if message.payload["kind"] in CONVERSION_OF_EVENT:
            message.reject("rule", "$.payload.void_of", self.env._(
                "A split, merge or repack can't be reversed by an event; convert the packages back instead.",
            ))
        elif key not in events:
            message.park(f"event:{key}")
        return not message.is_decided

    @api.model
    def _awaited_events(self, messages):
        """Return the keys of those events that reversing ones wait for."""
        waiting = self.env["wim.message"].search_fetch(
            [("state", "=", "parked"), ("event", "=", "package.event"), ("parked_on", "=like", "event:%")], ["parked_on"],
        )
        awaited = set(waiting.mapped("parked_on"))
        return {f"event:{message.key}" for message in messages if f"event:{message.key}" in awaited}

    @api.model
    def _create_packages(self, messages, refs):
        """Create the packages, and the batches, that were packed; a waste detail we don't know is waited for.

        :param messages: all that are told of packages
        :return: keys of what is new
        """
        births, told = {}, {}
        new_batches = {}
        for message in messages:
            payload = message.payload
            if payload.get("void_of"):
                continue
            told.setdefault(payload["package_no"], []).append(message)
            if payload["kind"] != "PACKED" or payload["package_no"] in refs["packages"] or payload["package_no"] in births:
                continue
            line = self._find(message, refs["lines"], "line_no", "line")
            if not line:
                continue
            batch = refs["batches"].get(payload["batch_no"])
            if batch and not self._of_company(message, batch, "batch_no"):
                continue
            if not batch:
                new_batches.setdefault(payload["batch_no"], line)
            births[payload["package_no"]] = message
        batches = self.env["waste.batch"].create([line._prepare_batch_values(name) for name, line in new_batches.items()])
        refs["batches"].update({batch.name: batch for batch in batches})
        packages = self.env["waste.package"].create([
            {**self._prepare_package_values(message, refs), **self._prepare_birth_values(told[number], refs)}
            for number, message in births.items()
        ])
        refs["packages"].update({package.name: package for package in packages})
        return {f"batch:{batch.name}" for batch in batches} | {f"package:{package.name}" for package in packages}

    @api.model
    def _prepare_package_values(self, message, refs):
        payload = message.payload
        batch = refs["batches"][payload["batch_no"]]
        packaging = self._find_code(message, refs["packagings"], "packaging_code")
        return {
            "name": payload["package_no"],
            "digital_code": payload.get("digital_code") or False,
            "batch_id": batch.id,
            "contract_line_id": batch.contract_line_id.id,
            "producer_id": batch.producer_id.id,
            "company_id": batch.company_id.id,
            "packaging_id": packaging.id if packaging else False,
        }

    @api.model
    def _prepare_birth_values(self, messages, refs):
        """Return what these messages make of a new package, so that `_refresh` finds nothing to write.

        Should it differ, as after a reversal, it wins. An UPDATE of each new package took a tenth of the job's time.
        """
        methods, none = refs["methods"], self.env["waste.disposal.method"]
        vals = self.env["waste.package"]._prepare_refresh_values([{
            "kind": message.payload["kind"],
            "occurred_at": message.occurred_at,
            "qty_kg": self._quantity(message.payload),
            "place": message.payload.get("place"),
            "method_id": methods.get(message.payload.get("method"), none).id,
        } for message in messages])
        return {**vals, "disposal_method_id": vals["disposal_method_id"].id}

    @api.model
    def _quantity(self, payload):
        return payload.get("net_kg") or payload.get("allocated_kg") or payload.get("qty_kg")

    @api.model
    def _convert_packages(self, messages, refs):
        """Make the new packages of splits, merges and repacks, source before target.

        :return: (the messages, keys of the new packages)
        """
        todo = [
            message for message in messages
            if message.payload["kind"] in CONVERSION_OF_EVENT and not message.payload.get("void_of") and not message.is_decided
        ]
        keys = set()
        while todo:
            ready = [message for message in todo if message.payload["package_no"] in refs["packages"]]
            if not ready:
                break
            todo = [message for message in todo if message.payload["package_no"] not in refs["packages"]]
            children = self.env["waste.package"]._convert([
                edge for message in ready if self._of_company(message, refs["packages"][message.payload["package_no"]], "package_no")
                for edge in self._conversion_edges(message, refs["packages"][message.payload["package_no"]])
            ])
            refs["packages"].update({child.name: child for child in children})
            keys |= {f"package:{child.name}" for child in children}
        return messages, keys

    @api.model
    def _conversion_edges(self, message, source):
        """Return the edges of a conversion.

        A split lists its targets with their weights; a merge names one target and its share; a repack moves everything.
        """
        target, payload = message.payload["to"], message.payload
        shares = [(target, payload.get("qty_kg"))] if isinstance(target, str) else target
        return [
            Edge(payload["kind"], payload["op_no"], message.occurred_at, source, name, quantity) for name, quantity in shares]

    @api.model
    def _prepare_event_values(self, message, package, refs):
        payload = message.payload
        method = self._find_code(message, refs["methods"], "method")
        unit = self._find_code(message, refs["units"], "unit")
        return {
            "package_id": package.id,
            "company_id": message.company.id,  # the package's, or it would be refused
            "kind": payload["kind"],
            "occurred_at": message.occurred_at,
            "recorded_at": message.sent_at,
            "is_late": payload["kind"] not in SOURCE_KINDS and message.sent_at - message.occurred_at >= LATE_AFTER,
            "unit_id": unit.id if unit else None,
            "place": payload.get("place"),
            "plate": payload.get("plate"),
            "qty_kg": self._quantity(payload) or 0,
            "method_id": method.id if method else None,
            "reason": payload.get("reason"),
            "op_no": payload.get("op_no"),
            "void_of_id": refs["reversed"].get(payload.get("void_of")),
            "external_key": message.key,
            "external_extra": message.extra or None,
        }
