from datetime import date

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from ..models.waste_price_terms_mixin import PRICE_TERMS
from .test_agreement import AgreementCase


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestAgreementTerms(AgreementCase):
    """Whatever prices a waste detail can be changed by agreement, and nothing changes that nobody typed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.haul = cls._contract(
            cls._detail(),
            cls._detail(waste_name="运输费", waste_code_id=False, pricing_mode='transport_sep', price_basis='trip', price_unit=1500.0),
            is_transport_included=False, contract_state='active', date_signed='2026-01-01')
        cls.waste, cls.fee = cls.haul.order_line

    def test_every_term_of_a_price_changes_from_its_day(self):
        new = {
            'tax_rate_percent': 13.0, 'included_quantity_t': 2.0, 'price_basis': 'tkm', 'for_line_id': self.waste.id,
            'waived_over_t': 5.0, 'distance_km': 35.0, 't_per_bin': 0.12, 'lab_item': "Cu", 'index_metal': 'Cu',
            'index_coefficient': 0.4, 'index_fee': 300.0}
        self.assertEqual(set(new), set(PRICE_TERMS))
        old = self.fee._get_terms()

        agreement = self._agreement({'line_id': self.fee.id, **new}, order_id=self.haul.id)
        self.assertEqual(len(agreement.line_ids.summary.splitlines()), len(new))
        self._in_force(agreement)

        self.assertEqual({name: self.fee._get_terms()[name] for name in new}, new)
        before = self.fee._as_of(date(2026, 6, 9))
        self.assertEqual((before.price_basis, before.distance_km, before.for_line_id.id), ('trip', 0.0, False))
        self.assertEqual(self.haul.change_ids.former, old)
        self.assertTrue(self.haul.change_ids.is_price_change)

    def test_charges_of_the_contract_change_too(self):
        self._in_force(self._agreement(minimum_charge_amount=1500.0, minimum_charge_unit='month', lump_sum_unit='month'))

        self.assertEqual(
            (self.contract.minimum_charge_amount, self.contract.minimum_charge_unit, self.contract.lump_sum_unit),
            (1500.0, 'month', 'month'))
        self.assertEqual(self.contract._as_of(date(2026, 6, 9)).minimum_charge_amount, 0.0)
        with self.assertRaisesRegex(ValidationError, "Minimum Charge of agreement .* must not be negative"):
            self._agreement(minimum_charge_amount=-1.0, date_effective='2026-07-01')

    def test_an_added_detail_starts_as_any_new_one(self):
        self.hazardous.pricing_mode_ids = False
        self._in_force(self._agreement({
            'kind': 'add', 'waste_name': "餐厨桶", 'pricing_mode': 'kitchen_bin', 'price_unit': 11.0, 'waste_code_id': self._code().id}))

        added = self.contract.order_line - self.line
        self.assertEqual((added.t_per_bin, added.tax_rate_percent, added.price_basis), (0.11, 6.0, 'bin'))

    def test_what_is_typed_in_the_form_stays(self):
        form = Form(self.env['waste.contract.agreement'].with_user(self.salesperson).with_context(
            default_order_id=self.contract.id))
        form.date_effective = '2026-07-01'
        form.reason = "市场价上涨"
        with form.line_ids.new() as change:
            change.line_id = self.line
            change.price_unit = 3000.0
            change.planned_quantity_t = 20.0
            change.tax_rate_percent = 9.0
        agreement = form.save()
        with Form(agreement) as form, form.line_ids.edit(0) as change:
            change.planned_count = 3

        self.assertRecordValues(agreement.line_ids, [{
            'price_unit': 3000.0, 'planned_quantity_t': 20.0, 'tax_rate_percent': 9.0, 'planned_count': 3,
            'pricing_mode': 'unit_t', 't_per_bin': 0.11}])
        self.assertEqual(set(agreement.line_ids._get_agreed_terms()), {
            'price_unit', 'planned_quantity_t', 'tax_rate_percent', 'planned_count'})

    def test_a_ladder_that_makes_no_sense_is_refused_when_it_is_typed(self):
        for step in ({'from_t': -1.0}, {'from_t': 5.0, 'to_t': 2.0}, {'price_unit': -3.0}):
            with self.subTest(step=step), self.assertRaisesRegex(ValidationError, "must not be negative|not after its start"):
                self._agreement(tier_ids=[Command.create({'from_t': 0.0, 'price_unit': 1.0, **step})])
