from unittest.mock import patch

from odoo.tests import new_test_user

from .common import WimCase

DIGITAL_CODE = "91441900DEM000014R3980042220260601001"


class TestWimEvents(WimCase):
    """What each kind of message makes of our records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.business = cls.env.ref("waste.business_hazardous")
        cls.business.company_id = cls.company_a
        salesperson = new_test_user(cls.env, "s01", groups="waste.group_salesperson")
        salesperson.partner_id.write({"external_system": "wim_sales", "external_key": "S01"})
        cls.salesperson = salesperson

    def send(self, *messages):
        """Push messages, run the queue, and return their rows."""
        self.push(*messages)
        self.process()
        return [self.row(message) for message in messages]

    def partner(self, code="P00001", **payload):
        return self.message("partner.upsert", code, {"partner_code": code, "name": "示例电路板厂", "unit_kind": "产废", **payload})

    def contract(self, number="T-2026-1", **envelope):
        return self.message("contract.upsert", number, {
            "contract_no": number, "producer_code": "P00001", "salesperson_code": "S01", "start_date": "2026-01-01",
            "end_date": "2026-12-31", "tax_rate": "0.06", "settlement_cycle": "月", "lines": [{
                "line_no": f"{number}-01", "waste_name": "含铜污泥", "waste_code": "398-005-22", "price_mode": "UNIT_T",
                "unit_price": "1500", "payer": "甲方", "planned_qty_t": "20", "physical_form": "SS",
            }],
        }, **envelope)

    def packed(self, number="BZ1", batch="PC1", **payload):
        return self.event(number, "PACKED", "2026-06-01T09:00:00+08:00", net_kg="100.000", batch_no=batch,
                          line_no="T-2026-1-01", packaging_code="BAG_TON", **payload)

    def event(self, number, kind, at, key=None, **payload):
        return self.message("package.event", key or f"{number}#{kind}", {"package_no": number, "kind": kind, **payload},
                            occurred_at=at, sent_at=at)

    def package(self, number="BZ1"):
        return self.env["waste.package"].search([("name", "=", number)])

    # --- packages ---

    def test_new_package_is_written_once_with_what_its_events_say(self):
        self.send(self.partner(), self.contract())
        events = [
            self.event("BZ1", "WEIGHED", "2026-06-02T11:00:00+08:00", allocated_kg="99.500"),
            self.event("BZ1", "ACCEPTED", "2026-06-02T12:00:00+08:00", place="A-01"),
            self.packed(),
        ]

        with patch.object(self.registry["waste.package"], "write", side_effect=AssertionError("written twice")):
            self.send(*events)

        self.assertRecordValues(self.package(), [{
            "state": "accepted", "declared_kg": 100.0, "allocated_kg": 99.5, "accepted_kg": 99.5, "place": "A-01"}])

    # --- manifests ---

    def test_major_difference_is_a_to_do_of_the_salesperson_once_and_no_mail(self):
        pickup = self.message("pickup.upsert", "JY1", {
            "pickup_no": "JY1", "contract_no": "T-2026-1", "producer_code": "P00001", "planned_at": "2026-07-01T10:00:00+08:00"})
        manifest = {"pickup_no": "JY1", "out_qty_t": "1.000", "major_difference": True}
        mails = self.env["mail.mail"].search_count([])

        rows = self.send(
            self.partner(), self.contract(), pickup, self.message("manifest.upsert", "20264419000001", manifest))
        self.send(self.message("manifest.upsert", "20264419000001", {**manifest, "in_qty_t": "0.500"}, version=2))

        self.assertEqual(rows[-1].state, "warned")
        to_do = self.env["waste.manifest"].search([("name", "=", "20264419000001")]).activity_ids
        self.assertRecordValues(to_do, [{"user_id": self.salesperson.id, "summary": "Answer the major difference"}])
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    # --- parties ---

    def test_s0_g7_a_same_partner_again_changes_nothing_and_a_new_phone_only_the_phone(self):
        self.send(self.partner(phone="10000000001", address="莞城"))
        partner = self.env["res.partner"].search([("external_key", "=", "P00001")])
        before = partner.read(["name", "street", "phone", "uscc"])

        [again] = self.send(self.partner(phone="10000000001", address="莞城"))
        unchanged = partner.read(["name", "street", "phone", "uscc"])
        changed_message = self.message("partner.upsert", "P00001", {"phone": "10000000002"}, version=2)
        self.send(changed_message)

        self.assertEqual(len(partner), 1)
        self.assertEqual(partner.party_role_ids.mapped("code"), ["producer"])
        self.assertEqual((again.state, unchanged), ("done", before))
        self.assertEqual((partner.phone, partner.street), ("10000000002", "莞城"))

    def test_partner_with_a_wrong_credit_code_is_rejected_with_the_sentence(self):
        [row, neighbour] = self.send(self.partner(uscc="91441900DEM000014X"), self.partner("P00002"))

        self.assertEqual((row.state, row.error_category), ("rejected", "rule"))
        self.assertIn("91441900DEM000014X", row.error)
        self.assertEqual(neighbour.state, "done")
        self.assertFalse(self.env["res.partner"].search([("external_key", "=", "P00001")]))

    def test_only_the_company_of_a_business_assigns_its_salespeople(self):
        payload = {"producer_code": "P00001", "salesperson_code": "S01", "date_from": "2026-01-01", "share_percent": "60"}
        foreign = self.message("assignment.upsert", "A-1", payload, company_code="T-B")
        own = self.message("assignment.upsert", "A-2", payload)
        change = self.message("assignment.upsert", "A-2", {"share_percent": "10"}, version=2, company_code="T-B")

        rows = self.send(self.partner(), foreign, own)
        rows += self.send(change)

        self.assertEqual([row.state for row in rows], ["done", "rejected", "done", "rejected"])
        self.assertEqual({rows[1].error_category, rows[3].error_category}, {"company"})
        assignment = self.env["waste.assignment"].search([("producer_id.external_key", "=", "P00001")])
        self.assertRecordValues(assignment, [{"external_key": "A-2", "user_id": self.salesperson.id, "share_percent": 60.0}])

    # --- documents ---

    def test_s0_3_1_2_k_contract_becomes_an_order_in_force_kept_by_wim(self):
        self.send(self.partner(), self.contract())

        contract = self.env["sale.order"].search([("name", "=", "T-2026-1")])
        self.assertRecordValues(contract, [{
            "contract_state": "active", "state": "sale", "external_system": "wim", "company_id": self.company_a.id,
            "user_id": self.salesperson.id, "settlement_cycle": "month", "tax_rate_percent": 6.0, "amount_total": 30000.0,
        }])
        self.assertRecordValues(contract.order_line, [{
            "line_no": "T-2026-1-01", "pricing_mode": "unit_t", "payer": "producer", "planned_quantity_t": 20.0,
        }])
        self.assertEqual(contract.order_line.waste_code_id.code, "398-005-22")

    def test_contract_waits_for_its_producer_and_comes_back_by_itself(self):
        message = self.contract()

        [waiting] = self.send(message)
        waited = (waiting.state, waiting.parked_on)
        self.send(self.partner())

        self.assertEqual(waited, ("parked", "partner:P00001"))
        self.assertEqual(waiting.state, "done")

    def test_waste_code_that_is_not_in_the_catalogue_is_refused_with_its_path(self):
        message = self.contract()
        message["payload"]["lines"][0]["waste_code"] = "900-041-59"

        rows = self.send(self.partner(), message)

        self.assertEqual((rows[1].state, rows[1].error_category, rows[1].error_path),
                         ("rejected", "waste_code", "$.payload.lines[0].waste_code"))
        self.assertFalse(self.env["sale.order"].search([("name", "=", "T-2026-1")]))

    def test_contract_made_here_is_not_changed_by_wim(self):
        self.send(self.partner(), self.contract())
        contract = self.env["sale.order"].search([("name", "=", "T-2026-1")])
        contract.external_system = contract.external_key = False

        [row] = self.send(self.message("contract.upsert", "T-2026-1", {"end_date": "2027-12-31"}, version=2))

        self.assertEqual((row.state, row.error_category), ("rejected", "ownership"))
        self.assertEqual(str(contract.date_end), "2026-12-31")

    def test_document_of_another_company_is_refused_not_changed(self):
        self.send(self.partner(), self.contract())
        pickup = self.message("pickup.upsert", "P-1", {
            "producer_code": "P00001", "contract_no": "T-2026-1", "planned_at": "2026-07-01T10:41:00+08:00"}, company_code="T-B")

        [row] = self.send(pickup)

        self.assertEqual((row.state, row.error_category, row.error_path), ("rejected", "company", "$.payload.contract_no"))
        self.assertFalse(self.env["waste.pickup"].search([("name", "=", "P-1")]))

    def test_older_version_fills_only_what_no_newer_one_said(self):
        first = self.message(payload={"producer_code": "P00001", "planned_at": "2026-07-01T10:41:00+08:00", "state": "to_dispatch"})
        second = self.message(payload={"state": "dispatched", "vehicle_plate": "粤S12345"}, version=2)
        third = self.message(payload={"state": "done"}, version=3)
        repeat = self.message(payload={"state": "dispatched"}, version=2, sent_at="2026-07-01T10:42:00+08:00")

        rows = self.send(self.partner(), first, third)
        rows += self.send(second)
        rows += self.send(repeat)

        pickup = self.env["waste.pickup"].search([("name", "=", "P-1")])
        self.assertEqual((pickup.state, pickup.vehicle_plate), ("done", "粤S12345"))
        self.assertEqual([row.state for row in rows[-2:]], ["done", "stale"])

    def test_weighing_with_more_tare_than_gross_is_refused(self):
        weighing = self.message("weighing.upsert", "ZBD-1", {
            "pickup_no": "P-1", "gross_kg": "9000.000", "tare_kg": "12000.000"})

        rows = self.send(self.partner(), self.message(), weighing)

        self.assertEqual((rows[2].state, rows[2].error_category, rows[2].error_path), ("rejected", "weight", "$.payload.gross_kg"))
        self.assertFalse(self.env["waste.weighing"].search([("name", "=", "ZBD-1")]))

    # --- packages ---

    def test_s0_3_2_2_b_events_in_any_order_tell_the_same_life(self):
        late = self.event("BZ1", "LABELLED", "2026-06-01T10:00:00+08:00", digital_code=DIGITAL_CODE)
        weighed = self.event("BZ1", "WEIGHED", "2026-07-02T15:00:00+08:00", allocated_kg="98.500")
        accepted = self.event("BZ1", "ACCEPTED", "2026-07-02T16:00:00+08:00")

        rows = self.send(self.partner(), self.contract(), accepted, weighed)
        waited = [row.state for row in rows[2:]]
        self.send(self.packed())
        self.send(late)

        package = self.package()
        self.assertEqual(waited, ["parked", "parked"])
        self.assertEqual((package.state, package.declared_kg, package.accepted_kg), ("accepted", 100.0, 98.5))
        self.assertEqual(package.event_ids.mapped("kind"), ["PACKED", "LABELLED", "WEIGHED", "ACCEPTED"])

    def test_reversing_event_undoes_what_it_names_and_waits_for_it(self):
        wrong = self.event("BZ1", "REFUSED", "2026-07-02T16:00:00+08:00", reason="标签不符")
        reverse = self.event("BZ1", "REFUSED", "2026-07-02T17:00:00+08:00", key="BZ1#REFUSED#void", void_of="BZ1#REFUSED")

        rows = self.send(self.partner(), self.contract(), self.packed(), reverse)
        waited = (rows[3].state, rows[3].parked_on)
        self.send(wrong)

        self.assertEqual(waited, ("parked", "event:BZ1#REFUSED"))
        self.assertEqual(rows[3].state, "done")
        self.assertEqual(self.package().state, "packed")
        self.assertEqual(len(self.package().event_ids), 3)

    def test_conversion_cannot_be_reversed_by_an_event(self):
        split = self.event("BZ1", "SPLIT", "2026-07-03T09:00:00+08:00", op_no="CF1", to=[["BZ2", "60.000"], ["BZ3", "40.000"]])
        reverse = self.event("BZ1", "SPLIT", "2026-07-03T10:00:00+08:00", key="BZ1#void", op_no="CF1", void_of="BZ1#SPLIT")

        rows = self.send(self.partner(), self.contract(), self.packed(), split, reverse)

        self.assertEqual((rows[4].state, rows[4].error_category), ("rejected", "rule"))
        self.assertEqual(self.package().state, "split")
        self.assertEqual(self.package().child_edge_ids.mapped("qty_kg"), [60.0, 40.0])

    def test_second_message_for_a_recorded_node_is_stale(self):
        rows = self.send(self.partner(), self.contract(), self.packed(), self.packed())

        self.assertEqual([row.state for row in rows], ["done", "done", "done", "stale"])
        self.assertEqual(len(self.package().event_ids), 1)

    def test_merged_package_belongs_to_its_first_source_and_keeps_all_shares(self):
        weigh = [self.event(number, "WEIGHED", "2026-07-02T15:00:00+08:00", allocated_kg=weight)
                 for number, weight in (("BZ1", "100.000"), ("BZ2", "50.000"))]
        accept = [self.event(number, "ACCEPTED", "2026-07-02T16:00:00+08:00") for number in ("BZ1", "BZ2")]
        merge = [self.event(number, "MERGED", "2026-07-03T09:00:00+08:00", op_no="HB1", to="BZ9", qty_kg=weight)
                 for number, weight in (("BZ2", "50.000"), ("BZ1", "100.000"))]
        gone = self.event("BZ9", "DISPOSED", "2026-07-04T09:00:00+08:00", method="D10", qty_kg="150.000")

        self.send(self.partner(), self.contract(), self.packed(), self.packed("BZ2", "PC2"), *weigh, *accept, gone, *merge)

        mixed = self.package("BZ9")
        self.assertEqual((mixed.batch_id.name, mixed.accepted_kg, mixed.state), ("PC1", 150.0, "disposed"))
        batches = self.env["waste.batch"].search([("name", "in", ["PC1", "PC2"])], order="name")
        self.assertEqual(batches.mapped("disposed_kg"), [100.0, 50.0])
        self.assertEqual(batches.mapped("state"), ["disposed", "disposed"])
