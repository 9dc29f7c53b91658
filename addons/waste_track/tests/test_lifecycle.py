from datetime import timedelta

from odoo.exceptions import AccessError, MissingError
from odoo.tests import tagged

from .common import START, WasteTrackCommon

# What this room may ask of the 25 that the whole page is allowed; the rooms of money have the rest.
MAX_QUERIES = 10


@tagged("post_install", "-at_install")
class TestLifecycle(WasteTrackCommon):
    """S0-3.2.2: from one waste detail, all packages of a batch with every node and time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._make_staff("dispatcher")
        # As the web client asks: with the time zone of the user.
        cls.Batch = cls.env["waste.batch"].with_user(cls.dispatcher).with_context(tz="Asia/Shanghai")

    def _rows(self, batch):
        return {row["name"]: row for row in self.Batch.get_lifecycle(batch_id=batch.id)["rows"]}

    def _count_queries(self, batch):
        # What is asked once per server (rules, languages) doesn't count.
        self.Batch.get_lifecycle(batch_id=batch.id)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        page = self.Batch.get_lifecycle(batch_id=batch.id)
        return self.cr.sql_log_count - before, len(page["rows"])

    # --- what and whose ---

    def test_who_and_what_stand_at_the_top(self):
        batch = self._make_batch(self.line, 1)

        detail = self.Batch.get_lifecycle(batch_id=batch.id)["detail"]

        self.assertEqual(detail, {
            "id": self.line.id, "line_no": self.line.line_no, "waste_name": "含铜污泥", "waste_code": "398-004-22",
            "category": self.code.category_id.display_name,
            "hazards": [{"code": hazard.code, "name": hazard.name} for hazard in self.code.hazard_ids],
            "physical_form": "", "company": self.company.name,
            "producer": {"id": self.producer.id, "name": "宏达电路板厂"},
            "contract": {"id": self.contract.id, "name": self.contract.name},
            "business": {"code": "hazardous", "name": self.hazardous.name},
        })

    def test_a_waste_detail_opens_its_latest_batch_and_lists_the_others(self):
        first, second = self._make_batch(self.line, 2, "DISPOSED"), self._make_batch(self.line, 3, "WAREHOUSED")
        self._make_batch(self._make_contract(self.producer).order_line, 1)

        page = self.Batch.get_lifecycle(contract_line_id=self.line.id)

        self.assertEqual(page["batch"]["id"], second.id)
        self.assertEqual(
            [(batch["id"], batch["packages"], batch["kg"], batch["state"], batch["date"]) for batch in page["batches"]],
            [(second.id, 3, 60, "stored", "2026-07-02 13:00:00"), (first.id, 2, 40, "disposed", "2026-07-02 13:00:00")])
        self.assertEqual(page["batch_total"], 2)

    def test_a_waste_detail_without_batch_says_whose_it_is(self):
        page = self.Batch.get_lifecycle(contract_line_id=self.line.id)

        self.assertEqual(page["detail"]["waste_name"], "含铜污泥")
        self.assertEqual((page["batch"], page["rows"], page["batches"], page["progress"]), (None, [], [], []))

    def test_an_old_batch_stays_in_the_list_of_the_latest(self):
        old = self._make_batch(self.line)
        self.env["waste.batch"].create([self.line._prepare_batch_values(f"PC{at}") for at in range(120)])

        page = self.Batch.get_lifecycle(batch_id=old.id)

        self.assertEqual(len(page["batches"]), 101)
        self.assertEqual(page["batch_total"], 121)
        self.assertIn(old.id, [batch["id"] for batch in page["batches"]])

    def test_what_does_not_exist_is_told(self):
        with self.assertRaises(MissingError):
            self.Batch.get_lifecycle(contract_line_id=self.line.id + 1000)
        with self.assertRaises(MissingError):
            self.Batch.get_lifecycle(batch_id=2**31 - 1)
        with self.assertRaises(MissingError):
            self.Batch.get_lifecycle()

    def test_outsiders_are_refused(self):
        batch = self._make_batch(self.line, 1)
        portal = self._make_portal_user(self.producer)

        with self.assertRaises(AccessError):
            self.env["waste.batch"].with_user(portal).get_lifecycle(batch_id=batch.id)
        with self.assertRaises(AccessError):
            self.env["waste.batch"].with_user(portal).get_lifecycle(contract_line_id=self.line.id)
        with self.assertRaises(AccessError):
            self.env["waste.batch"].with_user(portal).find_lifecycle(batch.name)

    # --- packages and their nodes ---

    def test_s0_3_2_2_h_each_package_has_its_nodes_with_their_times(self):
        batch = self._make_batch(self.line, 6, "WAREHOUSED")
        *others, last = batch.package_ids.sorted("name")
        self._tell(self.env["waste.package"].union(*others), ["ISSUED", "DISPOSED"])

        page = self.Batch.get_lifecycle(batch_id=batch.id)

        self.assertEqual([node["key"] for node in page["nodes"]], [
            "packed", "labelled", "loaded", "arrived", "weighed", "accepted", "stored", "converted", "issued", "disposed",
        ])
        rows = {row["name"]: row for row in page["rows"]}
        self.assertEqual(len(rows), 6)
        self.assertEqual({name: cell["at"] for name, cell in rows[others[0].name]["cells"].items()}, {
            "packed": "2026-06-30 08:00:00", "labelled": "2026-06-30 09:00:00", "loaded": "2026-07-02 08:00:00",
            "arrived": "2026-07-02 10:00:00", "weighed": "2026-07-02 11:00:00", "accepted": "2026-07-02 12:00:00",
            "stored": "2026-07-02 13:00:00", "issued": "2026-07-05 08:00:00", "disposed": "2026-07-05 11:00:00",
        })
        self.assertEqual((rows[others[0].name]["group"], rows[others[0].name]["pending"]), ("disposed", []))
        self.assertEqual((rows[last.name]["group"], rows[last.name]["pending"]), ("stored", ["issued", "disposed"]))

    def test_s0_3_2_2_i_a_node_tells_its_key_facts(self):
        batch = self._make_batch(self.line, 1, "DISPOSED")

        page = self.Batch.get_lifecycle(batch_id=batch.id)

        cells, names = page["rows"][0]["cells"], page["names"]
        self.assertEqual(cells["loaded"], {
            "kind": "LOADED", "at": "2026-07-02 08:00:00", "unit": self.carrier.id, "plate": "粤S12345", "status": "done",
        })
        self.assertEqual(cells["stored"], {
            "kind": "WAREHOUSED", "at": "2026-07-02 13:00:00", "unit": self.plant.id, "place": "甲类库-A03", "kg": 20,
            "status": "done",
        })
        self.assertEqual(cells["disposed"]["method"], self.method.id)
        self.assertEqual(names["units"], {self.carrier.id: "粤运环保", self.plant.id: "园区焚烧厂"})
        self.assertEqual(names["methods"], {self.method.id: self.method.display_name})
        self.assertEqual(names["packagings"], {self.drum.id: self.drum.name})
        self.assertEqual(names["kinds"]["WAREHOUSED"], "Stored")

    def test_a_late_report_says_when_it_was_told(self):
        batch = self._make_batch(self.line, 1, "LOADED")

        self._tell(batch.package_ids, ["ARRIVED"], is_late=True, recorded_at=START + timedelta(hours=30))

        cell = self.Batch.get_lifecycle(batch_id=batch.id)["rows"][0]["cells"]["arrived"]
        self.assertEqual((cell["status"], cell["at"], cell["recorded_at"]), (
            "late", "2026-07-02 10:00:00", "2026-07-03 14:00:00"))

    def test_a_refused_package_has_nothing_before_it(self):
        batch = self._make_batch(self.line, 1, "WEIGHED")

        self._tell(batch.package_ids, ["REFUSED"], reason="标签与实物不符", occurred_at=START + timedelta(hours=4))
        self._tell(batch.package_ids, ["RETURNED"], occurred_at=START + timedelta(hours=9))

        [row] = self.Batch.get_lifecycle(batch_id=batch.id)["rows"]
        self.assertEqual((row["group"], row["pending"]), ("refused", []))
        cell = row["cells"]["accepted"]
        self.assertEqual((cell["status"], cell["kind"], cell["reason"]), ("refused", "REFUSED", "标签与实物不符"))
        self.assertEqual([each["kind"] for each in cell["more"]], ["RETURNED"])

    def test_nodes_without_a_column_are_details_of_their_neighbour(self):
        batch = self._make_batch(self.line, 1, "WAREHOUSED")

        self._tell(batch.package_ids, ["SAMPLED"], occurred_at=START + timedelta(hours=3, minutes=30))
        self._tell(batch.package_ids, ["MOVED"], place="甲类库-B01")
        self._tell(batch.package_ids, ["DEPARTED"], occurred_at=START + timedelta(minutes=10))

        cells = self.Batch.get_lifecycle(batch_id=batch.id)["rows"][0]["cells"]
        for node, kind in (("weighed", "SAMPLED"), ("stored", "MOVED"), ("loaded", "DEPARTED")):
            self.assertEqual([each["kind"] for each in cells[node]["more"]], [kind])
        self.assertEqual(cells["stored"]["at"], "2026-07-02 13:00:00")

    def test_a_detail_without_its_node_holds_the_place(self):
        batch = self._make_batch(self.line, 1, "LABELLED")

        self._tell(batch.package_ids, ["DEPARTED"], occurred_at=START)

        cell = self.Batch.get_lifecycle(batch_id=batch.id)["rows"][0]["cells"]["loaded"]
        self.assertEqual((cell["kind"], cell["at"], cell["status"]), ("DEPARTED", "2026-07-02 08:00:00", "done"))

    def test_a_reversed_event_is_not_drawn(self):
        batch = self._make_batch(self.line, 1, "WAREHOUSED")
        wrong = batch.package_ids.event_ids.filtered(lambda event: event.kind == "WAREHOUSED")

        self._tell(batch.package_ids, ["WAREHOUSED"], void_of_id=wrong.id)

        [row] = self.Batch.get_lifecycle(batch_id=batch.id)["rows"]
        self.assertNotIn("stored", row["cells"])
        self.assertEqual(row["pending"], ["stored", "issued", "disposed"])

    # --- splits and merges ---

    def test_shares_of_a_split_stand_below_their_source(self):
        batch = self._make_batch(self.line, 2, "WAREHOUSED", weight="100")
        first, second = batch.package_ids.sorted("name")
        self._convert("SPLIT", first, {"CF1": "33.333", "CF2": "33.333", "CF3": "33.334"})

        rows = self.Batch.get_lifecycle(batch_id=batch.id)["rows"]

        self.assertEqual([(row["name"], row["depth"], row["group"]) for row in rows], [
            (first.name, 0, "converted"), ("CF1", 1, "stored"), ("CF2", 1, "stored"), ("CF3", 1, "stored"),
            (second.name, 0, "stored"),
        ])
        self.assertEqual([(share["kg"], share["percent"]) for share in rows[0]["children"]], [
            (33.333, 33.3), (33.333, 33.3), (33.334, 33.4)])
        self.assertEqual(rows[1]["parents"], [first.id])
        self.assertEqual(rows[1]["made"]["kind"], "split")
        self.assertEqual((rows[1]["cells"]["converted"]["status"], rows[1]["pending"]), ("made", ["issued", "disposed"]))
        self.assertEqual((rows[0]["cells"]["converted"]["kind"], rows[0]["pending"]), ("SPLIT", []))

    def test_a_mixed_package_shows_its_foreign_sources_as_shares(self):
        foreign = self._make_batch(self._make_contract(self._make_producer("恒达塑胶")).order_line, 1, "WAREHOUSED")
        batch = self._make_batch(self.line, 2, "WAREHOUSED")
        self._convert("MERGED", batch.package_ids + foreign.package_ids, {"HB1": None})

        mixed = self._rows(batch)["HB1"]

        self.assertEqual([(share["batch_name"], share["kg"], share["percent"], share["is_own"])
                          for share in mixed["sources"]], [
            (foreign.name, 20, 33.4, False), (batch.name, 20, 33.3, True), (batch.name, 20, 33.3, True),
        ])
        self.assertEqual((mixed["own_kg"], mixed["own_percent"], mixed["accepted_kg"]), (40, 66.7, 60))
        self.assertEqual(sum(round(share["percent"] * 10) for share in mixed["sources"]), 1000)

    def test_both_batches_of_a_mixed_package_show_it(self):
        first, second = self._make_batch(self.line, 1, "WAREHOUSED"), self._make_batch(self.line, 1, "WAREHOUSED")
        mixed = self._convert("MERGED", first.package_ids + second.package_ids, {"HB1": None})
        self._convert("REPACKED", mixed, {"HZ1": None}, hours=30)

        for batch in first + second:
            rows = self._rows(batch)
            with self.subTest(batch=batch.name):
                self.assertEqual(list(rows), [batch.package_ids.filtered(lambda each: each.state == "merged").name, "HB1", "HZ1"])
                self.assertEqual([row["own_kg"] for row in rows.values()], [20, 20, 20])
                self.assertEqual(rows["HB1"]["cells"]["converted"]["kind"], "REPACKED")
                self.assertEqual(rows["HB1"]["cells"]["converted"]["more"][0]["kind"], "merge")

    # --- queries ---

    def test_a_thousand_packages_ask_no_more_than_one(self):
        counts = {}
        for packages in (1, 100, 1000):
            batch = self._make_batch(self.line, packages, "DISPOSED")
            self._make_manifest(batch, f"2026441900{packages:04d}")
            counts[packages], rows = self._count_queries(batch)
            self.assertEqual(rows, packages)

        self.assertEqual(counts[1], counts[100])
        self.assertEqual(counts[1], counts[1000])
        self.assertLessEqual(counts[1000], MAX_QUERIES)

    def test_conversions_ask_one_more_at_most(self):
        foreign = self._make_batch(self._make_contract(self.producer).order_line, 10, "WAREHOUSED").package_ids
        one, many = self._make_batch(self.line, 1, "WAREHOUSED"), self._make_batch(self.line, 10, "WAREHOUSED")
        self._convert("MERGED", one.package_ids + foreign[0], {"HB0": None})
        for at, (package, other) in enumerate(zip(many.package_ids, foreign, strict=True), 1):
            self._convert("MERGED", package + other, {f"HB{at}": None})

        counts = [self._count_queries(batch) for batch in (one, many)]

        self.assertEqual([rows for _count, rows in counts], [2, 20])
        self.assertEqual(counts[0][0], counts[1][0])
        self.assertLessEqual(counts[0][0], MAX_QUERIES)

    def test_the_query_count_is_pinned(self):
        batch = self._make_batch(self.line, 5, "DISPOSED")
        self.Batch.get_lifecycle(batch_id=batch.id)
        self.env.flush_all()
        self.env.invalidate_all()

        with self.assertQueryCount(MAX_QUERIES):
            self.Batch.get_lifecycle(batch_id=batch.id)

    # --- search ---

    def test_every_number_leads_to_the_page(self):
        """S0-3.2.2-l."""
        batch = self._make_batch(self.line, 1, "DISPOSED")
        package = batch.package_ids
        package.digital_code = "91441900DEM00005779000414920260531001"
        manifest = self._make_manifest(batch)
        for text, kind, target in (
            (manifest.name, "manifest", {"batch_id": batch.id}),
            (batch.name, "batch", {"batch_id": batch.id}),
            (package.name, "package", {"batch_id": batch.id, "package_id": package.id}),
            (package.digital_code, "package", {"batch_id": batch.id, "package_id": package.id}),
            (batch.pickup_id.name, "pickup", {"batch_id": batch.id}),
            (self.contract.name, "contract", {"contract_line_id": self.line.id}),
            (f" {self.line.line_no} ", "detail", {"contract_line_id": self.line.id}),
        ):
            with self.subTest(text=text):
                [hit] = self.Batch.find_lifecycle(text)
                self.assertEqual(hit["kind"], kind)
                self.assertEqual({key: hit[key] for key in target}, target)
                self.Batch.get_lifecycle(**{key: hit.get(key) for key in ("batch_id", "contract_line_id")})

    def test_part_of_a_number_offers_the_choice(self):
        contract = self._make_contract(self.producer, wastes=("含铜污泥", "废活性炭"), name="DS-CHOICE-1")

        hits = self.Batch.find_lifecycle("CHOICE")

        self.assertEqual(
            {(hit["kind"], hit["contract_line_id"]) for hit in hits},
            {("detail", line.id) for line in contract.order_line})
        self.assertEqual(
            [(hit["kind"], hit["contract_line_id"]) for hit in self.Batch.find_lifecycle("DS-CHOICE-1")],
            [("contract", line.id) for line in contract.order_line])

    def test_staff_without_contracts_still_find_batches(self):
        batch = self._make_batch(self.line)

        hits = self.env["waste.batch"].with_user(self._make_staff("user")).find_lifecycle(batch.name)

        self.assertEqual([hit["batch_id"] for hit in hits], [batch.id])

    def test_nothing_and_nearly_nothing_find_nothing(self):
        for text in ("", "  ", None, "DS", "no such number"):
            self.assertEqual(self.Batch.find_lifecycle(text), [])

    def test_buttons_open_the_page(self):
        batch = self._make_batch(self.line, 1)
        manifest = self._make_manifest(batch)
        for record, params in (
            (batch, {"batch_id": batch.id}),
            (batch.package_ids, {"batch_id": batch.id, "package_id": batch.package_ids.id}),
            (batch.pickup_id, {"batch_id": batch.id}),
            (manifest, {"batch_id": batch.id}),
            (self.line, {"contract_line_id": self.line.id}),
            (self.contract, {"contract_line_id": self.line.id}),
            (self._make_pickup(self.contract), None),
        ):
            action = record.with_user(self.dispatcher).action_open_lifecycle()
            with self.subTest(model=record._name):
                self.assertEqual(action["tag"], "waste_track.lifecycle")
                self.assertEqual(action["params"], params or {"text": record.name})
