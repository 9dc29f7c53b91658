from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..tools.mass import kg
from .common import CHAIN, START, WasteTrackCommon


@tagged("post_install", "-at_install")
class TestWasteBatch(WasteTrackCommon):

    def assertBalanced(self, batch):
        """I-14: what came through the gate was refused, disposed of, or is in storage."""
        self.assertEqual(kg(batch.gate_kg), kg(batch.refused_kg) + kg(batch.accepted_kg))
        self.assertEqual(kg(batch.accepted_kg), kg(batch.disposed_kg) + kg(batch.stock_kg))

    def test_states_follow_the_packages(self):
        for until, state, packages in (
            (None, "announced", 2), ("LABELLED", "announced", 2), ("LOADED", "moving", 2), ("WAREHOUSED", "stored", 2),
            ("DISPOSED", "disposed", 2), (None, "announced", 0),
        ):
            with self.subTest(until=until):
                self.assertEqual(self._make_batch(self.line, packages, until).state, state)

    def test_figures_of_a_stored_batch(self):
        batch = self._make_batch(self.line, 6, "WAREHOUSED", weight="530.5")

        self.assertRecordValues(batch, [{
            "package_count": 6, "accepted_package_count": 6, "declared_kg": 3183, "gate_kg": 3183, "refused_kg": 0,
            "accepted_kg": 3183, "disposed_kg": 0, "stock_kg": 3183, "disposed_at": False,
            "inbound_at": START + timedelta(hours=CHAIN["WAREHOUSED"]),
        }])
        self.assertBalanced(batch)

    def test_partly_disposed(self):
        batch = self._make_batch(self.line, 3, "WAREHOUSED")

        self._tell(batch.package_ids[:1], ["ISSUED", "DISPOSED"])

        self.assertRecordValues(batch, [{"state": "part", "disposed_kg": 20, "stock_kg": 40, "disposed_at": False}])
        self.assertBalanced(batch)

    def test_refused_packages_are_not_in_the_balance(self):
        batch = self._make_batch(self.line, 3, "WEIGHED")
        first, *_others = batch.package_ids
        self._tell(first, ["REFUSED", "RETURNED"])
        self._tell(batch.package_ids - first, ["ACCEPTED", "WAREHOUSED"])

        self.assertRecordValues(batch, [{
            "gate_kg": 60, "refused_kg": 20, "accepted_kg": 40, "accepted_package_count": 2,
        }])
        self.assertBalanced(batch)

    def test_i_23_a_share_of_a_mixed_package_ends_with_it(self):
        """I-23: the shares of an original package sum to its accepted weight."""
        first, second = self._make_batch(self.line, 1, "WAREHOUSED"), self._make_batch(self.line, 1, "WAREHOUSED")
        one, other = self._convert("SPLIT", first.package_ids, {"CF1": "6.667", "CF2": "13.333"})
        mixed = self._convert("MERGED", one + second.package_ids, {"HB1": None})
        self.assertEqual((first.disposed_kg, second.disposed_kg), (0, 0))

        self._tell(mixed, ["ISSUED", "DISPOSED"], weight="26.667")

        self.assertRecordValues(first + second, [
            {"state": "part", "disposed_kg": 6.667, "stock_kg": 13.333},
            {"state": "disposed", "disposed_kg": 20, "stock_kg": 0},
        ])
        self._tell(other, ["ISSUED", "DISPOSED"])
        self.assertRecordValues(first, [{
            "state": "disposed", "disposed_kg": 20, "stock_kg": 0,
            "disposed_at": START + timedelta(hours=CHAIN["DISPOSED"]),
        }])
        for batch in first + second:
            self.assertBalanced(batch)

    def test_i_23_a_diamond_of_split_and_merge_ends_whole(self):
        batch = self._make_batch(self.line, 1, "WAREHOUSED")
        shares = self._convert("SPLIT", batch.package_ids, {"CF1": "6.667", "CF2": "6.667", "CF3": "6.666"})
        mixed = self._convert("MERGED", shares, {"HB1": None})

        self._tell(mixed, ["DISPOSED"])

        self.assertRecordValues(batch, [{"state": "disposed", "disposed_kg": 20, "stock_kg": 0}])

    def test_kitchen_bins_without_numbers_live_on_inbound_and_disposals(self):
        contract = self._make_contract(self._make_producer("美味酒楼"), self.kitchen, ("餐厨垃圾",))

        batch = self._make_kitchen_batch(contract.order_line, bins=8, declared=625, received=620, disposed=600)

        self.assertRecordValues(batch, [{
            "package_count": 8, "accepted_package_count": 8, "declared_kg": 625, "gate_kg": 620, "accepted_kg": 620,
            "disposed_kg": 600, "stock_kg": 20, "state": "part",
        }])
        self._make_disposal(batch, 20)
        batch._refresh()
        self.assertRecordValues(batch, [{"state": "disposed", "stock_kg": 0}])

    def test_i_22_a_batch_is_of_the_business_of_its_contract(self):
        batch = self._make_batch(self.line)
        count = self.env["waste.batch"].search_count([])

        with self.assertRaisesRegex(ValidationError, "is of the business .*, but its contract"), self.env.cr.savepoint():
            batch.business_id = self.kitchen
        with self.assertRaisesRegex(ValidationError, "choose the contract of its business"), self.env.cr.savepoint():
            self.env["waste.batch"].create({**self.line._prepare_batch_values("PC-I22"), "business_id": self.kitchen.id})

        self.assertEqual((batch.business_id, self.env["waste.batch"].search_count([])), (self.hazardous, count))

    def test_a_batch_takes_all_from_its_waste_detail(self):
        batch = self._make_batch(self.line)

        self.assertRecordValues(batch, [{
            "contract_id": self.contract.id, "producer_id": self.producer.id, "business_id": self.hazardous.id,
            "company_id": self.company.id, "waste_code_id": self.code.id,
        }])
