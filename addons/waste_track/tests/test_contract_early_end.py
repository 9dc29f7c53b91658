from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import WasteTrackCommon


@tagged("post_install", "-at_install")
class TestContractEarlyEnd(WasteTrackCommon):
    """What a contract that ends early does to its pickups."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._make_contract(cls._make_producer())

    def test_pickups_that_have_not_begun_are_cancelled_with_the_contract(self):
        waiting = self._make_pickup(self.contract, state="to_dispatch")
        dispatched = self._make_pickup(self.contract, state="dispatched")
        done = self._make_pickup(self.contract, state="done")

        self.contract.action_terminate("客户搬迁")

        self.assertEqual((waiting.state, dispatched.state, done.state), ("cancelled", "cancelled", "done"))
        self.assertIn(self.contract.name, waiting.cancel_reason)

    def test_a_pickup_under_way_keeps_the_contract_from_ending(self):
        for state in ("on_site", "loaded", "in_transit", "arrived", "weighed"):
            contract = self._make_contract(self._make_producer(f"产废 {state}"))
            pickup = self._make_pickup(contract, state=state)
            waiting = self._make_pickup(contract, state="to_dispatch")
            with self.subTest(state=state), self.assertRaisesRegex(UserError, f"pickups under way: {pickup.name}"):
                contract.action_terminate("客户搬迁")
            self.assertEqual((contract.contract_state, waiting.state), ("active", "to_dispatch"))

    def test_a_contract_is_voided_only_before_anything_was_collected(self):
        waiting = self._make_pickup(self.contract, state="to_dispatch")
        lived = self._make_contract(self._make_producer("已收运单位"))
        self._make_pickup(lived, state="done")

        with self.assertRaisesRegex(UserError, "terminate it instead"):
            lived.action_void("签错主体")
        self.contract.action_void("签错主体")

        self.assertEqual((self.contract.contract_state, waiting.state, lived.contract_state), ("voided", "cancelled", "active"))

    def test_pickups_are_ordered_under_the_orders_of_a_frame(self):
        frame = self._make_contract(self._make_producer("框架单位"), contract_kind="framework", frame_quantity_t=10.0)
        pickup = self._make_pickup(frame, state="draft")

        with self.assertRaisesRegex(UserError, "choose one of its orders"):
            pickup.action_submit()
        self.assertEqual(pickup.state, "draft")
