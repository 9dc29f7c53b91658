from odoo import models
from odoo.tools.misc import format_date, format_datetime

from ..tools.mass import kg

# Contract states that are over without having been fulfilled.
_BROKEN_CONTRACT = ("terminated", "cancelled")
_SIGNED_CONTRACT = ("active", "expired")
_GONE_PICKUP = ("arrived", "weighed", "done")
# A batch can lie in dozens of places; the packages tell each one.
SHOWN_PLACES = 3


class WasteBatch(models.Model):
    """The strip at the top of the life-cycle page: how far a batch has come, and what is known of each step."""

    _inherit = "waste.batch"

    def _lifecycle_progress(self):
        """Return the steps of this batch, from contract to disposal. To override: rooms of money add theirs.

        Runs in superuser mode, after the batch was checked. A fact without a value is left out with
        `_lifecycle_facts`; persons are masked when the context key ``lifecycle_for_producer`` is set.

        :return: list of dict ``key``, ``sequence`` (order on the page), ``label``, ``state`` ('done', 'doing', 'todo'
            or 'alert'), ``date`` (text of a UTC time, of a day, or False), ``text``, ``facts`` (list of [label, value])
        """
        self.ensure_one()
        return [
            self._lifecycle_contract_step(),
            self._lifecycle_pickup_step(),
            self._lifecycle_storage_step(),
            self._lifecycle_disposal_step(),
        ]

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
            "text": dict(contract._fields["contract_state"]._description_selection(self.env))[state],
            "facts": self._lifecycle_facts(
                (self.env._("Contract No."), contract.name),
                (self.env._("Signed"), self._lifecycle_day(contract.date_signed)),
                (self.env._("Period"), period),
            ),
        }

    def _lifecycle_pickup_step(self):
        pickup, manifests, weighing = self.pickup_id, self.manifest_ids, self.pickup_id.weighing_ids[:1]
        step = {"key": "pickup", "sequence": 20, "label": self.env._("Pickup & Transport")}
        if not pickup:
            return {**step, "state": "todo", "date": False, "text": self.env._("No pickup yet"), "facts": []}
        unanswered = manifests.filtered(lambda each: each.has_major_difference and not each.difference_answer)
        if unanswered or pickup.state in ("cancelled", "failed"):
            state = "alert"
        else:
            state = "done" if pickup.state in _GONE_PICKUP or self.inbound_at else "doing"
        text = dict(pickup._fields["state"]._description_selection(self.env))[pickup.state]
        if unanswered:
            text = self.env._("Major difference to answer")
        elif pickup.is_overdue and state == "doing":
            state, text = "alert", self.env._("Overdue")
        driver = pickup.driver_name or ""
        if self.env.context.get("lifecycle_for_producer"):
            driver = driver[:1] and f"{driver[:1]}**"
        weights = weighing and " / ".join(
            self._lifecycle_number(weight) for weight in (weighing.gross_kg, weighing.tare_kg, weighing.net_kg))
        return {
            **step,
            "state": state,
            "date": str(pickup.loaded_at or weighing.first_weighed_at or pickup.planned_at),
            "text": text,
            "facts": self._lifecycle_facts(
                (self.env._("Manifest No."), ", ".join(manifests.mapped("name"))),
                (self.env._("Pickup No."), pickup.name),
                (self.env._("Plate"), pickup.vehicle_plate or weighing.plate),
                (self.env._("Carrier"), pickup.carrier_id.name),
                (self.env._("Driver"), driver),
                (self.env._("Planned"), self._lifecycle_time(pickup.planned_at)),
                (self.env._("Loaded"), self._lifecycle_time(pickup.loaded_at)),
                (self.env._("Shipped"), self._lifecycle_kg(sum(manifests.mapped("out_kg")))),
                (self.env._("Gross / tare / net of the vehicle (kg)"), weights),
            ),
        }

    def _lifecycle_storage_step(self):
        inbounds = self.inbound_ids
        shipped = sum((kg(manifest.out_kg) for manifest in self.manifest_ids), kg(0)) or kg(self.declared_kg)
        arrived = kg(self.gate_kg)
        difference = ""
        if inbounds and shipped:
            difference = self.env._(
                "%(sign)s%(kg)s kg (%(percent)s %%)",
                sign="+" if arrived > shipped else "",
                kg=self._lifecycle_number(arrived - shipped),
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
                (self.env._("Place"), self._lifecycle_places()),
                (self.env._("Weighed in"), self._lifecycle_kg(self.gate_kg)),
                (self.env._("Difference"), difference),
                (self.env._("Refused"), self._lifecycle_kg(self.refused_kg)),
                (self.env._("Accepted"), self._lifecycle_kg(self.accepted_kg)),
                (self.env._("Packages"), str(self.accepted_package_count or "")),
                (self.env._("Inbound No."), ", ".join(inbounds.mapped("name"))),
                (self.env._("Reason of the difference"), ", ".join(filter(None, inbounds.mapped("difference_reason")))),
            ),
        }

    def _lifecycle_places(self):
        """Return where the batch was put: as its inbounds say, else as its packages do."""
        places = list(dict.fromkeys(inbound.location for inbound in self.inbound_ids if inbound.location))
        if not places:
            places = [place for [place] in self.env["waste.package.event"]._read_group(
                [("package_id.batch_id", "=", self.id), ("kind", "=", "WAREHOUSED"), ("place", "!=", False)],
                ["place"],
            )]
        if len(places) > SHOWN_PLACES:
            return self.env._(
                "%(places)s and %(count)s more", places=", ".join(places[:SHOWN_PLACES]),
                count=len(places) - SHOWN_PLACES)
        return ", ".join(places)

    def _lifecycle_disposal_step(self):
        disposals, lab = self.disposal_ids, self.lab_ids[:1]
        state = {"disposed": "done", "part": "doing"}.get(self.state, "todo")
        last = self.disposed_at or max(disposals.mapped("finished_at"), default=False)
        methods = disposals.method_id or self.contract_line_id.disposal_method_id
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
                (self.env._("Method"), ", ".join(methods.mapped("display_name"))),
                (self.env._("Lab"), lab and (self.env._("Qualified") if lab.is_qualified else self.env._("Not qualified"))),
                (self.env._("Results"), lab.result_text),
            ),
        }

    def _prepare_lifecycle_batch_nodes(self):
        """Return the nodes of a batch whose bins nobody named one by one: only the batch is weighed and dated."""
        pickup, weighing = self.pickup_id, self.pickup_id.weighing_ids[:1]
        disposals = self.disposal_ids
        times = (
            (self.env._("Planned"), pickup.planned_at, pickup.name),
            (self.env._("Loaded"), pickup.loaded_at, pickup.vehicle_plate),
            (self.env._("Weighed"), weighing.second_weighed_at, self._lifecycle_kg(weighing.net_kg)),
            (self.env._("Stored"), self.inbound_at, self._lifecycle_kg(self.accepted_kg)),
            (self.env._("Disposal started"), min(filter(None, disposals.mapped("started_at")), default=False), ""),
            (
                self.env._("Disposed"), max(disposals.mapped("finished_at"), default=False),
                self._lifecycle_kg(self.disposed_kg),
            ),
        )
        return [
            {"label": label, "at": str(at) if at else False, "fact": fact or ""}
            for label, at, fact in times if at or label not in (self.env._("Loaded"), self.env._("Disposal started"))
        ]

    # --- words and numbers ---

    def _lifecycle_facts(self, *facts):
        """Return the facts that have a value, as [label, value]."""
        return [[label, value] for label, value in facts if value]

    def _lifecycle_number(self, weight):
        return f"{kg(weight):,f}".rstrip("0").rstrip(".")

    def _lifecycle_kg(self, weight):
        return f"{self._lifecycle_number(weight)} kg" if weight else ""

    def _lifecycle_day(self, day):
        return format_date(self.env, day) if day else ""

    def _lifecycle_time(self, at):
        return format_datetime(self.env, at, dt_format="yyyy-MM-dd HH:mm") if at else ""
