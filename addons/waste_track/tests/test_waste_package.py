from contextlib import ExitStack
from datetime import timedelta
from itertools import permutations
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.waste_package import Edge
from ..tools.mass import kg
from .common import CHAIN, START, WasteTrackCommon


@tagged("post_install", "-at_install")
class TestWastePackage(WasteTrackCommon):
    """What a package is, is what its events and conversions imply."""

    def _make_package(self, until=None):
        return self._make_batch(self.line, 1, until).package_ids

    # --- fold ---

    def test_each_node_gives_its_state(self):
        expected = {
            "PACKED": "packed", "LABELLED": "labelled", "LOADED": "loaded", "ARRIVED": "arrived", "WEIGHED": "weighed",
            "ACCEPTED": "accepted", "WAREHOUSED": "warehoused", "ISSUED": "issued", "DISPOSED": "disposed",
        }
        package = self._make_package()

        for kind, state in expected.items():
            self._tell(package, [kind])
            self.assertEqual(package.state, state)

        self.assertRecordValues(package, [{
            "declared_kg": 20, "allocated_kg": 20, "accepted_kg": 20, "place": "投料区",
            "packed_at": START - timedelta(hours=48), "disposed_at": START + timedelta(hours=CHAIN["DISPOSED"]),
            "last_event_at": START + timedelta(hours=CHAIN["DISPOSED"]), "disposal_method_id": self.method.id,
        }])

    def test_the_order_of_telling_changes_nothing(self):
        fields = ["state", "declared_kg", "allocated_kg", "accepted_kg", "place", "last_event_at", "packed_at"]
        kinds = ("PACKED", "WEIGHED", "ACCEPTED", "WAREHOUSED")
        expected = None
        for order in permutations(kinds):
            package = self._make_package()
            for kind in order:
                self._tell(package, [kind])
            found = package.read(fields, load=None)[0]
            del found["id"]
            expected = expected or found
            self.assertEqual(found, expected, order)
        self.assertEqual(expected["state"], "warehoused")

    def test_refreshing_again_writes_nothing(self):
        batch = self._make_batch(self.line, 3, "WAREHOUSED")
        self._convert("MERGED", batch.package_ids[:2], {"HB1": None})

        with ExitStack() as stack:
            writes = [
                stack.enter_context(patch.object(self.registry[model], "write"))
                for model in ("waste.package", "waste.batch", "waste.package.lineage")
            ]
            batch.package_ids._refresh()

        for write in writes:
            write.assert_not_called()

    def test_a_refused_package_counts_for_nothing(self):
        package = self._make_package("WEIGHED")

        self._tell(package, ["REFUSED", "RETURNED"], reason="标签与实物不符")

        self.assertRecordValues(package, [{"state": "returned", "allocated_kg": 20, "accepted_kg": 0}])
        self.assertRecordValues(package.batch_id, [{"refused_kg": 20, "accepted_kg": 0, "gate_kg": 20}])

    def test_what_was_refused_first_may_be_accepted_later(self):
        package = self._make_package("WEIGHED")
        self._tell(package, ["REFUSED"], occurred_at=START + timedelta(hours=4))
        self.assertEqual(package.accepted_kg, 0)

        self._tell(package, ["ACCEPTED"], occurred_at=START + timedelta(hours=9))

        self.assertRecordValues(package, [{"state": "accepted", "accepted_kg": 20}])

    def test_a_reversed_event_never_happened(self):
        package = self._make_package("ACCEPTED")
        wrong = package.event_ids.filtered(lambda event: event.kind == "ACCEPTED")

        self._tell(package, ["ACCEPTED"], void_of_id=wrong.id)

        self.assertRecordValues(package, [{
            "state": "weighed", "accepted_kg": 0, "last_event_at": START + timedelta(hours=CHAIN["WEIGHED"]),
        }])

    def test_a_reversed_weight_is_gone(self):
        package = self._make_package("WEIGHED")
        wrong = package.event_ids.filtered(lambda event: event.kind == "WEIGHED")

        self._tell(package, ["WEIGHED"], void_of_id=wrong.id)

        self.assertRecordValues(package, [{"state": "arrived", "allocated_kg": 0, "accepted_kg": 0}])

    def test_two_events_of_one_minute_stand_in_the_order_of_the_chain(self):
        package = self._make_package()

        self._tell(package, ["WAREHOUSED", "ACCEPTED", "WEIGHED"], occurred_at=START)

        self.assertEqual(package.state, "warehoused")

    def test_a_digital_code_is_given_once(self):
        first, second = self._make_batch(self.line, 2, "PACKED").package_ids
        first.digital_code = "91441900DEM00005779000414920260531001"

        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            second.digital_code = first.digital_code
            self.env.flush_all()

    # --- conversions ---

    def test_split_into_three_keeps_every_gram(self):
        """I-15, edge: 100 kg in three."""
        package = self._make_batch(self.line, 1, "WAREHOUSED", weight="100").package_ids

        made = self._convert("SPLIT", package, {"CF1": "33.333", "CF2": "33.333", "CF3": "33.334"})

        self.assertEqual(sum(kg(share.accepted_kg) for share in made), kg(100))
        self.assertEqual(package.state, "split")
        self.assertRecordValues(made.sorted("name"), [
            {"name": f"CF{at}", "state": "warehoused", "batch_id": package.batch_id.id, "packaging_id": False,
             "producer_id": self.producer.id, "contract_line_id": self.line.id}
            for at in (1, 2, 3)
        ])

    def test_a_repack_keeps_the_kind_of_container(self):
        package = self._make_batch(self.line, 1, "WAREHOUSED", weight="100").package_ids

        made = self._convert("REPACKED", package, {"HZ1": None})

        self.assertRecordValues(made, [{"packaging_id": self.drum.id, "accepted_kg": 100, "state": "warehoused"}])

    def test_a_mixed_package_belongs_to_the_batch_of_its_first_source(self):
        first, second = self._make_batch(self.line, 1, "WAREHOUSED"), self._make_batch(self.line, 1, "WAREHOUSED")

        made = self._convert("MERGED", second.package_ids + first.package_ids, {"HB1": None})

        self.assertRecordValues(made, [{
            "batch_id": first.id, "accepted_kg": 40, "state": "warehoused", "packaging_id": False,
        }])
        self.assertEqual((first + second).package_ids.filtered(lambda each: each != made).mapped("state"), ["merged"] * 2)

    def test_telling_a_conversion_again_changes_nothing(self):
        package = self._make_package("WAREHOUSED")
        edges = [
            Edge("SPLIT", "CF000001", START, package, name, quantity)
            for name, quantity in (("CF1", kg(5)), ("CF2", kg(15)), ("CF2", kg(15)))]

        for _again in range(2):
            package._convert(edges)
            package._refresh()

        self.assertEqual(package.child_edge_ids.mapped("qty_kg"), [5, 15])
        self.assertEqual(self.env["waste.package"].search_count([("name", "in", ("CF1", "CF2"))]), 2)

    def test_twenty_conversions_take_as_many_queries_as_two(self):
        counts = []
        for size in (2, 2, 20):  # the first warms the caches
            packages = self.env["waste.package"].browse(self._make_batch(self.line, size, "WAREHOUSED").package_ids.ids)
            edges = [Edge("REPACKED", f"HZ-{package.name}", START, package, f"HZ-{package.name}", None) for package in packages]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count

            made = packages._convert(edges)

            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(made.parent_edge_ids.from_package_id, packages)
        self.assertEqual(counts[1], counts[2])

    def test_a_repack_moves_what_is_accepted_also_when_that_is_told_later(self):
        package = self._make_package("ARRIVED")
        made = self._convert("REPACKED", package, {"HZ1": None})
        self.assertEqual(made.accepted_kg, 0)

        self._tell(package, ["WEIGHED", "ACCEPTED"])

        self.assertEqual(package.child_edge_ids.qty_kg, 20)
        self.assertRecordValues(made, [{"accepted_kg": 20, "declared_kg": 20}])
        self.assertEqual(package.state, "repacked")
