from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
class TestWastePriceTier(ContractCase):

    def _with_tiers(self, *tiers):
        return self._contract(
            self._detail(pricing_mode='tier_all', waste_code_id=False), business_id=self.industrial.id,
            tier_ids=[Command.create({'from_t': low, 'to_t': high, 'price_unit': price}) for low, high, price in tiers])

    def test_the_feeds_tiers_are_accepted_in_any_order(self):
        contract = self._with_tiers((50, 0, 400.0), (0, 10, 500.0), (10, 50, 450.0))

        self.assertEqual(contract.order_line._get_tiers().mapped('price_unit'), [500.0, 450.0, 400.0])

    def test_bad_ladders_are_refused(self):
        cases = {
            "leave a gap: 10 to 20 t": [(0, 10, 5.0), (20, 0, 4.0)],
            "leave a gap: 0 to 5 t": [(5, 0, 5.0)],
            "overlap at 9 t": [(0, 10, 5.0), (9, 0, 4.0)],
            "overlap at 10 t": [(0, 0, 5.0), (10, 0, 4.0)],
            "ends at 5 t, not after its start at 10 t": [(0, 10, 5.0), (10, 5, 4.0)],
            "last price tier .* ends at 10 t": [(0, 10, 5.0)],
            "must not be negative": [(0, 0, -1.0)],
        }
        for sentence, tiers in cases.items():
            with self.subTest(sentence), self.assertRaisesRegex(ValidationError, sentence):
                self._with_tiers(*tiers)

    def test_bounds_are_moved_in_one_save(self):
        contract = self._with_tiers((0, 10, 5.0), (10, 0, 4.0))
        low, high = contract.tier_ids

        contract.tier_ids = [Command.update(low.id, {'to_t': 20}), Command.update(high.id, {'from_t': 20})]

        self.assertEqual(contract.tier_ids.mapped('to_t'), [20.0, 0.0])

    def test_a_step_deleted_behind_the_contract_stops_its_submission(self):
        contract = self._with_tiers((0, 10, 5.0), (10, 50, 4.0), (50, 0, 3.0))
        contract.tier_ids.filtered(lambda tier: tier.from_t == 10).unlink()

        with self.assertRaisesRegex(UserError, "leave a gap: 10 to 50 t"):
            contract.action_submit()

    def test_a_tier_can_not_name_a_detail_of_another_contract(self):
        other = self._contract()

        with self.assertRaisesRegex(ValidationError, "waste detail of another contract"):
            self._contract(tier_ids=[Command.create({'line_id': other.order_line.id, 'from_t': 0, 'price_unit': 1.0})])

    def test_tiers_close_with_the_terms(self):
        contract = self._with_tiers((0, 10, 5.0), (10, 0, 4.0))
        contract.action_submit()
        tier = contract.tier_ids[0]

        with self.assertRaisesRegex(UserError, "Price tier can no longer be changed"):
            tier.price_unit = 1.0
        with self.assertRaisesRegex(UserError, "Price tier can no longer be changed"):
            tier.unlink()
        with self.assertRaisesRegex(UserError, "Price tier can no longer be changed"):
            self.env['waste.price.tier'].with_user(self.manager).create({'order_id': contract.id, 'from_t': 99, 'price_unit': 3.0})
        self.assertEqual(tier.price_unit, 5.0)

    def test_duplicating_a_contract_takes_its_tiers_along(self):
        contract = self._with_tiers((0, 10, 5.0), (10, 0, 4.0))
        contract.tier_ids = [Command.create({'line_id': contract.order_line.id, 'from_t': 0, 'price_unit': 3.0})]

        copy = contract.copy()

        self.assertEqual(sorted(copy.tier_ids.mapped('price_unit')), [3.0, 4.0, 5.0])
        self.assertEqual(copy.tier_ids.line_id, copy.order_line)
        self.assertEqual(len(contract.tier_ids), 3)
        self.assertEqual((copy.contract_state, copy.amount_total), ('draft', contract.amount_total))
