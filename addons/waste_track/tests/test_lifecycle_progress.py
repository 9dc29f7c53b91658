from odoo.tests import freeze_time, tagged

from .common import START, WasteTrackCommon


@tagged("post_install", "-at_install")
class TestLifecycleProgress(WasteTrackCommon):
    """The strip at the top: contract, pickup & transport, storage, disposal (S0-3.2.2-c/d/e)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tz": "Asia/Shanghai"})

    def _steps(self, batch, **context):
        steps = batch.with_env(self.env).with_context(**context)._lifecycle_progress()
        return {step["key"]: {**step, "facts": dict(step["facts"])} for step in steps}

    def test_s0_3_2_2_c_d_e_the_world_of_the_requirement(self):
        contract = self._make_contract(self.producer, name="DS-WF-2026-0001", date_signed="2026-01-10")
        batch = self._make_batch(contract.order_line, 6, "WAREHOUSED", weight="530", name="P2026-031")
        batch.pickup_id.write({"planned_at": START, "loaded_at": "2026-07-02 01:20:00"})
        self._make_manifest(batch, "20264419000123", out_kg=3200, in_kg=3180)
        self._make_weighing(batch.pickup_id, gross=7180, tare=4000)

        steps = self._steps(batch)

        self.assertEqual(steps["contract"], {
            "key": "contract", "sequence": 10, "label": "Contract", "state": "done", "date": "2026-01-10",
            "text": "Active",
            "facts": {"Contract No.": "DS-WF-2026-0001", "Signed": "2026-01-10", "Period": "2026-01-01 to 2026-12-31"},
        })
        self.assertEqual((steps["pickup"]["state"], steps["pickup"]["date"]), ("done", "2026-07-02 01:20:00"))
        self.assertEqual(steps["pickup"]["facts"], {
            "Manifest No.": "20264419000123", "Vehicle": "粤S12345 · 张师傅", "Carrier": "粤运环保",
            "Planned": "2026-07-02 16:00", "Shipped": "3,200 kg", "Gross / tare / net": "7,180 / 4,000 / 3,180 kg",
            "Pickup No.": batch.pickup_id.name,
        })
        self.assertEqual((steps["storage"]["state"], steps["storage"]["date"]), ("done", "2026-07-02 13:00:00"))
        self.assertEqual(steps["storage"]["facts"], {
            "Place": "甲类库-A03", "Weighed in": "3,180 kg", "Difference": "-20 kg (-0.62 %)", "Accepted": "3,180 kg",
            "Packages": "6", "Inbound No.": batch.inbound_ids.name,
        })
        self.assertEqual((steps["disposal"]["state"], steps["disposal"]["date"]), ("todo", False))

    def test_a_batch_that_was_only_announced(self):
        batch = self._make_batch(self.line, 2, None, with_pickup=False)

        steps = self._steps(batch)

        self.assertEqual({key: step["state"] for key, step in steps.items() if step["sequence"] <= 40}, {
            "contract": "done", "pickup": "todo", "storage": "todo", "disposal": "todo",
        })
        self.assertEqual(steps["pickup"]["facts"], {})

    def test_an_overdue_pickup_is_an_alert(self):
        batch = self._make_batch(self.line, 2, None)
        batch.pickup_id = self._make_pickup(self.contract, state="dispatched", loaded_at=False)
        for now, state in (("2026-07-02 07:59:00", "doing"), ("2026-07-02 08:01:00", "alert")):
            with self.subTest(now=now), freeze_time(now):
                self.assertEqual(self._steps(batch)["pickup"]["state"], state)

    def test_an_unanswered_difference_is_an_alert(self):
        batch = self._make_batch(self.line, 2, "WAREHOUSED")
        manifest = self._make_manifest(batch, has_major_difference=True)
        step = self._steps(batch)["pickup"]
        self.assertEqual((step["state"], step["text"]), ("alert", "Major difference to answer"))

        manifest.difference_answer = "settled"

        self.assertEqual(self._steps(batch)["pickup"]["state"], "done")

    def test_a_broken_contract_is_an_alert(self):
        batch = self._make_batch(self.line, 1)

        self.contract._transition("terminate")

        self.assertEqual(self._steps(batch)["contract"]["state"], "alert")

    def test_disposal_tells_how_much_how_and_when(self):
        batch = self._make_batch(self.line, 2, "WAREHOUSED")
        self.env["waste.lab"].create({
            "name": "HY-1", "batch_id": batch.id, "company_id": self.company.id, "tested_at": "2026-07-03",
            "items": [["pH", 5, ""], ["热值", 2699, "kcal/kg"]], "is_qualified": True,
        })
        first, second = batch.package_ids
        self._tell(first, ["ISSUED", "DISPOSED"])

        step = self._steps(batch)["disposal"]
        self.assertEqual((step["state"], step["facts"]), ("doing", {
            "Disposed": "20 kg", "In storage": "20 kg", "Method": self.method.display_name, "Lab": "Qualified",
            "Results": "pH 5 · 热值 2699 kcal/kg",
        }))

        self._tell(second, ["ISSUED", "DISPOSED"])
        step = self._steps(batch)["disposal"]
        self.assertEqual((step["state"], step["date"]), ("done", "2026-07-05 11:00:00"))

    def test_many_places_are_counted(self):
        batch = self._make_batch(self.line, 5, "ACCEPTED")
        for at, package in enumerate(batch.package_ids.sorted("name"), 1):
            self._tell(package, ["WAREHOUSED"], place=f"A{at:02d}")

        self.assertEqual(self._steps(batch)["storage"]["facts"]["Place"], "A01, A02, A03 and 2 more")

    def test_the_place_of_the_inbound_goes_first(self):
        batch = self._make_batch(self.line, 5, "WAREHOUSED")

        batch.inbound_ids.location = "甲类库"

        self.assertEqual(self._steps(batch)["storage"]["facts"]["Place"], "甲类库")

    def test_persons_are_masked_for_the_producer(self):
        batch = self._make_batch(self.line, 1)

        step = self._steps(batch, lifecycle_for_producer=True)["pickup"]

        self.assertEqual(step["facts"]["Vehicle"], "粤S12345 · 张**")

    def test_kitchen_bins_have_the_nodes_of_their_batch(self):
        contract = self._make_contract(self._make_producer("美味酒楼"), self.kitchen, ("餐厨垃圾",))
        batch = self._make_kitchen_batch(contract.order_line, bins=8, declared=625, received=620)

        page = self.env["waste.batch"].get_lifecycle(batch_id=batch.id)

        self.assertEqual(page["rows"], [])
        self.assertEqual((page["batch"]["package_count"], page["batch"]["accepted_kg"]), (8, 620))
        self.assertEqual(page["batch"]["nodes"], [
            {"label": "Planned", "at": "2026-07-02 08:00:00", "fact": batch.pickup_id.name},
            {"label": "Loaded", "at": "2026-07-02 08:00:00", "fact": "粤S12345"},
            {"label": "Weighed", "at": "2026-07-02 11:00:00", "fact": "620 kg"},
            {"label": "Stored", "at": "2026-07-02 11:00:00", "fact": "620 kg"},
            {"label": "Disposal started", "at": "2026-07-02 13:00:00", "fact": ""},
            {"label": "Disposed", "at": "2026-07-03 04:00:00", "fact": "620 kg"},
        ])

    def test_weights_are_written_to_the_gram_without_empty_places(self):
        batch = self.env["waste.batch"]
        for weight, text in ((0, ""), (20, "20 kg"), (0.5, "0.5 kg"), (1234.567, "1,234.567 kg"), (100, "100 kg")):
            self.assertEqual(batch._lifecycle_kg(weight), text)
        self.assertEqual(batch._lifecycle_number(0, sign="+"), "0")
        self.assertEqual(batch._lifecycle_number(12.5, sign="+"), "+12.5")
