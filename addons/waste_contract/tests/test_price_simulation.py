from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestPriceSimulation(ContractCase):
    """Type quantities, read what they come to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hazardous.pricing_mode_ids = False

    def _simulate(self, contract, user=None):
        action = contract.with_user(user or self.salesperson).action_simulate_prices()
        return self.env[action['res_model']].with_user(user or self.salesperson).browse(action['res_id'])

    def test_it_starts_with_the_plan_and_keeps_both_directions_apart(self):
        contract = self._contract(
            self._detail(planned_quantity_t=2.0),
            self._detail(waste_name="含铜污泥", pricing_mode='negative', price_unit=-300.0, planned_quantity_t=1.5))

        simulation = self._simulate(contract)

        self.assertEqual(simulation.line_ids.mapped('amount'), [5600.0, 450.0])
        self.assertEqual(simulation.line_ids[0].explanation, "2 t × 2,800 = 5,600.00")
        self.assertRecordValues(simulation, [{
            'receivable_amount': 5600.0, 'payable_amount': 450.0, 'government_amount': 0.0, 'charges': ''}])

    def test_typing_a_quantity_calculates_it(self):
        simulation = self._simulate(self._contract(contract_state='active'))

        with Form(simulation) as form:
            with form.line_ids.edit(0) as line:
                line.quantity_t = 4.236

            self.assertEqual(form.receivable_amount, 11860.8)

    def test_minimum_charge_lump_sum_and_deposit_are_shown(self):
        contract = self._contract(
            self._detail(pricing_mode='lump_year', price_unit=3500.0, planned_quantity_t=3.6),
            lump_sum_amount=8000.0, included_quantity_t=3.0, minimum_charge_amount=12000.0,
            minimum_charge_unit='contract', deposit_amount=15000.0)

        simulation = self._simulate(contract)

        self.assertEqual(simulation.receivable_amount, 12000.0)
        self.assertEqual(simulation.charges.splitlines(), [
            "Lump sum per Calendar year: 1 × 8,000.00 = 8,000.00",
            "Minimum charge per Whole contract: 1 × 12,000.00, the prices come to 10,100.00: 1,900.00 more",
            "Deposit 15,000.00: still due 0.00, to refund 3,000.00, to carry over 0.00"])

    def test_lump_details_use_up_one_quantity_and_fees_follow_their_waste(self):
        contract = self._contract(
            self._detail(pricing_mode='lump_year', price_unit=3500.0, planned_quantity_t=2.0),
            self._detail(pricing_mode='lump_year', price_unit=3000.0, planned_quantity_t=2.0),
            self._detail(waste_name="预处理费", pricing_mode='pretreat_fee', price_unit=100.0),
            included_quantity_t=3.0)

        simulation = self._simulate(contract)

        self.assertEqual(simulation.line_ids.mapped('amount'), [0.0, 3000.0, 400.0])

    def test_a_price_that_can_not_be_told_says_why(self):
        contract = self._contract(self._detail(
            pricing_mode='calorific', price_unit=0.0, lab_item="热值"))

        simulation = self._simulate(contract)

        self.assertTrue(simulation.line_ids.has_problem)
        self.assertIn("no laboratory report", simulation.line_ids.explanation)
        self.assertEqual(simulation.receivable_amount, 0.0)

    def test_who_may_not_read_the_contract_simulates_nothing(self):
        stranger = self._new_user('salesperson', 'h3_other')
        contract = self._contract()

        with self.assertRaises(AccessError):
            contract.with_user(stranger).action_simulate_prices()
        with self.assertRaises(AccessError):
            contract.with_user(self.users['dispatcher']).action_simulate_prices()

    def test_the_simulator_writes_nothing_to_the_contract(self):
        contract = self._contract(contract_state='active')
        before = contract.order_line.read(['planned_quantity_t', 'price_unit', 'price_total'])

        self._simulate(contract).line_ids.quantity_t = 99.0

        self.assertEqual(contract.order_line.read(['planned_quantity_t', 'price_unit', 'price_total']), before)
