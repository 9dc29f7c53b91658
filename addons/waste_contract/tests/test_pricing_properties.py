from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.fields import Command, Date
from odoo.tests import tagged

from odoo.addons.waste_contract.models.waste_pricing_mode import PRICING_MODES
from odoo.addons.waste_contract.tools import Settled, exact

from .common import ContractCase

KG = st.decimals(min_value=0, max_value=200_000, places=3)
COUNT = st.integers(min_value=0, max_value=999)
LAB = st.decimals(min_value=0, max_value=9_000, places=2)
# Modes whose amount is a sum over the kilograms and counts: a period can be split anywhere.
MODES_SPLIT = (
    'unit_t', 'unit_kg', 'unit_package', 'per_trip', 'negative', 'lump_year', 'tier_excess', 'tier_quota',
    'kitchen_bin', 'kitchen_free', 'pretreat_fee', 'transport_sep', 'calorific', 'indexed')
DAY = Date.to_date('2026-05-31')


@tagged('post_install', '-at_install')
class TestPricingProperties(ContractCase):
    """What holds for every quantity."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.hazardous | cls.industrial | cls.kitchen).pricing_mode_ids = False
        cls.env['waste.price.index'].search([]).unlink()
        cls.env['waste.price.index'].create({
            'metal': 'Cu', 'date': '2026-01-01', 'price_unit': 71234.5, 'currency_id': cls.env.ref('base.CNY').id})
        prices = {'negative': -312.37, 'indexed': -900.0, 'unit_kg': 9.13}
        more = {
            'calorific': {'lab_item': "热值"},
            'indexed': {'lab_item': "Cu", 'index_metal': 'Cu', 'index_coefficient': 0.37, 'index_fee': 50.0},
            'transport_sep': {'price_basis': 'tkm', 'distance_km': 37.5},
            'analysis_fee': {'waived_over_t': 20.0},
        }
        hazardous = cls._contract(*(
            cls._detail(pricing_mode=mode, price_unit=prices.get(mode, 2195.17), **more.get(mode, {}))
            for mode in ('unit_t', 'unit_kg', 'unit_package', 'per_trip', 'lump_year', 'negative', 'calorific', 'indexed',
                         'transport_sep', 'pretreat_fee', 'analysis_fee')
        ), lump_sum_amount=8000.0, included_quantity_t=3.0, minimum_charge_amount=1500.0)
        hazardous.tier_ids = cls._tiers(
            (0, 3750, 2195.0), (3750, 0, 1995.0), line=hazardous._get_lines_of_mode('calorific'))
        industrial = cls._contract(
            cls._detail(pricing_mode='tier_all', price_unit=0.0, waste_code_id=False), business_id=cls.industrial.id,
            tier_ids=cls._tiers((0, 10, 500.0), (10, 50, 450.0), (50, 0, 400.0)))
        kitchen = cls._contract(*(
            cls._detail(pricing_mode=mode, price_unit=300.0, waste_code_id=False)
            for mode in ('tier_excess', 'tier_quota', 'kitchen_bin', 'kitchen_free')
        ), business_id=cls.kitchen.id)
        kitchen.tier_ids = cls._tiers(
            (0, 5, 200.0), (5, 10, 300.0), (10, 0, 600.0, True), line=kitchen._get_lines_of_mode('tier_quota'))
        cls.contracts = hazardous | industrial | kitchen
        cls.lines = {line.pricing_mode: line for line in cls.contracts.order_line}

    @classmethod
    def _tiers(cls, *tiers, line=None):
        return [Command.create({
            **dict(zip(('from_t', 'to_t', 'price_unit', 'is_excess'), tier)), 'line_id': line.id if line else False,
        }) for tier in tiers]

    def _settled(self, net, count=0, before=Decimal(0), value=Decimal(3800)):
        return Settled(net, count, count, before, count, count, lab=(("热值", value), ("Cu", value / 1000)), day=DAY)

    def _check(self, mode, *strategies):
        """Decorator: run the test of one line over many quantities."""
        def run(test):
            with self.subTest(mode=mode):
                settings(max_examples=60, deadline=None, derandomize=True)(given(*strategies)(test))()
        return run

    def test_every_mode_is_tested(self):
        self.assertEqual(set(self.lines), {code for code, _label in PRICING_MODES})

    def test_no_amount_is_negative_nor_negative_zero(self):
        for mode, line in self.lines.items():
            @self._check(mode, KG, COUNT, KG, LAB)
            def amounts(net, count, before, value):
                amount = line._price(self._settled(net, count, before, value))
                self.assertGreaterEqual(amount, 0)
                self.assertFalse(amount.is_signed())

    def test_i_32_an_amount_is_rounded_once_to_the_cent(self):
        for mode, line in self.lines.items():
            @self._check(mode, KG, COUNT, KG)
            def rounded(net, count, before):
                settled = self._settled(net, count, before)
                unrounded = line._get_pricing()._amount(line, settled)
                self.assertEqual(line._price(settled), Decimal(unrounded).quantize(Decimal('0.01'), ROUND_HALF_UP))

    def test_splitting_a_period_never_changes_the_unrounded_sum(self):
        for mode in MODES_SPLIT:
            line = self.lines[mode]
            pricing = line._get_pricing()

            @self._check(mode, KG, KG, COUNT, COUNT)
            def split(first, second, count_1, count_2):
                whole = pricing._amount(line, self._settled(first + second, count_1 + count_2))
                parts = (pricing._amount(line, self._settled(first, count_1))
                         + pricing._amount(line, self._settled(second, count_2, before=first)))
                self.assertEqual(whole, parts)

    def test_more_never_costs_less_except_where_a_tier_takes_the_whole_quantity(self):
        for mode in MODES_SPLIT:
            line = self.lines[mode]

            @self._check(mode, KG, KG, COUNT)
            def monotone(net, more, count):
                self.assertGreaterEqual(
                    line._price(self._settled(net + more, count)), line._price(self._settled(net, count)))

    def test_tier_all_multiplies_by_the_price_of_one_tier(self):
        line = self.lines['tier_all']

        @self._check('tier_all', KG, KG)
        def one_price(net, before):
            total = net + before
            price = 500 if total < 10_000 else 450 if total < 50_000 else 400
            self.assertEqual(
                line._get_pricing()._amount(line, Settled(net, before_kg=before)), net / 1000 * price)

    def test_every_quantity_lies_in_exactly_one_tier(self):
        for line in (self.lines['tier_all'], self.lines['calorific'], self.lines['tier_quota']):
            @self._check(line.pricing_mode, st.decimals(min_value=0, max_value=10_000, places=6))
            def one_tier(quantity_t):
                self.assertEqual(len(line._get_tiers().filtered(lambda tier: tier._holds(quantity_t))), 1)

    def test_the_parts_of_a_quota_are_the_whole_quantity(self):
        line = self.lines['tier_quota']

        @self._check('tier_quota', KG)
        def whole(net):
            parts = line._get_pricing()._split(line, net / 1000)
            self.assertEqual(sum(part for part, _price in parts), net / 1000)

    def test_the_sum_of_the_lines_is_the_total_of_the_contract(self):
        for contract in self.contracts:
            @self._check(contract.business_id.code, st.lists(KG, min_size=11, max_size=11))
            def total(quantities):
                for line, net in zip(contract.order_line, quantities):
                    line.planned_quantity_t = float(net / 1000)
                self.assertEqual(
                    sum(exact(line.price_total) for line in contract.order_line), exact(contract.amount_total))
                self.assertEqual(
                    exact(contract.planned_receivable) - exact(contract.planned_payable), exact(contract.amount_total))

    def test_a_minimum_charge_is_reached_and_never_lowers(self):
        order = self.lines['unit_t'].order_id

        @self._check('minimum', st.lists(st.decimals(min_value=0, max_value=5_000, places=2), min_size=1, max_size=5))
        def topped(amounts):
            topup = order._get_minimum_topup(amounts)
            self.assertEqual(sum(amounts) + topup, sum(max(amount, Decimal(1500)) for amount in amounts))
