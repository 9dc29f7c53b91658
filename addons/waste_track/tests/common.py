"""Factories of the room: a producer with a contract, its pickups, batches, packages and their whole life.

Everything starts on 2 July 2026, 08:00 UTC (16:00 in Dongguan); other rooms may build their tests on them.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from odoo.tests import TransactionCase, new_test_user

from ..models.waste_package import Edge
from ..tools.mass import kg

START = datetime(2026, 7, 2, 8, 0)
# Kind of event -> hours after the pickup left.
CHAIN = {
    "PACKED": -48, "LABELLED": -47, "LOADED": 0, "ARRIVED": 2, "WEIGHED": 3, "ACCEPTED": 4, "WAREHOUSED": 5,
    "ISSUED": 72, "DISPOSED": 75,
}
ROLES = ("salesperson", "sales_manager", "dispatcher", "finance", "customer_service", "admin")


class WasteTrackFactory:
    """Makes records of this room; mixed into test cases, and used by generators of looks and loads."""

    @classmethod
    def _setup_factory(cls):
        cls.company = cls.env.company
        cls.hazardous = cls.env.ref("waste.business_hazardous")
        cls.kitchen = cls.env.ref("waste.business_kitchen")
        cls.code = cls.env["waste.code"]._find(["398-004-22"], date(2026, 1, 1))["398-004-22"]
        cls.drum = cls.env.ref("waste.packaging_drum_steel_200_closed")
        cls.method = cls.env["waste.disposal.method"].search([("code", "=", "D10")])
        cls.carrier = cls.env["res.partner"].create({
            "name": "粤运环保", "is_company": True,
            "party_role_ids": [cls.env.ref("waste.party_role_carrier").id],
        })
        cls.plant = cls.env["res.partner"].create({
            "name": "园区焚烧厂", "is_company": True,
            "party_role_ids": [cls.env.ref("waste.party_role_disposer").id],
        })
        cls._numbers = iter(range(1, 10_000_000))

    # --- what was agreed ---

    @classmethod
    def _make_producer(cls, name="宏达电路板厂"):
        return cls.env["res.partner"].create({
            "name": name, "is_company": True,
            "party_role_ids": [cls.env.ref("waste.party_role_producer").id],
        })

    @classmethod
    def _make_contract(cls, producer, business=None, wastes=("含铜污泥",), **vals):
        """Make a contract in force through 2026, with one waste detail for each name of a waste."""
        business = business or cls.hazardous
        number = vals.pop("name", None) or f"DS-T-2026-{next(cls._numbers):04d}"
        return cls.env["sale.order"].create({
            "name": number,
            "partner_id": producer.id,
            "business_id": business.id,
            "company_id": cls.company.id,
            "date_start": "2026-01-01",
            "date_end": "2026-12-31",
            "date_signed": "2025-12-20",
            "contract_state": "active",
            "order_line": [
                (0, 0, {
                    "line_no": f"{number}-{at:02d}",
                    "waste_name": waste,
                    "waste_code_id": cls.code.id if business == cls.hazardous else False,
                    "packaging_id": cls.drum.id,
                    "disposal_method_id": cls.method.id,
                    "planned_quantity_t": 20,
                    "pricing_mode": "unit_t",
                    "price_unit": 1500,
                })
                for at, waste in enumerate(wastes, 1)
            ],
            **vals,
        })

    # --- what was collected ---

    @classmethod
    def _make_pickup(cls, contract, state="done", at=START, **vals):
        return cls.env["waste.pickup"].create({
            "contract_id": contract.id,
            "producer_id": contract.partner_id.id,
            "business_id": contract.business_id.id,
            "company_id": contract.company_id.id,
            "planned_at": at,
            "loaded_at": at if state == "done" else False,
            "carrier_id": cls.carrier.id,
            "vehicle_plate": "粤S12345",
            "driver_name": "张师傅",
            "state": state,
            **vals,
        })

    @classmethod
    def _make_batch(cls, line, packages=0, until="DISPOSED", weight="20.000", at=START, with_pickup=True, **vals):
        """Make a batch of a waste detail.

        :param int packages: how many packages; each weighs ``weight`` kg and passes the chain up to ``until``
        :return: the batch, refreshed; its packages in the order of their numbers
        """
        number = next(cls._numbers)
        name = vals.pop("name", f"PC260702{number:06d}")
        batch = cls.env["waste.batch"].create({**line._prepare_batch_values(name), **vals})
        if with_pickup:
            batch.pickup_id = cls._make_pickup(line.order_id, at=at)
        total = float(kg(weight) * packages)
        if until in ("WAREHOUSED", "ISSUED", "DISPOSED") and packages:
            cls._make_inbound(batch, total, packages, at + timedelta(hours=CHAIN["WAREHOUSED"]))
        made = cls.env["waste.package"].create([
            {
                "name": f"BZ{number:06d}{serial:04d}",
                "batch_id": batch.id,
                "contract_line_id": line.id,
                "producer_id": batch.producer_id.id,
                "company_id": batch.company_id.id,
                "packaging_id": cls.drum.id,
                "declared_kg": float(kg(weight)),
            }
            for serial in range(1, packages + 1)
        ])
        cls._tell(made, cls._chain(until), weight=weight, at=at)
        return batch

    @classmethod
    def _make_kitchen_batch(cls, line, bins=8, declared=625, received=620, disposed=None):
        """Make a batch whose bins nobody named: it lives on its inbound and disposals."""
        batch = cls._make_batch(line)
        cls._make_weighing(batch.pickup_id, gross=6580 + received, tare=6580)
        inbound = cls._make_inbound(batch, received, bins, START + timedelta(hours=3))
        inbound.planned_kg = declared
        cls._make_disposal(batch, received if disposed is None else disposed)
        batch._refresh()
        return batch

    @classmethod
    def _make_manifest(cls, batch, number="20264419000001", **vals):
        return cls.env["waste.manifest"].create({
            "name": number,
            "pickup_id": batch.pickup_id.id,
            "batch_id": batch.id,
            "company_id": batch.company_id.id,
            "waste_code_id": batch.waste_code_id.id,
            "package_count": batch.package_count,
            "out_kg": batch.declared_kg,
            **vals,
        })

    @classmethod
    def _make_weighing(cls, pickup, gross=7200, tare=4000):
        return cls.env["waste.weighing"].create({
            "name": f"ZBD-{next(cls._numbers)}",
            "pickup_id": pickup.id,
            "company_id": pickup.company_id.id,
            "plate": pickup.vehicle_plate,
            "gross_kg": gross,
            "tare_kg": tare,
            "net_kg": gross - tare,
            "first_weighed_at": START + timedelta(hours=2),
            "second_weighed_at": START + timedelta(hours=3),
        })

    @classmethod
    def _make_inbound(cls, batch, actual, packages, at=START):
        return cls.env["waste.inbound"].create({
            "name": f"RKD-{next(cls._numbers)}",
            "batch_id": batch.id,
            "pickup_id": batch.pickup_id.id,
            "company_id": batch.company_id.id,
            "planned_kg": actual,
            "actual_kg": actual,
            "package_count": packages,
            "inbound_at": at,
        })

    @classmethod
    def _make_disposal(cls, batch, quantity, package=None):
        return cls.env["waste.disposal"].create({
            "name": f"CZ-{next(cls._numbers)}",
            "batch_id": batch.id,
            "package_id": package and package.id,
            "company_id": batch.company_id.id,
            "method_id": cls.method.id,
            "qty_kg": quantity,
            "started_at": START + timedelta(hours=5),
            "finished_at": START + timedelta(hours=20),
        })

    # --- the life of packages ---

    @staticmethod
    def _chain(until):
        kinds = list(CHAIN)
        return kinds[:kinds.index(until) + 1] if until else []

    @classmethod
    def _tell(cls, packages, kinds, weight="20.000", at=START, **vals):
        """Record events of these kinds for every package, at the hours of CHAIN, and refresh."""
        facts = {
            "PACKED": {"qty_kg": float(kg(weight))},
            "LOADED": {"unit_id": cls.carrier.id, "plate": "粤S12345"},
            "ARRIVED": {"unit_id": cls.plant.id},
            "WEIGHED": {"unit_id": cls.plant.id, "qty_kg": float(kg(weight))},
            "WAREHOUSED": {"unit_id": cls.plant.id, "qty_kg": float(kg(weight)), "place": "甲类库-A03"},
            "ISSUED": {"unit_id": cls.plant.id, "place": "投料区"},
            "DISPOSED": {"unit_id": cls.plant.id, "qty_kg": float(kg(weight)), "method_id": cls.method.id},
        }
        events = cls.env["waste.package.event"].create([
            {
                "package_id": package.id,
                "company_id": package.company_id.id,
                "kind": kind,
                "occurred_at": at + timedelta(hours=CHAIN.get(kind, 80)),
                "recorded_at": at + timedelta(hours=CHAIN.get(kind, 80), minutes=1),
                **facts.get(kind, {}),
                **vals,
            }
            for package in packages
            for kind in kinds
        ])
        packages._refresh()
        return events

    @classmethod
    def _convert(cls, kind, sources, targets, hours=24):
        """Split, merge or repack.

        :param sources: packages; one for a split or repack
        :param dict targets: number of the new package -> kilograms as text, or None for all of it; of a merge one
            number -> {source: kilograms} or None
        :return: the new packages
        """
        op_no, at = f"{kind[:2]}{next(cls._numbers):06d}", START + timedelta(hours=hours)
        edges = []
        for source in sources:
            for name, quantity in targets.items():
                if isinstance(quantity, dict):
                    quantity = quantity[source]
                edges.append(Edge(kind, op_no, at, source, name, quantity and Decimal(quantity)))
        made = sources._convert(edges)
        cls.env["waste.package.event"].create([
            {
                "package_id": source.id, "company_id": source.company_id.id, "kind": kind, "op_no": op_no,
                "occurred_at": at, "recorded_at": at, "unit_id": cls.plant.id,
            }
            for source in sources
        ])
        sources._refresh()
        return made

    # --- people ---

    @classmethod
    def _make_staff(cls, role, company=None):
        """Make a user of one role of room ``waste``."""
        company = company or cls.company
        return new_test_user(
            cls.env, f"{role}_{company.id}_{next(cls._numbers)}", groups=f"waste.group_{role}",
            company_id=company.id, company_ids=[(6, 0, company.ids)], tz="Asia/Shanghai",
        )

    @classmethod
    def _make_portal_user(cls, partner, login=None):
        return new_test_user(
            cls.env, login or f"portal_{next(cls._numbers)}", groups="base.group_portal",
            partner_id=cls.env["res.partner"].create({"name": "王经理", "parent_id": partner.id}).id,
        )


class WasteTrackCommon(WasteTrackFactory, TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={
            **cls.env.context, "tracking_disable": True, "mail_create_nolog": True, "mail_notrack": True,
        })
        cls._setup_factory()
        cls.producer = cls._make_producer()
        cls.contract = cls._make_contract(cls.producer)
        cls.line = cls.contract.order_line
