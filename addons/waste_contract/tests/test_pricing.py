from decimal import Decimal

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.waste_contract.models.waste_pricing_mode import PRICING_MODES
from odoo.addons.waste_contract.tools import Settled, half_up

from .common import ContractCase


@tagged('post_install', '-at_install')
class TestPricing(ContractCase):
    """The test cases of data/reference/pricing_modes.csv, and the edges between them."""

    def _line(self, mode, price, business=None, **order_values):
        detail = self._detail(pricing_mode=mode, price_unit=price)
        if business in (self.industrial, self.kitchen):
            detail['waste_code_id'] = False
        contract = self._contract(detail, **{'business_id': (business or self.hazardous).id, **order_values})
        return contract.order_line

    def _tiers(self, *tiers):
        return [Command.create({'from_t': low, 'to_t': high, 'price_unit': price}) for low, high, price in tiers]

    def _assert_price(self, line, settled, amount):
        self.assertEqual(line._price(settled), Decimal(amount))

    def test_every_mode_of_the_selection_has_its_strategy_and_its_record(self):
        modes = self.env['waste.pricing.mode'].search([])

        for code, _label in PRICING_MODES:
            self.assertIn(f'waste.pricing.{code}', self.env)
            self.assertTrue(self.env[f'waste.pricing.{code}']._description)
        self.assertEqual(sorted(modes.mapped('code')), sorted(code for code, _label in PRICING_MODES))

    def test_every_strategy_of_a_weight_or_count_explains_zero_and_a_quantity(self):
        lines = {
            code: self._line(code, -300.0 if code == 'negative' else 300.0,
                             self.kitchen if code == 'tier_excess' else self.industrial if code == 'tier_all' else None,
                             tier_ids=self._tiers((0, 0, 300.0)) if code == 'tier_all' else False)
            for code in ('unit_t', 'unit_kg', 'unit_package', 'per_trip', 'lump_year', 'tier_all', 'tier_excess', 'negative')
        }
        for code, line in lines.items():
            with self.subTest(mode=code):
                self.assertIn('0.00', line._explain_price(Settled(Decimal(0))))
                amount = line._price(Settled(Decimal(1500), 2, 2))
                self.assertIn(f'{amount:,.2f}', line._explain_price(Settled(Decimal(1500), 2, 2)))

    def test_unit_t_4_236_t_at_2195(self):
        self._assert_price(self._line('unit_t', 2195.0), Settled(Decimal(4236)), '9298.02')

    def test_unit_kg_13_kg_at_67(self):
        self._assert_price(self._line('unit_kg', 67.0), Settled(Decimal(13)), '871.00')

    def test_unit_package_120_drums_at_15(self):
        self._assert_price(self._line('unit_package', 15.0), Settled(Decimal(999), packages=120), '1800.00')

    def test_per_trip_2_trips_at_1500(self):
        self._assert_price(self._line('per_trip', 1500.0), Settled(Decimal(0), trips=2), '3000.00')

    def test_negative_price_is_owed_by_us_as_a_positive_amount(self):
        line = self._line('negative', -300.0)

        self._assert_price(line, Settled(Decimal('6462.183')), '1938.65')
        self.assertEqual(line.payer, 'us')

    def test_lump_year_3_t_included_3_6_t_taken_at_3500(self):
        line = self._line('lump_year', 3500.0, lump_sum_amount=8000.0, included_quantity_t=3.0)

        self._assert_price(line, Settled(Decimal(3600)), '2100.00')

    def test_excess_of_exactly_the_included_quantity_is_nothing(self):
        line = self._line('lump_year', 3500.0, lump_sum_amount=8000.0, included_quantity_t=3.0)

        self._assert_price(line, Settled(Decimal(3000)), '0.00')
        self._assert_price(line, Settled(Decimal('3000.001')), '0.00')
        self._assert_price(line, Settled(Decimal('3000.002')), '0.01')

    def test_excess_counts_what_the_other_lump_details_took_before(self):
        line = self._line('lump_year', 3500.0, lump_sum_amount=8000.0, included_quantity_t=3.0)

        self._assert_price(line, Settled(Decimal(1000), before_kg=Decimal(2500)), '1750.00')
        self._assert_price(line, Settled(Decimal(1000), before_kg=Decimal(5000)), '3500.00')

    def test_mixed_contract_prices_each_detail_its_own_way(self):
        contract = self._contract(
            self._detail(), self._detail(price_unit=1800.0), self._detail(price_unit=2200.0),
            self._detail(pricing_mode='lump_year', price_unit=3500.0), lump_sum_amount=8000.0, included_quantity_t=3.0)

        amounts = [line._price(Settled(Decimal(3600))) for line in contract.order_line]
        self.assertEqual(amounts, [Decimal('10080.00'), Decimal('6480.00'), Decimal('7920.00'), Decimal('2100.00')])

    def test_tier_all_below_half_of_the_quota_everything_is_at_200(self):
        line = self._line('tier_all', 0.0, self.industrial, tier_ids=self._tiers((0, 5, 200.0), (5, 0, 300.0)))

        self._assert_price(line, Settled(Decimal(4999)), '999.80')
        self._assert_price(line, Settled(Decimal(5000)), '1500.00')
        self._assert_price(line, Settled(Decimal(1000), before_kg=Decimal(4500)), '300.00')

    def test_tier_all_requirement_d_12_t_above_10_t_at_1200(self):
        """S0-3.1.2-d prices the steps apart: 10 × 1,500 + 2 × 1,200; that is the excess kind."""
        line = self._line('tier_excess', 1500.0, self.kitchen, tier_ids=self._tiers((0, 10, 1500.0), (10, 0, 1200.0)))

        self._assert_price(line, Settled(Decimal(12000)), '17400.00')

    def test_tier_excess_quota_10_t_12_t_taken(self):
        line = self._line('tier_excess', 300.0, self.kitchen, tier_ids=self._tiers((0, 10, 300.0), (10, 0, 600.0)))

        self._assert_price(line, Settled(Decimal(12000)), '4200.00')
        self._assert_price(line, Settled(Decimal(10000)), '3000.00')
        self._assert_price(line, Settled(Decimal('10000.1')), '3000.06')
        self._assert_price(line, Settled(Decimal(2000), before_kg=Decimal(9000)), '900.00')

    def test_tier_excess_without_tiers_uses_the_quota_of_the_business(self):
        line = self._line('tier_excess', 300.0, self.kitchen)

        self.assertEqual((self.kitchen.default_quota_t, self.kitchen.excess_price_factor), (15.0, 2.0))
        self._assert_price(line, Settled(Decimal(16000)), '5100.00')

    def test_tiers_of_the_line_go_before_those_of_the_contract(self):
        line = self._line('tier_excess', 300.0, self.kitchen, tier_ids=self._tiers((0, 0, 300.0)))
        line.order_id.tier_ids = [Command.create({'line_id': line.id, 'from_t': 0, 'to_t': 0, 'price_unit': 100.0})]

        self._assert_price(line, Settled(Decimal(1000)), '100.00')

    def test_tier_all_without_tiers_is_refused_when_settled(self):
        line = self._line('tier_all', 300.0, self.industrial)

        with self.assertRaisesRegex(UserError, "No price tier of contract"):
            line._price(Settled(Decimal(1000)))

    def test_counting_periods(self):
        periods = {
            mode: self.env[f'waste.pricing.{mode}']._counting_period(
                self._line('tier_excess', 300.0, self.kitchen))
            for mode, _label in PRICING_MODES}

        self.assertEqual(periods, {
            'unit_t': 'none', 'unit_kg': 'none', 'unit_package': 'none', 'per_trip': 'none', 'negative': 'none',
            'lump_year': 'year', 'tier_all': 'year', 'tier_excess': 'quarter', 'tier_quota': 'year',
            'indexed': 'none', 'calorific': 'none', 'kitchen_bin': 'none', 'kitchen_free': 'none',
            'transport_sep': 'none', 'pretreat_fee': 'none', 'analysis_fee': 'none'})

    def test_i_32_half_a_cent_is_rounded_up_once_per_line(self):
        line = self._line('unit_t', 5.0)

        self._assert_price(line, Settled(Decimal(1)), '0.01')       # 0.005
        self._assert_price(line, Settled(Decimal('0.998')), '0.00')  # 0.00499
        self.assertEqual(str(half_up(Decimal('-0.001'))), '0.00')

    def test_prices_are_the_decimals_that_were_typed(self):
        self._assert_price(self._line('unit_kg', 0.1), Settled(Decimal('0.05')), '0.01')
        self._assert_price(self._line('unit_t', 2195.1), Settled(Decimal(1000000)), '2195100.00')
