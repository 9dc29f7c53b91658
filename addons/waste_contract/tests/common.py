import io

from pypdf import PdfReader

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon

ROLES = ('user', 'salesperson', 'sales_manager', 'dispatcher', 'finance', 'customer_service', 'admin', 'wim_integrator')


def paper_text(pdf):
    """Return the words of a paper without the spaces and line ends of its layout."""
    return ''.join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace('\n', '').replace(' ', '')


class ContractCase(BaseCommon):
    """A company, one user per role, the three businesses and a producer of each town."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = 'Asia/Shanghai'
        cls.company = cls.env['res.company'].create({
            'name': "东实危废公司", 'currency_id': cls.env.ref('base.CNY').id, 'country_id': cls.env.ref('base.cn').id})
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.company.ids))
        cls.hazardous = cls.env.ref('waste.business_hazardous')
        cls.industrial = cls.env.ref('waste.business_industrial')
        cls.kitchen = cls.env.ref('waste.business_kitchen')
        cls.producer = cls.env['res.partner'].create({
            'name': "宏达电路板厂", 'is_company': True, 'uscc': '91441900TE1100001R',
            'party_role_ids': [Command.link(cls.env.ref('waste.party_role_producer').id)]})
        cls.government = cls.env['res.partner'].create({
            'name': "南城城管分局", 'is_company': True,
            'party_role_ids': [Command.link(cls.env.ref('waste.party_role_regulator').id)]})
        cls.users = {role: cls._new_user(role) for role in ROLES}
        cls.salesperson = cls.users['salesperson']
        cls.manager = cls.users['sales_manager']

    @classmethod
    def _new_user(cls, role, login=None, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env, login or f'h3_{role}', f'waste.group_{role}', name=login or role, tz='Asia/Shanghai',
            company_id=company.id, company_ids=[Command.set(company.ids)])

    @classmethod
    def _code(cls, code='900-039-49'):
        return cls.env['waste.code'].search([('code', '=', code)], limit=1)

    @classmethod
    def _detail(cls, **values):
        """Values of one waste detail: 10 t of spent carbon at 2,800 a tonne."""
        return {
            'waste_name': "废活性炭", 'waste_code_id': cls._code().id, 'planned_quantity_t': 10.0,
            'pricing_mode': 'unit_t', 'price_unit': 2800.0, **values}

    @classmethod
    def _contract(cls, *details, user=None, **values):
        """Create a contract of the year 2026; without details, one usual waste detail."""
        return cls.env['sale.order'].with_user(user or cls.env.user).create({
            'business_id': cls.hazardous.id,
            'company_id': cls.company.id,
            'partner_id': cls.producer.id,
            'user_id': cls.salesperson.id,
            'date_start': '2026-01-01',
            'date_end': '2026-12-31',
            'order_line': [Command.create(detail) for detail in details or [cls._detail()]],
            **values,
        })

    def _walk(self, contract, *states):
        """Bring a contract along the usual way, as a job would."""
        for state in states:
            contract.contract_state = state
        return contract
