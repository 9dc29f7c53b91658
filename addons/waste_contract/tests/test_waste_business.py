from psycopg2.errors import CheckViolation

from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import ContractCase


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestWasteBusiness(ContractCase):

    def test_s0_3_1_2_a_the_three_businesses_are_ready(self):
        self.assertEqual(
            [(b.code, b.contract_sequence_id.prefix, b.pricing_mode_id.code, b.settlement_cycle, b.tax_rate_percent)
             for b in self.hazardous | self.industrial | self.kitchen],
            [('hazardous', 'DS-WF-%(range_year)s-', 'unit_t', 'month', 6.0),
             ('industrial', 'DS-GF-%(range_year)s-', 'unit_t', 'month', 6.0),
             ('kitchen', 'DS-CC-%(range_year)s-', 'tier_excess', 'quarter', 6.0)])

    def test_s0_3_1_2_a_the_admin_adds_a_business_and_contracts_it_at_once(self):
        medical = self.env['waste.business'].with_user(self.users['admin']).create({
            'name': "医疗废物", 'code': 'medical', 'needs_manifest': True, 'tax_rate_percent': 3.0})

        contract = self._contract(
            self._detail(waste_name="感染性废物", waste_code_id=self._code('841-001-01').id),
            user=self.salesperson, business_id=medical.id)
        contract.action_submit()

        self.assertRegex(contract.name, r'^DS-MEDICAL-2026-\d{4}$')
        self.assertEqual((contract.contract_state, contract.amount_total), ('approving', 28000.0))
        self.assertEqual(contract.order_line.tax_ids.amount, 3.0)
        self.assertEqual(contract.order_line.product_id.invoice_policy, 'delivery')

    def test_s0_1_f_three_businesses_side_by_side_on_one_producer(self):
        for business in (self.hazardous, self.industrial, self.kitchen):
            self._contract(self._detail(waste_code_id=False), business_id=business.id)

        self.assertEqual(self.producer.contract_count, 3)
        self.assertEqual(
            self.producer.contract_summary,
            f'{self.hazardous.name} 1 · {self.industrial.name} 1 · {self.kitchen.name} 1')

    def test_a_new_contract_takes_the_companies_of_its_business(self):
        invoicing = self.env['res.company'].create({'name': "东实开票公司"})
        self.hazardous.write({'company_id': self.company.id, 'invoicing_company_id': invoicing.id})

        contract = self.env['sale.order'].create({
            'business_id': self.hazardous.id, 'partner_id': self.producer.id, 'user_id': False})

        self.assertEqual((contract.company_id, contract.invoicing_company_id), (self.company, invoicing))
        self.assertEqual(contract.disposer_id, self.company.partner_id)

    def test_s0_3_1_2_b_s0_3_1_2_e_the_assignment_gives_salesperson_and_team(self):
        Team = self.env['crm.team']
        kitchen_team, business_team = Team.create([
            {'name': "餐厨部", 'company_id': self.company.id}, {'name': "危废一部", 'company_id': self.company.id}])
        self.hazardous.team_id = business_team
        other = self._new_user('salesperson', 'h3_linna')
        self.env['waste.assignment'].create([
            {'producer_id': self.producer.id, 'business_id': self.kitchen.id, 'user_id': other.id,
             'team_id': kitchen_team.id, 'share_percent': 60.0, 'date_from': '2026-01-01'},
            {'producer_id': self.producer.id, 'business_id': self.kitchen.id, 'user_id': self.salesperson.id,
             'share_percent': 40.0, 'date_from': '2026-01-01'}])
        values = {'company_id': self.company.id, 'partner_id': self.producer.id}

        kitchen = self.env['sale.order'].create({**values, 'business_id': self.kitchen.id})
        hazardous = self.env['sale.order'].create({**values, 'business_id': self.hazardous.id, 'user_id': other.id})

        self.assertEqual((kitchen.user_id, kitchen.team_id), (other, kitchen_team))
        self.assertEqual((hazardous.user_id, hazardous.team_id), (other, business_team))
        mine = self.env['sale.order'].with_user(other).search([('user_id', '=', other.id), ('business_id', '!=', False)])
        self.assertEqual(mine, kitchen | hazardous)

    def test_an_ended_assignment_gives_nobody(self):
        self.env['waste.assignment'].create({
            'producer_id': self.producer.id, 'business_id': self.kitchen.id, 'user_id': self.manager.id,
            'date_from': '2026-01-01', 'date_to': '2026-06-14'})

        contract = self.env['sale.order'].with_user(self.salesperson).create({
            'company_id': self.company.id, 'partner_id': self.producer.id, 'business_id': self.kitchen.id})

        self.assertEqual(contract.user_id, self.salesperson)

    def test_a_business_without_modes_allows_all(self):
        self.hazardous.pricing_mode_ids = [Command.clear()]

        contract = self._contract(self._detail(pricing_mode='tier_excess'))

        self.assertEqual(contract.order_line.pricing_mode, 'tier_excess')

    def test_new_companies_get_the_taxes_that_prices_include(self):
        company = self.env['res.company'].create({'name': "东实餐厨公司", 'country_id': self.env.ref('base.cn').id})

        taxes = self.env['account.tax'].search([
            ('company_id', '=', company.id), ('price_include_override', '=', 'tax_included')])
        self.assertEqual(sorted(taxes.mapped('amount')), [6.0, 9.0, 13.0])
        self.hazardous._ensure_contract_taxes(company)
        self.assertEqual(len(taxes), self.env['account.tax'].search_count([
            ('company_id', '=', company.id), ('price_include_override', '=', 'tax_included')]))

    def test_branches_use_the_taxes_of_their_head_company(self):
        china = self.env.ref('base.cn')
        head = self.env['res.company'].create({
            'name': "东实餐厨公司", 'country_id': china.id,
            'child_ids': [Command.create({'name': "东实餐厨公司 松山湖分公司", 'country_id': china.id})]})

        Tax = self.env['account.tax']
        for rate in (6.0, 9.0, 13.0):
            self.assertEqual(Tax._ensure_contract_tax(head.child_ids, rate).company_id, head)
        self.assertFalse(Tax.search([('company_id', '=', head.child_ids.id)]))

    @mute_logger('odoo.sql_db')
    def test_a_tax_rate_is_a_percentage(self):
        for rate in (-1.0, 100.0):
            with self.subTest(rate=rate), self.assertRaises(CheckViolation), self.cr.savepoint():
                self.hazardous.tax_rate_percent = rate
                self.hazardous.flush_recordset()
