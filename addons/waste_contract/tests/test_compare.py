from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestCompare(ContractCase):

    def _compare(self, contract):
        context = contract.with_user(self.salesperson).action_compare()['context']
        return Form(self.env['waste.contract.compare'].with_user(self.salesperson).with_context(**context))

    def test_a_contract_and_its_renewal(self):
        contract = self._contract(contract_state='active', renewal_rule='percent', renewal_percent=5.0)
        renewal = contract._renew()

        comparison = self._compare(renewal)
        comparison.only_differences = True

        self.assertEqual((comparison.left_id, comparison.right_id), (contract, renewal))
        for text in ("2,800", "2,940", "01/01/2027"):
            self.assertIn(text, comparison.table)
        self.assertNotIn("宏达", comparison.table)

    def test_before_and_after_an_agreement(self):
        contract = self._contract(contract_state='active')
        agreement = self.env['waste.contract.agreement'].create({
            'order_id': contract.id, 'date_effective': '2026-06-10', 'reason': "涨价", 'line_ids': [
                Command.create({'line_id': contract.order_line.id, 'price_unit': 3000.0}),
                Command.create({'kind': 'add', 'waste_name': "含铜污泥", 'price_unit': 5.0, 'pricing_mode': 'unit_t'})]})
        for state in ('approving', 'customer_review', 'signing', 'in_force'):
            agreement.state = state

        wizard = self.env['waste.contract.compare'].new({
            'left_id': contract.id, 'left_date': '2026-06-09', 'right_id': contract.id, 'right_date': '2026-06-10'})
        differing = {(title, row[0]): row[1:3] for title, rows in wizard._get_sections() for row in rows if row[3]}

        self.assertEqual(differing["废活性炭 900-039-49", "Unit Price"], ("2,800", "3,000"))
        self.assertEqual(differing["含铜污泥", "Unit Price"], ("", "5"))
        self.assertEqual({title for title, _label in differing}, {"废活性炭 900-039-49", "含铜污泥"})
