from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
class TestContractExternal(ContractCase):
    """Contracts that WIM keeps: read here, changed there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(
            cls._detail(line_no='DSWF-2026-0001-01'),
            name='DSWF-2026-0001', contract_state='active', external_system='wim', external_key='DSWF-2026-0001',
            external_extra={'业务费': '300'})

    def test_it_keeps_its_number_and_is_marked(self):
        self.assertEqual(self.contract.order_line.line_no, 'DSWF-2026-0001-01')
        self.assertEqual((self.contract.is_external, self.contract.external_label), (True, 'WIM'))
        self.assertEqual((self.contract.contract_state, self.contract.state), ('active', 'sale'))
        self.assertFalse(self.contract.is_terms_open)

    def test_users_change_it_in_wim(self):
        contract = self.contract.with_user(self.manager)

        for values in ({'date_end': '2027-01-01'}, {'partner_id': self.government.id}, {'lump_sum_amount': 1.0}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "kept by WIM; change it there"):
                contract.write(values)
        with self.assertRaisesRegex(UserError, "Waste detail of contract DSWF-2026-0001 is kept by WIM"):
            contract.order_line.price_unit = 1.0
        with self.assertRaisesRegex(UserError, "Waste detail of contract DSWF-2026-0001 is kept by WIM"):
            contract.order_line = [Command.create(self._detail())]
        with self.assertRaisesRegex(UserError, "Waste detail of contract DSWF-2026-0001 is kept by WIM"):
            contract.order_line.unlink()
        with self.assertRaisesRegex(UserError, "Price tier of contract DSWF-2026-0001 is kept by WIM"):
            contract.tier_ids = [Command.create({'from_t': 0, 'price_unit': 1.0})]
        with self.assertRaises(UserError):
            contract.unlink()

    def test_a_contract_born_in_wim_is_reviewed_and_signed_here(self):
        born = self._contract(
            self._detail(line_no='DSWF-2026-0002-01'), name='DSWF-2026-0002', contract_state='customer_review',
            external_system='wim', external_key='DSWF-2026-0002').with_user(self.salesperson)

        born.action_agree()
        with self.assertRaisesRegex(UserError, "kept by WIM; change it there"):
            born.date_end = '2027-01-01'
        born.action_sign()

        self.assertEqual((born.contract_state, born.state, bool(born.date_signed)), ('active', 'sale', True))
        with self.assertRaisesRegex(UserError, "agree on changes there"):
            self.env['waste.contract.agreement'].create({
                'order_id': born.id, 'date_effective': born.date_end, 'reason': "涨价"})

    def test_who_serves_it_is_ours(self):
        other = self._new_user('salesperson', 'h3_other')

        self.contract.with_user(self.manager).user_id = other

        self.assertEqual(self.contract.user_id, other)

    def test_wim_goes_on_changing_it(self):
        self.contract.write({'date_end': '2027-06-30', 'order_line': [
            Command.update(self.contract.order_line.id, {'price_unit': 3000.0}),
            Command.create(self._detail(line_no='DSWF-2026-0001-02', price_unit=100.0))]})

        self.assertEqual(self.contract.amount_total, 31000.0)
        self.contract.order_line[1].unlink()
        self.assertEqual(self.contract.amount_total, 30000.0)

    def test_wim_can_take_over_many_at_the_cost_of_few_queries(self):
        """41 contracts with 3 details each: what we add to Odoo's own work doesn't grow with their number."""
        detail = self._detail()

        def born(numbers):
            return [{
                'business_id': self.hazardous.id, 'company_id': self.company.id, 'partner_id': self.producer.id,
                'user_id': self.salesperson.id, 'date_start': '2026-01-01', 'date_end': '2026-12-31',
                'name': f'W-{number}', 'external_system': 'wim', 'external_key': f'W-{number}', 'contract_state': 'active',
                'order_line': [Command.create({**detail, 'line_no': f'W-{number}-{i}'}) for i in range(3)],
            } for number in numbers]
        Order = self.env['sale.order']
        Order.create(born([0])).flush_recordset()

        counts = []
        for numbers in (range(1, 2), range(2, 43)):
            self.env.invalidate_all()
            ours = []
            with self.patch_query_log(ours):
                Order.create(born(numbers))
                self.env.flush_all()
            counts.append(len(ours))

        self.assertLessEqual(counts[1] - counts[0], 12)

    def patch_query_log(self, log):
        """Collect the queries on our tables and those we look up; Odoo's own per-order lookups aren't ours to count."""
        cursor_class = type(self.env.cr)
        execute = cursor_class.execute
        ours = ('waste_', 'sale_order', 'account_tax', 'res_partner', 'uom_uom', 'ir_sequence')

        @contextmanager
        def patched():
            def logged(cursor, query, *args, **kwargs):
                text = getattr(query, 'code', query)
                if any(f'FROM "{table}' in text or f'INTO "{table}' in text or f'UPDATE "{table}' in text for table in ours):
                    log.append(text)
                return execute(cursor, query, *args, **kwargs)
            with patch.object(cursor_class, 'execute', logged):
                yield
        return patched()
