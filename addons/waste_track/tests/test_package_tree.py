from fractions import Fraction

from odoo.tests import BaseCase, tagged

from ..tools.package_tree import draw_order, own_fractions, percentages


@tagged("post_install", "-at_install")
class TestPackageTree(BaseCase):

    def test_packages_without_conversion_stand_by_number(self):
        self.assertEqual(draw_order({3: "B3", 1: "B1", 2: "B2"}, []), [(1, 0), (2, 0), (3, 0)])

    def test_shares_stand_below_what_was_split(self):
        names = {1: "B1", 2: "B2", 3: "C1", 4: "C2"}

        order = draw_order(names, [(1, 3), (1, 4)])

        self.assertEqual(order, [(1, 0), (3, 1), (4, 1), (2, 0)])

    def test_a_merged_package_stands_below_the_last_of_its_sources(self):
        names = {1: "B1", 2: "B2", 3: "B3", 4: "M1"}

        order = draw_order(names, [(1, 4), (3, 4)])

        self.assertEqual(order, [(1, 0), (3, 0), (4, 1), (2, 0)])

    def test_split_then_merge_keeps_every_source_above(self):
        names = {1: "B1", 2: "B2", 3: "C1", 4: "C2", 5: "M1", 6: "R1"}
        edges = [(1, 3), (1, 4), (3, 5), (2, 5), (5, 6)]

        order = draw_order(names, edges)

        self.assertEqual(order, [(1, 0), (3, 1), (4, 1), (2, 0), (5, 2), (6, 3)])
        place = {package: at for at, (package, _depth) in enumerate(order)}
        self.assertTrue(all(place[source] < place[target] for source, target in edges))

    def test_a_long_chain_of_repacks_needs_no_recursion(self):
        names = {at: f"R{at:05d}" for at in range(3000)}

        order = draw_order(names, [(at, at + 1) for at in range(2999)])

        self.assertEqual(order[-1], (2999, 2999))

    def test_foreign_sources_take_their_share(self):
        own = own_fractions([1, 4, 5], {4: [(1, 30), (99, 10)], 5: [(4, 40), (98, 40)]})

        self.assertEqual(own, {1: 1, 4: Fraction(3, 4), 5: Fraction(3, 8)})

    def test_a_diamond_comes_back_whole(self):
        own = own_fractions([1, 2, 3, 4], {2: [(1, "3.333")], 3: [(1, "6.667")], 4: [(2, "3.333"), (3, "6.667")]})

        self.assertEqual(own[4], 1)

    def test_percentages_add_up_to_one_hundred(self):
        self.assertEqual(percentages([1, 1, 1]), [33.4, 33.3, 33.3])
        self.assertEqual(percentages(["312.177", "312.177", "312.179"]), [33.3, 33.3, 33.4])
        self.assertEqual(percentages([1] * 7), [14.3] * 6 + [14.2])
        self.assertEqual(percentages([0, 5]), [0.0, 100.0])

    def test_nothing_weighs_nothing(self):
        self.assertEqual(percentages([]), [])
        self.assertEqual(percentages([0, 0]), [0.0, 0.0])
