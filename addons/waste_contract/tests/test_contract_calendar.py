from odoo.tests import freeze_time, tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
class TestContractCalendar(ContractCase):
    """What the days themselves do: start, warn, expire."""

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref('waste_contract.ir_cron_contract_calendar').method_direct_trigger()

    def test_the_last_day_still_counts(self):
        contract = self._contract(contract_state='active', date_end='2026-06-30')

        with freeze_time('2026-06-30 10:00:00'):
            self._run_cron()
            self.assertEqual(contract.contract_state, 'active')
        with freeze_time('2026-07-01 10:00:00'):
            self._run_cron()

        self.assertEqual((contract.contract_state, contract.state), ('expired', 'sale'))

    def test_a_signed_contract_starts_on_its_first_day(self):
        contract = self._contract(contract_state='signing', date_signed='2026-05-20', date_start='2026-07-01')
        unsigned = self._contract(contract_state='signing', date_start='2026-07-01')

        with freeze_time('2026-06-30 10:00:00'):
            self._run_cron()
            self.assertEqual(contract.contract_state, 'signing')
        with freeze_time('2026-07-01 10:00:00'):
            self._run_cron()

        self.assertEqual((contract.contract_state, contract.state), ('active', 'sale'))
        self.assertEqual(str(contract.date_signed), '2026-05-20')
        self.assertEqual(unsigned.contract_state, 'signing')

    def test_days_are_chinas_though_the_job_has_no_time_zone(self):
        self.env.ref('base.user_root').tz = False
        starting = self._contract(contract_state='signing', date_signed='2026-05-20', date_start='2026-07-01')
        ending = self._contract(contract_state='active', date_end='2026-06-30')

        with freeze_time('2026-06-30 15:59:00'):
            self._run_cron()
            self.assertEqual((starting.contract_state, ending.contract_state), ('signing', 'active'))
        with freeze_time('2026-06-30 16:01:00'):  # 00:01 in China
            self._run_cron()

        self.assertEqual((starting.contract_state, ending.contract_state), ('active', 'expired'))

    def test_drafts_and_sales_orders_are_left_alone(self):
        draft = self._contract(date_end='2026-06-30')
        order = self.env['sale.order'].create({'partner_id': self.producer.id, 'company_id': self.company.id})

        with freeze_time('2027-01-01 10:00:00'):
            self._run_cron()

        self.assertEqual((draft.contract_state, order.contract_state), ('draft', 'draft'))
        self.assertFalse(draft.activity_ids)
