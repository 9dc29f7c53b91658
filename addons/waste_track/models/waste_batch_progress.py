from datetime import datetime

from odoo import fields, models
from odoo.tools import SQL

from ..tools.mass import kg
from .waste_pickup_actions import WAITING

# Contract states that are over without having been fulfilled, and those in which it binds.
_BROKEN_CONTRACT = ("terminated", "cancelled")
_SIGNED_CONTRACT = ("active", "expired")
_AT_PLANT = ("arrived", "weighed", "done")
# A batch can lie in dozens of places; the packages tell each one.
_SHOWN_PLACES = 3


class WasteBatch(models.Model):
    """The strip at the top of the life-cycle page: how far a batch has come, and what is known of each step."""

    _inherit = "waste.batch"

    def _lifecycle_progress(self):
        """Return the steps of this batch, from contract to disposal. To override: rooms of money add theirs.

        Runs in superuser mode, after the batch was checked. Use `_lifecycle_facts` to leave out facts without a
        value. For the producer's own page the context key ``lifecycle_for_producer`` is set: persons are masked.

        :return: list of dict ``key``, ``sequence`` (order on the page), ``label``, ``state`` ('done', 'doing', 'todo'
            or 'alert'), ``date`` (text of a UTC time, of a day, or False), ``text``, ``facts`` (list of [label, value])
        """
        self.ensure_one()
        course = self._fetch_lifecycle_course()
        return [
            self._lifecycle_contract_step(),
            self._lifecycle_pickup_step(course),
            self._lifecycle_storage_step(course),
            self._lifecycle_disposal_step(course),
        ]

    def _fetch_lifecycle_course(self):
        """Return the documents of this batch in one query, so that the page leaves room for those of other rooms.

        :return: dict ``pickup`` and ``weighing`` (dict or None), ``manifests``, ``inbounds``, ``disposals``, ``labs``
            (lists of dict), ``places`` (list of text); times as naive UTC datetimes
        """
        self.env.flush_all()
        [row] = self.env.execute_query_dict(SQL(
            """
            SELECT
                (SELECT row_to_json(x) FROM (
                    SELECT pickup.name, pickup.state, pickup.planned_at, pickup.loaded_at, pickup.vehicle_plate,
                           pickup.driver_name, carrier.name AS carrier
                      FROM waste_pickup pickup LEFT JOIN res_partner carrier ON carrier.id = pickup.carrier_id
                     WHERE pickup.id = %(pickup)s) x) AS pickup,
                (SELECT row_to_json(x) FROM (
                    SELECT plate, gross_kg, tare_kg, net_kg, first_weighed_at, second_weighed_at
                      FROM waste_weighing WHERE pickup_id = %(pickup)s
                     ORDER BY second_weighed_at DESC, id DESC LIMIT 1) x) AS weighing,
                (SELECT json_agg(x) FROM (
                    SELECT name, out_kg, has_major_difference AND difference_answer IS NULL AS is_answer_due
                      FROM waste_manifest WHERE batch_id = %(batch)s AND state != 'voided' ORDER BY name) x) AS manifests,
                (SELECT json_agg(x) FROM (
                    SELECT name, location, difference_reason
                      FROM waste_inbound WHERE batch_id = %(batch)s ORDER BY inbound_at, name) x) AS inbounds,
                (SELECT json_agg(DISTINCT event.place)
                   FROM waste_package_event event JOIN waste_package package ON package.id = event.package_id
                  WHERE package.batch_id = %(batch)s AND event.kind = 'WAREHOUSED' AND event.place IS NOT NULL) AS places,
                (SELECT json_agg(x) FROM (
                    SELECT disposal.started_at, disposal.finished_at, method.code || ' ' || method.name AS method
                      FROM waste_disposal disposal LEFT JOIN waste_disposal_method method ON method.id = disposal.method_id
                     WHERE disposal.batch_id = %(batch)s ORDER BY disposal.finished_at) x) AS disposals,
                (SELECT json_agg(DISTINCT method.code || ' ' || method.name)
                   FROM waste_package package JOIN waste_disposal_method method ON method.id = package.disposal_method_id
                  WHERE package.batch_id = %(batch)s) AS methods,
                (SELECT json_agg(x) FROM (
                    SELECT is_qualified, items
                      FROM waste_lab WHERE batch_id = %(batch)s ORDER BY tested_at DESC, id DESC) x) AS labs
            """,
            batch=self.id, pickup=self.pickup_id.id or None,
        ))
        course = {key: value if key in ("pickup", "weighing") else value or [] for key, value in row.items()}
        for document in (course["pickup"], course["weighing"], *course["disposals"]):
            for key in document or ():
                if key.endswith("_at") and document[key]:
                    document[key] = datetime.fromisoformat(document[key]).replace(microsecond=0)
        return course

    def _lifecycle_contract_step(self):
        contract = self.contract_id
        state = contract.contract_state
        period = self.env._(
            "%(start)s to %(end)s",
            start=self._lifecycle_day(contract.date_start), end=self._lifecycle_day(contract.date_end),
        ) if contract.date_start and contract.date_end else ""
        return {
            "key": "contract",
            "sequence": 10,
            "label": self.env._("Contract"),
            "state": "alert" if state in _BROKEN_CONTRACT else "done" if state in _SIGNED_CONTRACT else "doing",
            "date": str(contract.date_signed or contract.date_start or "") or False,
            "text": self._lifecycle_word(contract, "contract_state", state),
            "facts": self._lifecycle_facts(
                (self.env._("Contract No."), contract.name),
                (self.env._("Signed"), self._lifecycle_day(contract.date_signed)),
                (self.env._("Period"), period),
            ),
        }

    def _lifecycle_pickup_step(self, course):
        pickup, manifests, weighing = course["pickup"], course["manifests"], course["weighing"] or {}
        step = {"key": "pickup", "sequence": 20, "label": self.env._("Pickup & Transport")}
        if not pickup:
            return {**step, "state": "todo", "date": False, "text": self.env._("No pickup yet"), "facts": []}
        state = "done" if pickup["state"] in _AT_PLANT or self.inbound_at else "doing"
        text = self._lifecycle_word(self.env["waste.pickup"], "state", pickup["state"])
        if any(manifest["is_answer_due"] for manifest in manifests):
            state, text = "alert", self.env._("Major difference to answer")
        elif pickup["state"] in ("cancelled", "failed"):
            state = "alert"
        elif pickup["state"] in WAITING and pickup["planned_at"] < fields.Datetime.now() and not self.inbound_at:
            state, text = "alert", self.env._("Overdue")
        driver = pickup["driver_name"] or ""
        if self.env.context.get("lifecycle_for_producer"):
            driver = driver and f"{driver[:1]}**"
        weights = weighing and " / ".join(
            self._lifecycle_number(weighing[field]) for field in ("gross_kg", "tare_kg", "net_kg"))
        return {
            **step,
            "state": state,
            "date": str(pickup["loaded_at"] or weighing.get("first_weighed_at") or pickup["planned_at"]),
            "text": text,
            "facts": self._lifecycle_facts(
                (self.env._("Manifest No."), ", ".join(manifest["name"] for manifest in manifests)),
                (self.env._("Vehicle"), " · ".join(filter(None, (pickup["vehicle_plate"] or weighing.get("plate"), driver)))),
                (self.env._("Carrier"), pickup["carrier"]),
                (self.env._("Planned"), self._lifecycle_time(pickup["planned_at"])),
                (self.env._("Shipped"), self._lifecycle_kg(sum(manifest["out_kg"] or 0 for manifest in manifests))),
                (self.env._("Gross / tare / net"), weights and f"{weights} kg"),
                (self.env._("Pickup No."), pickup["name"]),
            ),
        }

    def _lifecycle_storage_step(self, course):
        inbounds = course["inbounds"]
        shipped = sum((kg(manifest["out_kg"]) for manifest in course["manifests"]), kg(0)) or kg(self.declared_kg)
        arrived = kg(self.gate_kg)
        difference = ""
        if inbounds and shipped:
            difference = self.env._(
                "%(kg)s kg (%(percent)s %%)",
                kg=self._lifecycle_number(arrived - shipped, sign="+"),
                percent=f"{(arrived - shipped) / shipped * 100:+.2f}",
            )
        state = "done" if self.inbound_at else "doing" if self.gate_kg or self.state == "moving" else "todo"
        return {
            "key": "storage",
            "sequence": 30,
            "label": self.env._("Storage"),
            "state": state,
            "date": str(self.inbound_at) if self.inbound_at else False,
            "text": {
                "done": self.env._("Stored"),
                "doing": self.env._("At the gate") if self.gate_kg else self.env._("On the way"),
                "todo": self.env._("Not stored yet"),
            }[state],
            "facts": self._lifecycle_facts(
                (self.env._("Place"), self._lifecycle_places(course)),
                (self.env._("Weighed in"), self._lifecycle_kg(self.gate_kg)),
                (self.env._("Difference"), difference),
                (self.env._("Reason"), self._lifecycle_list(inbound["difference_reason"] for inbound in inbounds)),
                (self.env._("Refused"), self._lifecycle_kg(self.refused_kg)),
                (self.env._("Accepted"), self._lifecycle_kg(self.accepted_kg)),
                (self.env._("Packages"), str(self.accepted_package_count or "")),
                (self.env._("Inbound No."), self._lifecycle_list(inbound["name"] for inbound in inbounds)),
            ),
        }

    def _lifecycle_places(self, course):
        """Return where the batch was put: as its inbounds say, else as its packages do."""
        places = self._lifecycle_list(inbound["location"] for inbound in course["inbounds"])
        shown = course["places"][:_SHOWN_PLACES]
        if places or not shown:
            return places
        if len(shown) < len(course["places"]):
            return self.env._(
                "%(places)s and %(count)s more", places=", ".join(shown), count=len(course["places"]) - len(shown))
        return ", ".join(shown)

    def _lifecycle_disposal_step(self, course):
        disposals, lab = course["disposals"], course["labs"][:1]
        state = {"disposed": "done", "part": "doing"}.get(self.state, "todo")
        last = self.disposed_at or max((disposal["finished_at"] for disposal in disposals), default=False)
        quality = results = ""
        if lab:
            quality = self.env._("Qualified") if lab[0]["is_qualified"] else self.env._("Not qualified")
            results = " · ".join(f"{item} {value:g} {unit}".strip() for item, value, unit in lab[0]["items"] or [])
        return {
            "key": "disposal",
            "sequence": 40,
            "label": self.env._("Disposal"),
            "state": state,
            "date": str(last) if last else False,
            "text": {
                "done": self.env._("All disposed of"),
                "doing": self.env._("Partly disposed of"),
                "todo": self.env._("Not disposed of yet"),
            }[state],
            "facts": self._lifecycle_facts(
                (self.env._("Disposed"), self._lifecycle_kg(self.disposed_kg)),
                (self.env._("In storage"), self._lifecycle_kg(self.stock_kg) if self.inbound_at else ""),
                (self.env._("Method"), self._lifecycle_list(
                    [*(disposal["method"] for disposal in disposals), *course["methods"]])),
                (self.env._("Lab"), quality),
                (self.env._("Results"), results),
            ),
        }

    def _prepare_lifecycle_batch_nodes(self):
        """Return the nodes of a batch whose bins nobody named one by one: only the batch is weighed and dated.

        :return: list of dict ``label``, ``at`` (text of a UTC time, or False), ``fact``
        """
        course = self._fetch_lifecycle_course()
        pickup, weighing, disposals = course["pickup"] or {}, course["weighing"] or {}, course["disposals"]
        started = min((each["started_at"] for each in disposals if each["started_at"]), default=None)
        # Nodes that few plants report are shown only when they were.
        optional = (
            (self.env._("Loaded"), pickup.get("loaded_at"), pickup.get("vehicle_plate")),
            (self.env._("Disposal started"), started, ""),
        )
        nodes = [
            (self.env._("Planned"), pickup.get("planned_at"), pickup.get("name")),
            (self.env._("Weighed"), weighing.get("second_weighed_at"), self._lifecycle_kg(weighing.get("net_kg"))),
            (self.env._("Stored"), self.inbound_at, self._lifecycle_kg(self.accepted_kg)),
            (
                self.env._("Disposed"), max((each["finished_at"] for each in disposals), default=None),
                self._lifecycle_kg(self.disposed_kg),
            ),
        ]
        for place, node in ((1, optional[0]), (-1, optional[1])):
            if node[1]:
                nodes.insert(place, node)
        return [{"label": label, "at": str(at) if at else False, "fact": fact or ""} for label, at, fact in nodes]

    # --- words and numbers ---

    def _lifecycle_word(self, records, field, value):
        return dict(records._fields[field]._description_selection(self.env))[value]

    def _lifecycle_facts(self, *facts):
        """Return the facts that have a value, as [label, value]."""
        return [[label, value] for label, value in facts if value]

    def _lifecycle_list(self, values):
        return ", ".join(dict.fromkeys(value for value in values if value))

    def _lifecycle_number(self, weight, sign=""):
        return f"{kg(weight):{sign if weight else ''},f}".rstrip("0").rstrip(".")

    def _lifecycle_kg(self, weight):
        return f"{self._lifecycle_number(weight)} kg" if weight else ""

    def _lifecycle_day(self, day):
        return str(day) if day else ""

    def _lifecycle_time(self, at):
        return fields.Datetime.context_timestamp(self, at).strftime("%Y-%m-%d %H:%M") if at else ""
