from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestSaleOrderPrices(ContractCase):
    """What approvals ask of the prices: floor price and discount."""

    def test_a_price_under_its_floor_is_seen_by_the_approval(self):
        contract = self._contract(self._detail(floor_price=2800.0), self._detail(floor_price=2500.0))

        self.assertFalse(contract.is_below_floor)
        contract.order_line[0].price_unit = 2799.99
        self.assertTrue(contract.is_below_floor)
        self.assertEqual(self.env['sale.order'].search([('id', '=', contract.id), ('is_below_floor', '=', True)]), contract)

    def test_of_what_we_pay_the_floor_is_the_most_we_pay(self):
        contract = self._contract(self._detail(pricing_mode='negative', price_unit=-300.0, floor_price=-350.0))

        self.assertFalse(contract.is_below_floor)
        contract.order_line.price_unit = -350.01
        self.assertTrue(contract.is_below_floor)

    def test_the_discount_is_that_of_the_most_reduced_detail(self):
        contract = self._contract(
            self._detail(list_price=3000.0), self._detail(list_price=3500.0), self._detail(list_price=2000.0))

        self.assertEqual(contract.discount_percent, 20.0)

    def test_i_39_outsiders_read_neither_floor_nor_discount(self):
        portal = new_test_user(
            self.env, 'h3_outside', 'base.group_portal', company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)], partner_id=self.env['res.partner'].create(
                {'name': "宏达财务", 'parent_id': self.producer.id, 'email': 'cw@example.com'}).id)
        contract = self._contract(contract_state='active').with_user(portal)

        for name in ('is_below_floor', 'discount_percent'):
            with self.subTest(field=name), self.assertRaises(AccessError):
                contract.read([name])
        with self.assertRaises(AccessError):
            contract.order_line.read(['list_price'])

    def test_a_salesperson_sees_that_a_price_is_below_the_floor_but_not_the_floor(self):
        contract = self._contract(self._detail(floor_price=2900.0)).with_user(self.salesperson)

        self.assertTrue(contract.is_below_floor)
        with self.assertRaises(AccessError):
            contract.order_line.read(['floor_price'])
