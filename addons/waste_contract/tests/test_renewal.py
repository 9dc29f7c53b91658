from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestRenewal(ContractCase):

    def _active(self, *details, **values):
        return self._contract(*details, contract_state='active', date_signed='2026-01-01', **values)

    def test_one_click_makes_the_contract_that_follows(self):
        contract = self._active(user_id=self.salesperson.id)

        action = contract.with_user(self.salesperson).action_renew()

        renewal = contract.renewed_by_id
        self.assertEqual(action['res_id'], renewal.id)
        self.assertRecordValues(renewal, [{
            'contract_state': 'draft', 'renewal_of_id': contract.id, 'date_start': date(2027, 1, 1), 'date_end': date(2027, 12, 31),
            'user_id': self.salesperson.id, 'planned_receivable': 28000.0, 'date_signed': False, 'external_key': False}])
        self.assertTrue(renewal.name.startswith('DS-HAZARDOUS-2027-') or '-2027-' in renewal.name)
        self.assertEqual(contract.renewal_state, 'talking')
        self.assertEqual(contract.with_user(self.salesperson).action_renew()['res_id'], renewal.id)

    def test_prices_follow_the_rule(self):
        self.hazardous.renewal_index_percent = -1.5
        cases = [('keep', 0.0, 2195.1, 2195.1), ('percent', 3.0, 2195.1, 2260.95), ('percent', 3.0, 0.855, 0.881),
                 ('index', 9.0, 2195.1, 2162.17), ('percent', 3.0, 0.0, 0.0)]
        for rule, percent, old, new in cases:
            with self.subTest(rule=rule, old=old):
                contract = self._active(
                    self._detail(price_unit=old), self._detail(pricing_mode='negative', price_unit=-300.0),
                    renewal_rule=rule, renewal_percent=percent)
                self.assertEqual(contract._renew().order_line.mapped('price_unit'), [new, -300.0])

    def test_the_business_gives_the_rule(self):
        self.hazardous.write({'renewal_rule': 'percent', 'renewal_percent': 5.0})

        contract = self._active(lump_sum_amount=8000.0, tier_ids=[
            Command.create({'from_t': 0, 'to_t': 10, 'price_unit': 100.0}), Command.create({'from_t': 10, 'price_unit': 90.0})])

        renewal = contract._renew()
        self.assertEqual(renewal.lump_sum_amount, 8400.0)
        self.assertEqual(renewal.tier_ids.mapped('price_unit'), [105.0, 94.5])

    def test_a_leap_year_stays_a_year_and_a_quarter_a_quarter(self):
        for start, end, new_end in (
                ('2024-01-01', '2024-12-31', '2025-12-31'), ('2025-03-01', '2026-02-28', '2027-02-28'),
                ('2026-04-01', '2026-06-30', '2026-09-30')):
            with self.subTest(end=end):
                self.assertEqual(str(self._active(
                    self._detail(waste_code_id=False), business_id=self.industrial.id,
                    date_start=start, date_end=end)._renew().date_end), new_end)

    def test_details_that_ended_are_not_renewed(self):
        contract = self._active(self._detail(), self._detail(waste_name="含铜污泥"))
        agreement = self.env['waste.contract.agreement'].create({
            'order_id': contract.id, 'date_effective': '2026-06-10', 'reason': "停产",
            'line_ids': [Command.create({'kind': 'end', 'line_id': contract.order_line[0].id})]})
        for state in ('approving', 'customer_review', 'signing', 'in_force'):
            agreement.state = state

        self.assertEqual(contract._renew().order_line.mapped('waste_name'), ["含铜污泥"])

    def test_codes_follow_the_list_in_force(self):
        old = self._code().copy({'code': '998-998-49', 'valid_to': '2026-12-31'})
        new = old.copy({'code': '998-998-49', 'valid_from': '2027-01-01', 'valid_to': False})
        contract = self._active(self._detail(waste_code_id=old.id))

        self.assertEqual(contract._renew().order_line.waste_code_id, new)

    def test_it_is_renewed_once_and_only_when_lived(self):
        contract = self._active()
        contract._renew()

        with self.assertRaisesRegex(UserError, "is renewed by"):
            contract._renew()
        with self.assertRaisesRegex(UserError, "in force or expired are renewed"):
            self._contract().action_renew()
        contract.renewed_by_id.action_cancel_contract("不续了")
        self.assertFalse(contract.renewed_by_id)
        contract._renew()
        self.assertEqual(len(contract.renewal_ids), 2)

    def test_the_pipeline_follows_the_renewal(self):
        contract = self._active()
        with self.assertRaisesRegex(ValidationError, "write why the renewal is lost"):
            contract.renewal_state = 'lost'
        with self.assertRaisesRegex(ValidationError, "has no renewal yet"):
            contract.renewal_state = 'renewed'

        contract.action_talk_renewal()
        self.assertEqual(contract.renewal_state, 'talking')
        renewal = contract._renew()
        for state in ('approving', 'customer_review', 'signing'):
            renewal.contract_state = state
        self.assertEqual(contract.renewal_state, 'talking')
        renewal.with_user(self.salesperson).action_sign()

        self.assertEqual((contract.renewal_state, renewal.contract_state), ('renewed', 'signing'))

    def test_a_lost_renewal_keeps_its_reason(self):
        contract = self._active().with_user(self.salesperson)
        action = contract.action_lose_renewal()

        self.env['waste.contract.reason'].with_user(self.salesperson).with_context(**action['context']).create(
            {'reason': "搬到惠州"}).action_confirm()

        self.assertEqual((contract.renewal_state, contract.renewal_lost_reason, contract.contract_state), ('lost', "搬到惠州", 'active'))

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref('waste_contract.ir_cron_contract_calendar').method_direct_trigger()

    def test_the_salesperson_is_reminded_90_60_and_30_days_before(self):
        contract = self._active(date_end='2026-12-31')
        expected = [('2026-10-01', 0, None), ('2026-10-02', 1, '2026-11-01'), ('2026-10-03', 1, '2026-11-01'),
                    ('2026-11-01', 1, '2026-12-01'), ('2026-12-01', 1, '2026-12-31'), ('2026-12-20', 1, '2026-12-31')]
        for day, count, due in expected:
            with self.subTest(day=day), freeze_time(f'{day} 10:00:00'):
                self._run_cron()
                self.assertEqual(len(contract.activity_ids), count)
                if due:
                    self.assertEqual(str(contract.activity_ids.date_deadline), due)
                    self.assertEqual(contract.activity_ids.user_id, self.salesperson)

    def test_a_reminder_done_is_not_repeated_and_a_longer_contract_reminds_anew(self):
        contract = self._active(date_end='2026-12-31')
        with freeze_time('2026-12-15 10:00:00'):
            self._run_cron()
            contract.activity_ids.action_done()
            self._run_cron()
            self.assertFalse(contract.activity_ids)
            agreement = self.env['waste.contract.agreement'].create({
                'order_id': contract.id, 'date_effective': '2026-12-15', 'reason': "延期", 'date_end': '2027-01-31'})
            for state in ('approving', 'customer_review', 'signing', 'in_force'):
                agreement.state = state
            self._run_cron()
        self.assertEqual(str(contract.activity_ids.date_deadline), '2027-01-01')

    def test_nobody_is_reminded_of_a_renewed_or_lost_contract(self):
        lost, renewed = self._active(date_end='2026-07-01'), self._active(date_end='2026-07-01')
        lost.write({'renewal_state': 'lost', 'renewal_lost_reason': "停产"})
        renewal = renewed._renew()
        for state in ('approving', 'customer_review', 'signing'):
            renewal.contract_state = state
        renewal.date_signed = '2026-06-15'

        self._run_cron()

        self.assertFalse((lost | renewed).activity_ids)
