from decimal import Decimal

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Date
from odoo.tests import freeze_time, tagged

from odoo.addons.waste_contract.tools import Settled, exact

from .common import ContractCase

# Where each code of data/reference/pricing_modes.csv is: a strategy of a line, or a term of line or contract.
STRATEGIES = {
    'UNIT_T': 'unit_t', 'UNIT_KG': 'unit_kg', 'UNIT_PACK': 'unit_package', 'PER_TRIP': 'per_trip',
    'LUMP_YEAR': 'lump_year', 'TIER_ALL': 'tier_all', 'TIER_MARGINAL': 'tier_excess', 'ANALYSIS_FEE': 'analysis_fee',
    'PRETREAT_FEE': 'pretreat_fee', 'TRANSPORT_SEP': 'transport_sep', 'NEGATIVE': 'negative', 'INDEXED': 'indexed',
    'CALORIFIC': 'calorific', 'KITCHEN_BIN': 'kitchen_bin', 'KITCHEN_FREE': 'kitchen_free',
}
TERMS = {
    'EXCESS': ('sale.order', 'included_quantity_t'), 'MIXED': ('sale.order.line', 'pricing_mode'),
    'MIN_CHARGE': ('sale.order', 'minimum_charge_amount'), 'DEPOSIT': ('sale.order', 'deposit_amount'),
    'TRANSPORT_INC': ('sale.order', 'is_transport_included'), 'FLOOR': ('sale.order.line', 'floor_price'),
}


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestPricingModes(ContractCase):
    """All 21 codes of data/reference/pricing_modes.csv; the first eight are in ``test_pricing.py`` too, with their edges."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.hazardous | cls.kitchen).pricing_mode_ids = False
        cls.env['waste.price.index'].search([]).unlink()
        cls.cny = cls.env.ref('base.CNY')

    def _line(self, mode, price=0.0, tiers=(), order=None, **detail):
        """Return the first waste detail of a contract with this price."""
        contract = self._contract(
            self._detail(pricing_mode=mode, price_unit=price, **detail), **(order or {}),
            tier_ids=[Command.create(dict(zip(('from_t', 'to_t', 'price_unit', 'is_excess'), tier))) for tier in tiers])
        return contract.order_line

    def _assert_price(self, line, settled, amount, words=None):
        self.assertEqual(line._price(settled), Decimal(amount))
        if words:
            self.assertIn(words, line._explain_price(settled))

    def test_every_code_is_a_strategy_or_a_term(self):
        self.assertEqual(len(STRATEGIES) + len(TERMS), 21)
        for mode in STRATEGIES.values():
            self.assertIn(f'waste.pricing.{mode}', self.env)
        for model, field in TERMS.values():
            self.assertIn(field, self.env[model]._fields)

    # ------------------------------------------------------------------ by quantity

    def test_unit_t(self):
        self._assert_price(self._line('unit_t', 2195.0), Settled(Decimal(4236)), '9298.02')

    def test_unit_kg(self):
        self._assert_price(self._line('unit_kg', 67.0), Settled(Decimal(13)), '871.00')

    def test_unit_pack(self):
        self._assert_price(self._line('unit_package', 15.0), Settled(Decimal(0), packages=120), '1800.00')

    def test_per_trip(self):
        self._assert_price(self._line('per_trip', 1500.0), Settled(Decimal(0), trips=2), '3000.00')

    # ------------------------------------------------------------------ lump sums

    def test_lump_year(self):
        line = self._line('lump_year', 3500.0, planned_quantity_t=3.6, order={
            'lump_sum_amount': 8000.0, 'included_quantity_t': 3.0})

        self._assert_price(line, Settled(Decimal(3600)), '2100.00')
        self.assertEqual(line.order_id.amount_total, 10100.0)

    def test_lump_year_per_month_500_a_month_is_6000_a_year(self):
        """S0-3.1.2-d; a contract of a year has twelve months also when it starts in the middle of one."""
        for start, end in (('2026-01-01', '2026-12-31'), ('2026-01-15', '2027-01-14')):
            line = self._line('lump_year', 0.0, planned_quantity_t=0.0, order={
                'lump_sum_amount': 500.0, 'lump_sum_unit': 'month', 'date_start': start, 'date_end': end})

            self.assertEqual(line.order_id.amount_total, 6000.0)
            self.assertEqual(line._get_pricing()._counting_period(line), 'month')
            self.assertIn("this month", line._explain_price(Settled(Decimal(100))))

    def test_lump_year_per_trip(self):
        line = self._line('lump_year', 3500.0, planned_quantity_t=0.0, planned_count=4, order={
            'lump_sum_amount': 800.0, 'lump_sum_unit': 'trip', 'included_quantity_t': 0.5})

        self.assertEqual(line.order_id.amount_total, 3200.0)
        self.assertEqual(line._get_pricing()._settle_by(line), 'trip')
        self._assert_price(line, Settled(Decimal(700), trips=1), '700.00', "on one trip")

    def test_s0_3_1_2_d_annual_package_20000_with_5_t_6_t_taken(self):
        line = self._line('lump_year', 2000.0, planned_quantity_t=6.0, order={
            'lump_sum_amount': 20000.0, 'included_quantity_t': 5.0})

        self.assertEqual(line.order_id.amount_total, 22000.0)

    def test_excess_of_exactly_the_included_quantity_is_zero(self):
        line = self._line('lump_year', 3500.0, order={'lump_sum_amount': 8000.0, 'included_quantity_t': 3.0})

        self._assert_price(line, Settled(Decimal(3000)), '0.00')
        self._assert_price(line, Settled(Decimal('3000.01')), '0.04')

    def test_excess_pooled_over_the_lines_or_per_line(self):
        contract = self._contract(
            self._detail(pricing_mode='lump_year', price_unit=3500.0, planned_quantity_t=2.0),
            self._detail(pricing_mode='lump_year', price_unit=3000.0, planned_quantity_t=2.0),
            self._detail(pricing_mode='lump_year', price_unit=1000.0, planned_quantity_t=2.0, included_quantity_t=0.5),
            lump_sum_amount=8000.0, included_quantity_t=3.0)
        pooled, second, own = contract.order_line
        pricing = pooled._get_pricing()

        self.assertEqual(pricing._get_counted_lines(second), pooled + second)
        self.assertEqual(pricing._get_counted_lines(own), own)
        # 8,000, nothing above, 1 t of the pool above at 3,000, 1.5 t above the own half tonne.
        self.assertEqual(contract.order_line.mapped('price_total'), [8000.0, 3000.0, 1500.0])

    def test_mixed(self):
        contract = self._contract(
            self._detail(planned_quantity_t=1.0), self._detail(price_unit=1800.0, planned_quantity_t=1.0),
            self._detail(price_unit=2200.0, planned_quantity_t=1.0),
            self._detail(pricing_mode='lump_year', price_unit=3500.0, planned_quantity_t=3.6),
            lump_sum_amount=8000.0, included_quantity_t=3.0)

        self.assertEqual(contract.order_line.mapped('price_total'), [2800.0, 1800.0, 2200.0, 10100.0])
        self.assertEqual(contract.amount_total, 16900.0)

    # ------------------------------------------------------------------ tiers

    def test_tier_all(self):
        line = self._line('tier_all', tiers=[(0, 5, 200.0), (5, 0, 300.0)])

        self._assert_price(line, Settled(Decimal(4999)), '999.80')
        self._assert_price(line, Settled(Decimal(5000)), '1500.00')

    def test_tier_marginal(self):
        line = self._line('tier_excess', tiers=[(0, 10, 300.0), (10, 0, 600.0)])

        self._assert_price(line, Settled(Decimal(12000)), '4200.00')

    BEIJING = [(0, 5, 200.0), (5, 10, 300.0), (10, 0, 600.0, True)]

    def test_tier_all_and_tier_marginal_at_once_as_in_beijing(self):
        """Up to 50 % of the quota all at 200, up to the quota all at 300, only the excess at 600 (waste-domain.md §3)."""
        line = self._line('tier_quota', tiers=self.BEIJING)
        for kilograms, amount in ((4999, '999.80'), (5000, '1000.00'), ('5000.1', '1500.03'), (8000, '2400.00'),
                                  (10000, '3000.00'), ('10000.1', '3000.06'), (12000, '4200.00')):
            with self.subTest(kilograms=kilograms):
                self._assert_price(line, Settled(Decimal(kilograms)), amount)

    def test_tier_quota_makes_up_the_difference_when_the_year_reaches_the_next_tier(self):
        line = self._line('tier_quota', tiers=self.BEIJING)

        # 4 t at 200 were paid; with 2 t more all 6 t are at 300.
        self._assert_price(line, Settled(Decimal(2000), before_kg=Decimal(4000)), '1000.00', "6 t × 300")
        self._assert_price(line, Settled(Decimal(3000), before_kg=Decimal(9000)), '1500.00', "10 t × 300 + 2 t × 600")

    def test_i_44_a_quota_that_changes_in_the_middle_of_the_year(self):
        """The tonnes since January go on counting; the part after the change is priced by the new quota."""
        line = self._line('tier_quota', tiers=self.BEIJING)
        july = self._line('tier_quota', tiers=[(0, 10, 200.0), (10, 20, 300.0), (20, 0, 600.0, True)])

        before = Decimal(9000)
        self._assert_price(line, Settled(Decimal(2000), before_kg=before), '900.00')   # 3,000 + 600 − 2,700
        self._assert_price(july, Settled(Decimal(2000), before_kg=before), '1500.00')  # 11 t × 300 − 9 t × 200

    def test_tier_quota_refuses_a_falling_price_and_excess_below_the_whole(self):
        for tiers, words in (
                ([(0, 5, 300.0), (5, 10, 200.0), (10, 0, 600.0, True)], "must not fall"),
                ([(0, 5, 200.0, True), (5, 0, 300.0)], "come after those for the whole"),
                ([], "there are none")):
            line = self._line('tier_quota', tiers=tiers, price=0.0)
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                line.order_id.action_submit()

    # ------------------------------------------------------------------ terms of the contract

    def test_min_charge_0_2_t_at_3000_is_600_below_1500(self):
        line = self._line('unit_t', 3000.0, order={'minimum_charge_amount': 1500.0})
        amount = line._price(Settled(Decimal(200)))

        self.assertEqual(amount, Decimal('600.00'))
        self.assertEqual(line.order_id._get_minimum_topup([amount]), Decimal('900.00'))
        self.assertEqual(line.order_id._get_minimum_topup([amount, Decimal(1500), Decimal(2000)]), Decimal('900.00'))
        self.assertEqual(line.order_id._get_minimum_topup([amount, amount]), Decimal('1800.00'))

    def test_deposit_is_refunded_or_carried_over_or_topped_up(self):
        order = self._line('unit_t', 300.0, order={'deposit_amount': 3600.0}).order_id

        self.assertEqual(order._settle_deposit(Decimal('3000')), (0, 600, 0))
        self.assertEqual(order._settle_deposit(Decimal('4000')), (400, 0, 0))
        self.assertEqual(order._settle_deposit(Decimal('3600')), (0, 0, 0))
        order.deposit_rule = 'carry_over'
        self.assertEqual(order._settle_deposit(Decimal('3000')), (0, 0, 600))

    def test_floor(self):
        """(2,195 − 2,000) × 4.236 t × 10 %."""
        line = self._line('unit_t', 2195.0, floor_price=2000.0, commission_percent=10.0)

        self.assertEqual(line._get_commission(Settled(Decimal(4236))), Decimal('82.602'))
        line.floor_price = 2200.0
        self.assertEqual(line._get_commission(Settled(Decimal(4236))), 0)
        self.assertTrue(line.order_id.is_below_floor)

    # ------------------------------------------------------------------ fees apart

    def test_analysis_fee_is_waived_over_the_agreed_tonnes(self):
        line = self._line('analysis_fee', 350.0, waived_over_t=10.0)

        self._assert_price(line, Settled(Decimal(4000), samples=3), '1050.00', "3 samples × 350")
        self._assert_price(line, Settled(Decimal(6000), samples=3, before_kg=Decimal(4000)), '1050.00')
        self._assert_price(line, Settled(Decimal('6000.001'), samples=3, before_kg=Decimal(4000)), '0.00', "waived over 10 t")

    def test_pretreat_fee_per_tonne_or_a_sum_per_trip(self):
        line = self._line('pretreat_fee', 120.0)

        self._assert_price(line, Settled(Decimal(2500), trips=2), '300.00')
        line.price_basis = 'trip'
        self._assert_price(line, Settled(Decimal(2500), trips=2), '240.00')

    def test_transport_sep_is_a_line_of_its_own_rate(self):
        contract = self._contract(
            self._detail(planned_quantity_t=2.0, price_unit=1060.0),
            self._detail(waste_name="运输费", waste_code_id=False, pricing_mode='transport_sep', price_unit=1090.0, planned_count=1),
            is_transport_included=False)
        waste, transport = contract.order_line

        self.assertEqual((waste.tax_ids.amount, transport.tax_ids.amount), (6.0, 9.0))
        self.assertEqual((waste.price_tax, transport.price_tax), (120.0, 90.0))
        self.assertEqual(contract.amount_total, 3210.0)
        self._assert_price(transport, Settled(Decimal(2000), trips=1), '1090.00', "1 trips × 1,090")
        contract.action_submit()
        self.assertEqual(contract.contract_state, 'approving')

    def test_transport_sep_per_tonne_kilometre(self):
        line = self._line('transport_sep', 1.2, price_basis='tkm', distance_km=45.0)

        self._assert_price(line, Settled(Decimal(4000)), '216.00', "4 t × 45 km × 1.2")
        self._assert_price(line, Settled(Decimal(4000), km=Decimal(50)), '240.00')
        line.distance_km = 0.0
        with self.assertRaisesRegex(UserError, "type the distance"):
            line.order_id.write({'is_transport_included': False})
            line.order_id.action_submit()

    def test_a_fee_moves_what_its_waste_moves(self):
        contract = self._contract(
            self._detail(planned_quantity_t=2.0), self._detail(waste_name="废酸", planned_quantity_t=3.0),
            self._detail(waste_name="预处理费", pricing_mode='pretreat_fee', price_unit=100.0))
        first, second, fee = contract.order_line

        self.assertEqual(fee._get_pricing()._get_moved_lines(fee), first + second)
        self.assertEqual(fee.price_total, 500.0)
        fee.for_line_id = second
        self.assertEqual(fee._get_pricing()._get_moved_lines(fee), second)
        self.assertEqual(fee.price_total, 300.0)
        with self.assertRaisesRegex(ValidationError, "another waste detail of the same contract"):
            first.for_line_id = second

    def test_a_copied_contract_keeps_fees_with_their_waste(self):
        contract = self._contract(self._detail(), self._detail(waste_name="预处理费", pricing_mode='pretreat_fee', price_unit=1.0))
        contract.order_line[1].for_line_id = contract.order_line[0]

        copy = contract.copy()

        self.assertEqual(copy.order_line[1].for_line_id, copy.order_line[0])

    def test_transport_inc_refuses_a_second_charge_for_it(self):
        contract = self._contract(
            self._detail(), self._detail(waste_name="运输费", pricing_mode='transport_sep', price_unit=500.0, planned_count=2))

        with self.assertRaisesRegex(UserError, "transport is included, and also prices it apart"):
            contract.action_submit()

    # ------------------------------------------------------------------ paid by us or by the government

    def test_negative(self):
        line = self._line('negative', -300.0)

        self._assert_price(line, Settled(Decimal(1500)), '450.00', "paid by us")
        self.assertEqual(line.payer, 'us')

    def test_indexed_3_2_percent_copper_at_72000_and_0_4(self):
        self.env['waste.price.index'].create([
            {'metal': 'Cu', 'date': '2026-05-01', 'price_unit': 72000.0, 'currency_id': self.cny.id},
            {'metal': 'Cu', 'date': '2026-06-01', 'price_unit': 80000.0, 'currency_id': self.cny.id}])
        line = self._line('indexed', -900.0, lab_item="Cu", index_metal='Cu', index_coefficient=0.4)
        lab = (('pH', Decimal(7)), ('Cu', Decimal('3.2')))

        self._assert_price(line, Settled(Decimal(1000), lab=lab, day=Date.to_date('2026-05-31')), '921.60', "72,000")
        self._assert_price(line, Settled(Decimal(1000), lab=lab, day=Date.to_date('2026-06-01')), '1024.00')
        line.index_fee = 100.0
        self._assert_price(line, Settled(Decimal(2000), lab=lab, day=Date.to_date('2026-05-31')), '1643.20')
        line.index_fee = 1000.0
        self._assert_price(line, Settled(Decimal(2000), lab=lab, day=Date.to_date('2026-05-31')), '0.00')
        self.assertEqual((line.payer, line.price_total), ('us', -9000.0))

    def test_indexed_without_quotation_or_report_is_refused(self):
        line = self._line('indexed', -900.0, lab_item="Cu", index_metal='Cu', index_coefficient=0.4)
        settled = Settled(Decimal(1000), lab=(('Cu', Decimal('3.2')),), day=Date.to_date('2026-05-31'))

        with self.assertRaisesRegex(UserError, "no market price of Cu on 2026-05-31"):
            line._price(settled)
        self.env['waste.price.index'].create(
            {'metal': 'Cu', 'date': '2026-05-01', 'price_unit': 72000.0, 'currency_id': self.cny.id})
        with self.assertRaisesRegex(UserError, "no laboratory report says it"):
            line._price(settled._replace(lab=()))

    def test_a_quotation_in_another_currency_is_not_mixed_in(self):
        self.env.ref('base.EUR').active = True
        self.env['waste.price.index'].create(
            {'metal': 'Cu', 'date': '2026-05-01', 'price_unit': 9000.0, 'currency_id': self.env.ref('base.EUR').id})
        line = self._line('indexed', -900.0, lab_item="Cu", index_metal='Cu', index_coefficient=0.4)

        with self.assertRaisesRegex(UserError, "in CNY"):
            line._price(Settled(Decimal(1000), lab=(('Cu', Decimal('3.2')),), day=Date.to_date('2026-05-31')))

    def test_a_corrected_quotation_counts_at_once(self):
        quote = self.env['waste.price.index'].create(
            {'metal': 'Cu', 'date': '2026-05-01', 'price_unit': 72000.0, 'currency_id': self.cny.id})
        day = Date.to_date('2026-05-02')

        self.assertEqual(self.env['waste.price.index']._find('Cu', day, self.cny), quote)
        quote.date = '2026-05-03'
        with self.assertRaises(UserError):
            self.env['waste.price.index']._find('Cu', day, self.cny)

    def test_calorific_3749_and_3750(self):
        line = self._line('calorific', 2100.0, lab_item="热值", tiers=[(0, 3750, 2195.0), (3750, 0, 1995.0)])

        self._assert_price(line, Settled(Decimal(1000), lab=(("热值", Decimal(3749)),)), '2195.00')
        self._assert_price(line, Settled(Decimal(1000), lab=(("热值", Decimal(3750)),)), '1995.00', "in the band of 1,995")
        self.assertEqual(line._get_pricing()._settle_by(line), 'batch')
        self.assertEqual(line.price_total, 21000.0)

    def test_calorific_needs_its_item_and_its_bands(self):
        for values, words in (({'lab_item': False}, "name the item"), ({'lab_item': "热值"}, "there are none")):
            line = self._line('calorific', 2100.0, **values)
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                line.order_id.action_submit()

    # ------------------------------------------------------------------ kitchens

    def _kitchen_line(self, mode, price, **detail):
        return self._line(mode, price, waste_code_id=False, **detail, order={
            'business_id': self.kitchen.id, 'government_id': self.government.id})

    def test_kitchen_bin(self):
        """Daxing: 11 a bin of 120 l, or 0.11 t × 100 a tonne."""
        line = self._kitchen_line('kitchen_bin', 11.0, planned_count=1500)

        self._assert_price(line, Settled(Decimal(7), bins=30), '330.00', "30 bins × 11")
        self._assert_price(line, Settled(Decimal(7), packages=30), '330.00', "30 bins × 11")
        self.assertEqual(line.price_total, 16500.0)
        line.write({'price_basis': 't', 'price_unit': 100.0})
        self._assert_price(line, Settled(Decimal(7), bins=30), '330.00', "30 bins × 0.11 t × 100")

    def test_kitchen_free_shows_the_tonnes_and_what_the_government_pays(self):
        line = self._kitchen_line('kitchen_free', 120.0)

        self._assert_price(line, Settled(Decimal(2300)), '0.00', "2.3 t, free for the producer")
        self.assertEqual(line._simulate(Settled(Decimal(2300))).amount, Decimal('276.00'))
        self.assertIn("276.00", line._explain_price(Settled(Decimal(2300))))
        self.assertEqual((line.payer, line.price_total, line.order_id.planned_receivable), ('government', 0.0, 0.0))
        line.order_id.government_id = False
        with self.assertRaisesRegex(UserError, "government"):
            line.order_id.action_submit()

    # ------------------------------------------------------------------ bad input

    def test_numbers_that_make_no_sense_are_refused(self):
        for mode, values, words in (
                ('kitchen_bin', {'t_per_bin': -0.1}, "must not be negative"),
                ('analysis_fee', {'waived_over_t': -1.0}, "must not be negative"),
                ('transport_sep', {'distance_km': -1.0}, "must not be negative"),
                ('unit_t', {'tax_rate_percent': 600.0}, "percentage such as 6"),
                ('unit_t', {'price_basis': 'tkm'}, "can't be per"),
                ('kitchen_free', {'price_unit': -1.0}, "must not be negative"),
                ('indexed', {'price_unit': 1.0}, "negative price")):
            with self.subTest(mode=mode, **values), self.assertRaisesRegex(ValidationError, words):
                self._contract(self._detail(**{'pricing_mode': mode, 'price_unit': 0.0, **values}))

    def test_a_rate_of_its_own_makes_its_tax(self):
        line = self._line('unit_t', 113.0, tax_rate_percent=7.0)

        self.assertEqual(line.tax_ids.amount, 7.0)
        line.tax_rate_percent = 13.0
        self.assertEqual(line.tax_ids.amount, 13.0)
        self.assertEqual(exact(line.price_tax), Decimal('130'))
