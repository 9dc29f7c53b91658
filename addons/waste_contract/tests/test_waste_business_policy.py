from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import ContractCase


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestWasteBusinessPolicy(ContractCase):
    """The business × the operating company decides what a contract starts with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env['res.company'].create({
            'name': "东实固废二厂", 'currency_id': cls.env.ref('base.CNY').id, 'country_id': cls.env.ref('base.cn').id})
        cls.env.user.company_ids += cls.other
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=(cls.company + cls.other).ids))
        cls.team = cls.env['crm.team'].create({'name': "二厂销售部", 'company_id': cls.other.id})
        cls.policy = cls.env['waste.business.policy'].create({
            'business_id': cls.hazardous.id,
            'company_id': cls.other.id,
            'invoicing_company_id': cls.company.id,
            'team_id': cls.team.id,
            'settlement_cycle': 'quarter',
            'tax_rate_percent': 13.0,
            'pricing_mode_ids': [Command.set(cls.env.ref('waste_contract.pricing_mode_unit_kg').ids)],
            'government_review': 'needed',
            'contract_number_prefix': 'DS-EC-',
            'report_class_id': cls.env.ref('waste_contract.report_class_physicochemical').id,
        })

    def _two(self):
        return [self._contract(self._detail(pricing_mode='unit_kg', waste_code_id=False), company_id=company.id)
                for company in (self.company, self.other)]

    def test_s0_3_1_2_the_operating_company_has_its_own_terms(self):
        usual, own = self._two()

        self.assertRecordValues(usual | own, [
            {'settlement_cycle': 'month', 'tax_rate_percent': 6.0, 'needs_government_review': False,
             'invoicing_company_id': self.company.id},
            {'settlement_cycle': 'quarter', 'tax_rate_percent': 13.0, 'needs_government_review': True,
             'invoicing_company_id': self.company.id},
        ])
        self.assertEqual(own.team_id, self.team)
        self.assertRegex(usual.name, '^DS-WF-2026-')
        self.assertRegex(own.name, '^DS-EC-2026-0001$')
        self.assertEqual(own.order_line.tax_ids.amount, 13.0)

    def test_what_a_policy_leaves_empty_is_as_the_business_says(self):
        self.policy.write({'settlement_cycle': False, 'tax_rate_percent': 0, 'government_review': False,
                           'invoicing_company_id': False, 'contract_number_prefix': False})

        _usual, own = self._two()

        self.assertRecordValues(own, [{
            'settlement_cycle': 'month', 'tax_rate_percent': 6.0, 'needs_government_review': False,
            'invoicing_company_id': self.other.id}])
        self.assertRegex(own.name, '^DS-WF-2026-')

    def test_a_company_with_a_government_review_passes_it(self):
        self.hazardous.needs_manifest = False
        _usual, own = self._two()
        own.government_id = self.government
        self._walk(own, 'approving', 'customer_review')

        with self.assertRaisesRegex(UserError, "needs the government review"):
            own.contract_state = 'signing'
        own.action_agree()

        self.assertEqual(own.contract_state, 'gov_review')

    def test_prices_that_the_company_does_not_use_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "don't use the price"):
            self._contract(self._detail(pricing_mode='unit_t'), company_id=self.other.id)

    @mute_logger('odoo.sql_db')
    def test_one_policy_for_a_company_in_a_business(self):
        with self.assertRaises(UniqueViolation):
            self.policy.create({'business_id': self.hazardous.id, 'company_id': self.other.id})

    def test_company_b_never_sees_the_terms_of_company_a(self):
        theirs = self.policy.with_user(self.users['admin']).with_context(allowed_company_ids=self.company.ids)

        self.assertFalse(theirs.search([('id', '=', self.policy.id)]))
        with self.assertRaises(AccessError):
            theirs.read(['tax_rate_percent'])

    def test_contracts_of_others_are_written_by_who_may_not_read_the_policy(self):
        self.salesperson.company_ids += self.other
        own = self._contract(
            self._detail(pricing_mode='unit_kg', waste_code_id=False), user=self.salesperson, company_id=self.other.id)

        self.assertEqual(own.settlement_cycle, 'quarter')


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestReportClass(ContractCase):

    def test_s0_3_1_2_j_contracts_are_counted_by_report_class(self):
        incineration, chemical, kitchen = (
            self.env.ref(f'waste_contract.report_class_{name}') for name in ('incineration', 'physicochemical', 'kitchen'))
        self.hazardous.report_class_id, self.kitchen.report_class_id = incineration, kitchen
        contracts = self._contract() | self._contract() | self._contract(
            self._detail(waste_name="废酸", waste_code_id=self._code('900-300-34').id))
        for _number in range(3):
            contracts |= self._contract(
                self._detail(waste_code_id=False), business_id=self.kitchen.id, government_id=self.government.id)

        groups = self.env['sale.order']._read_group(
            [('id', 'in', contracts.ids)], ['report_class_id'], ['__count'])

        self.assertEqual(dict(groups), {incineration: 2, chemical: 1, kitchen: 3})
