from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import START, WasteTrackCommon


@tagged("post_install", "-at_install")
class TestWastePickup(WasteTrackCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._make_staff("dispatcher")
        cls.env["waste.licence"].create({
            "name": "粤交运管许可莞字 1", "partner_id": cls.carrier.id, "kind": "road_transport",
            "valid_from": "2026-01-01", "valid_to": "2026-12-31",
        })
        cls.pickup = cls._make_pickup(cls.contract, state="to_dispatch", loaded_at=False)
        cls.as_dispatcher = cls.pickup.with_user(cls.dispatcher)

    def assertRefused(self, action, sentence):
        state = self.pickup.state
        with self.assertRaisesRegex(UserError, sentence):
            action()
        self.assertEqual(self.pickup.state, state)

    # --- the way of an order ---

    def test_a_dispatcher_brings_an_order_from_draft_to_done(self):
        form = Form(self.env["waste.pickup"].with_user(self.dispatcher))
        form.producer_id = self.producer
        form.contract_id = self.contract
        form.planned_at = START
        form.carrier_id = self.carrier
        form.vehicle_plate = "粤S54321"
        pickup = form.save()
        self.assertRegex(pickup.name, r"^SY\d{6}\d{5}$")
        self.assertEqual((pickup.business_id, pickup.company_id), (self.hazardous, self.company))

        states = []
        for action in (
            "submit", "approve", "dispatch", "arrive_at_producer", "load", "confirm", "depart", "arrive", "finish",
        ):
            getattr(pickup, f"action_{action}")()
            states.append(pickup.state)

        self.assertEqual(states, [
            "auditing", "to_dispatch", "dispatched", "on_site", "loaded", "confirmed", "in_transit", "arrived", "done",
        ])
        for field in ("dispatched_at", "loaded_at", "producer_confirmed_at", "arrived_at", "done_at"):
            self.assertTrue(pickup[field], field)

    def test_pressing_a_button_again_changes_nothing(self):
        self.as_dispatcher.action_dispatch()
        dispatched_at = self.pickup.dispatched_at

        with freeze_time("2027-01-01"):
            self.as_dispatcher.action_dispatch()

        self.assertEqual(self.pickup.dispatched_at, dispatched_at)

    def test_cancelling_takes_a_reason(self):
        action = self.as_dispatcher.action_cancel()
        wizard = Form(self.env[action["res_model"]].with_user(self.dispatcher).with_context(**action["context"]))
        wizard.reason = "Producer on holiday"

        wizard.save().action_cancel()

        self.assertRecordValues(self.pickup, [{"state": "cancelled", "cancel_reason": "Producer on holiday"}])

    def test_what_is_loaded_is_not_cancelled(self):
        self.pickup._transition("load")
        wizard = self.env["waste.pickup.cancel"].create({"pickup_ids": self.pickup.ids, "reason": "…"})

        self.assertRefused(wizard.action_cancel, "can not become")

    def test_only_dispatchers_press(self):
        for role in ("salesperson", "sales_manager", "finance", "customer_service"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.pickup.with_user(self._make_staff(role)).action_dispatch()
        self.assertEqual(self.pickup.state, "to_dispatch")

    def test_only_a_draft_is_deleted(self):
        self.assertRefused(self.as_dispatcher.unlink, "has begun and is kept")

        draft = self._make_pickup(self.contract, state="draft")
        draft.with_user(self.dispatcher).unlink()

        self.assertFalse(draft.exists())

    # --- what stands in the way ---

    def test_a_contract_is_needed_unless_it_follows(self):
        self.pickup.contract_id = False
        self.assertRefused(self.as_dispatcher.action_dispatch, "has no contract")

        self.pickup.is_contract_pending = True
        self.as_dispatcher.action_dispatch()

        self.assertEqual(self.pickup.state, "dispatched")

    def test_the_contract_is_in_force(self):
        self.contract._transition("terminate")

        self.assertRefused(self.as_dispatcher.action_dispatch, f"{self.contract.name} is not active")

    def test_i_29_the_first_and_the_last_day_of_the_contract_belong_to_it(self):
        """Edge: 31 December and 1 January, in the time of the plant."""
        for planned_at, is_inside in (
            (datetime(2025, 12, 31, 15, 59), False), (datetime(2025, 12, 31, 16, 0), True),
            (datetime(2026, 12, 31, 15, 59), True), (datetime(2026, 12, 31, 16, 0), False),
        ):
            pickup = self._make_pickup(self.contract, state="draft", at=planned_at, loaded_at=False)
            with self.subTest(planned_at=planned_at):
                error = pickup.with_context(tz="Asia/Shanghai")._submit_error()
                self.assertEqual(bool(error), not is_inside, error)

    @freeze_time("2026-07-02")
    def _end_by_agreement(self, line):
        """Let the parties agree that 1 July was the last day of a waste detail."""
        agreement = self.env["waste.contract.agreement"].create({
            "order_id": line.order_id.id, "date_effective": "2026-07-02", "reason": "停产",
            "line_ids": [(0, 0, {"line_id": line.id, "kind": "end"})]})
        for state in ("approving", "customer_review", "signing", "in_force"):
            agreement.state = state

    def test_a_waste_that_an_agreement_ended_is_collected_no_more(self):
        line = self.contract.order_line
        self._end_by_agreement(line)
        pickup = self._make_pickup(self.contract, state="draft", at=datetime(2026, 7, 1, 15, 59), loaded_at=False)
        late = self._make_pickup(self.contract, state="draft", at=datetime(2026, 7, 1, 16, 0), loaded_at=False)

        self.assertFalse(pickup.with_context(tz="Asia/Shanghai")._submit_error())
        self.assertIn("does not agree on 含铜污泥 for that day", late.with_context(tz="Asia/Shanghai")._submit_error())

    def test_only_the_wastes_of_the_order_count(self):
        contract = self._make_contract(self.contract.partner_id, wastes=("含铜污泥", "废油"))
        ended, kept = contract.order_line
        self._end_by_agreement(ended)
        pickup = self._make_pickup(contract, state="draft", at=datetime(2026, 7, 3), loaded_at=False)
        self.assertFalse(pickup._submit_error())  # what is loaded isn't known yet

        batch = self.env["waste.batch"].create({**kept._prepare_batch_values("P-KEPT"), "pickup_id": pickup.id})
        self.assertFalse(pickup._submit_error())
        batch.contract_line_id = ended

        self.assertIn("does not agree on 含铜污泥", pickup._submit_error())

    def test_carrier_and_plate_are_known(self):
        self.pickup.vehicle_plate = False

        self.assertRefused(self.as_dispatcher.action_dispatch, "no carrier or no plate")

    def test_the_licence_of_the_carrier_covers_the_day(self):
        self.carrier.licence_ids.valid_to = START.date() - timedelta(days=1)
        self.assertRefused(self.as_dispatcher.action_dispatch, "粤运环保 has no transport licence")

        self.carrier.licence_ids.valid_to = START.date()
        self.as_dispatcher.action_dispatch()

        self.assertEqual(self.pickup.state, "dispatched")

    def test_kitchen_rounds_need_no_dangerous_goods_licence(self):
        self.carrier.licence_ids.active = False
        contract = self._make_contract(self._make_producer("美味酒楼"), self.kitchen, ("餐厨垃圾",))
        pickup = self._make_pickup(contract, state="to_dispatch", loaded_at=False)

        pickup.with_user(self.dispatcher).action_dispatch()

        self.assertEqual(pickup.state, "dispatched")

    def test_a_vehicle_is_at_one_producer_at_a_time(self):
        other = self._make_pickup(
            self._make_contract(self._make_producer("恒达塑胶")), state="dispatched", loaded_at=False,
            at=START + timedelta(minutes=29))
        self.assertRefused(self.as_dispatcher.action_dispatch, f"is at 恒达塑胶 then \\({other.name}\\)")

        other.planned_at = START + timedelta(minutes=30)
        self.as_dispatcher.action_dispatch()

        self.assertEqual(self.pickup.state, "dispatched")

    def test_what_wim_keeps_is_changed_there(self):
        self.pickup.write({"external_system": "wim", "external_key": self.pickup.name})

        self.assertRefused(self.as_dispatcher.action_dispatch, "WIM")

        self.as_dispatcher.driver_phone = "13800000001"
        self.assertEqual(self.pickup.driver_phone, "13800000001")

    # --- lists ---

    @freeze_time("2026-07-02 08:00:01")
    def test_overdue_is_what_still_waits_after_its_time(self):
        on_time = self._make_pickup(self.contract, state="to_dispatch", at=START + timedelta(hours=1), loaded_at=False)
        loaded = self._make_pickup(self.contract, state="loaded", at=START - timedelta(days=1))
        all_three = self.pickup + on_time + loaded

        self.assertEqual(all_three.mapped("is_overdue"), [True, False, False])
        for value, expected in ((True, self.pickup), (False, on_time + loaded)):
            self.assertEqual(self.env["waste.pickup"].search(
                [("is_overdue", "=", value), ("id", "in", all_three.ids)]).sorted("id"), expected)

    def test_a_manifest_is_missing_once_the_waste_has_left(self):
        batch = self._make_batch(self.line)
        left, waiting = batch.pickup_id, self.pickup
        kitchen = self._make_pickup(
            self._make_contract(self._make_producer("美味酒楼"), self.kitchen, ("餐厨垃圾",)), state="done")
        all_three = left + waiting + kitchen
        domain = [("is_manifest_missing", "=", True), ("id", "in", all_three.ids)]
        self.assertEqual(all_three.mapped("is_manifest_missing"), [True, False, False])
        self.assertEqual(self.env["waste.pickup"].search(domain), left)

        self._make_manifest(batch)

        self.assertFalse(left.is_manifest_missing)
        self.assertFalse(self.env["waste.pickup"].search(domain))

    def test_an_empty_board_shows_the_main_states(self):
        board = self.env["waste.pickup"].with_context(read_group_expand=True)

        groups = board.web_read_group([("id", "=", self.pickup.id)], ["state"], ["__count"])["groups"]

        self.assertEqual(
            [(group["state"], group["__count"]) for group in groups],
            [("to_dispatch", 1), ("dispatched", 0), ("loaded", 0), ("in_transit", 0), ("arrived", 0)])

    def test_the_board_asks_the_same_queries_for_one_and_for_a_hundred(self):
        self._make_batch(self.line)
        pickups = self.env["waste.pickup"].create([
            {"producer_id": self.producer.id, "business_id": self.hazardous.id, "planned_at": START} for _at in range(100)
        ])
        names = {
            "name", "planned_at", "is_overdue", "is_manifest_missing", "batch_count", "state", "external_system",
        }
        specification = {name: {} for name in names} | {"producer_id": {"fields": {"display_name": {}}}}
        pickups.with_user(self.dispatcher).web_read(specification)
        counts = []
        for records in (pickups[:1], pickups):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.with_user(self.dispatcher).web_read(specification)
            counts.append(self.cr.sql_log_count - before)

        self.assertEqual(counts[0], counts[1])
