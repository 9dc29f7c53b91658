from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.waste_contract.tools import Settled

from .common import ContractCase

KG = st.decimals(min_value=0, max_value=200_000, places=3)
COUNT = st.integers(min_value=0, max_value=999)
MODES_SPLIT = ('unit_t', 'unit_kg', 'unit_package', 'per_trip', 'negative', 'lump_year', 'tier_excess')


@tagged('post_install', '-at_install')
class TestPricingProperties(ContractCase):
    """What holds for every quantity."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        prices = {'negative': -312.37, 'unit_kg': 9.13}
        hazardous = cls._contract(*(
            cls._detail(pricing_mode=mode, price_unit=prices.get(mode, 2195.17))
            for mode in ('unit_t', 'unit_kg', 'unit_package', 'per_trip', 'lump_year', 'negative')
        ), lump_sum_amount=8000.0, included_quantity_t=3.0)
        industrial = cls._contract(
            cls._detail(pricing_mode='tier_all', price_unit=0.0, waste_code_id=False), business_id=cls.industrial.id,
            tier_ids=[Command.create({'from_t': 0, 'to_t': 10, 'price_unit': 500.0}),
                      Command.create({'from_t': 10, 'to_t': 50, 'price_unit': 450.0}),
                      Command.create({'from_t': 50, 'to_t': 0, 'price_unit': 400.0})])
        kitchen = cls._contract(
            cls._detail(pricing_mode='tier_excess', price_unit=300.0, waste_code_id=False), business_id=cls.kitchen.id)
        cls.lines = {line.pricing_mode: line for line in (hazardous | industrial | kitchen).order_line}

    def _check(self, mode, *strategies):
        """Decorator: run the test of one line over many quantities."""
        def run(test):
            with self.subTest(mode=mode):
                settings(max_examples=60, deadline=None, derandomize=True)(given(*strategies)(test))()
        return run

    def test_no_amount_is_negative_nor_negative_zero(self):
        for mode, line in self.lines.items():
            @self._check(mode, KG, COUNT, COUNT, KG)
            def amounts(net, packages, trips, before):
                amount = line._price(Settled(net, packages, trips, before))
                self.assertGreaterEqual(amount, 0)
                self.assertFalse(amount.is_signed())
                self.assertEqual(amount, amount.quantize(Decimal('0.01')))

    def test_splitting_a_period_never_changes_the_unrounded_sum(self):
        for mode in MODES_SPLIT:
            line = self.lines[mode]
            pricing = line._get_pricing()

            @self._check(mode, KG, KG, COUNT, COUNT)
            def split(first, second, count_1, count_2):
                whole = pricing._amount(line, Settled(first + second, count_1 + count_2, count_1 + count_2))
                parts = (pricing._amount(line, Settled(first, count_1, count_1))
                         + pricing._amount(line, Settled(second, count_2, count_2, before_kg=first)))
                self.assertEqual(whole, parts)

    def test_more_never_costs_less_except_where_a_tier_takes_the_whole_quantity(self):
        for mode in MODES_SPLIT:
            line = self.lines[mode]

            @self._check(mode, KG, KG, COUNT)
            def monotone(net, more, count):
                self.assertGreaterEqual(
                    line._price(Settled(net + more, count, count)), line._price(Settled(net, count, count)))

    def test_tier_all_multiplies_by_the_price_of_one_tier(self):
        line = self.lines['tier_all']

        @self._check('tier_all', KG, KG)
        def one_price(net, before):
            total = net + before
            price = 500 if total < 10_000 else 450 if total < 50_000 else 400
            self.assertEqual(
                line._get_pricing()._amount(line, Settled(net, before_kg=before)), net / 1000 * price)
