from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common import ROLES, ContractCase

READ, ALL, NONE = 'r', 'rwcd', ''
# model -> role -> what the role may do with a contract of its company: read, write, create, delete.
RIGHTS = {
    'sale.order': {
        'user': NONE, 'salesperson': 'rwc', 'sales_manager': ALL, 'dispatcher': READ, 'finance': READ,
        'customer_service': READ, 'admin': ALL, 'wim_integrator': NONE},
    'sale.order.line': {
        'user': NONE, 'salesperson': ALL, 'sales_manager': ALL, 'dispatcher': READ, 'finance': READ,
        'customer_service': READ, 'admin': ALL, 'wim_integrator': NONE},
    'waste.price.tier': {
        'user': NONE, 'salesperson': ALL, 'sales_manager': ALL, 'dispatcher': READ, 'finance': READ,
        'customer_service': READ, 'admin': ALL, 'wim_integrator': NONE},
    'waste.contract.clause': {
        'user': NONE, 'salesperson': ALL, 'sales_manager': ALL, 'dispatcher': READ, 'finance': READ,
        'customer_service': READ, 'admin': ALL, 'wim_integrator': NONE},
    'waste.pricing.mode': {
        'user': READ, 'salesperson': READ, 'sales_manager': READ, 'dispatcher': READ, 'finance': READ,
        'customer_service': READ, 'admin': 'rw', 'wim_integrator': NONE},
    'waste.contract.reason': {
        'user': NONE, 'salesperson': ALL, 'sales_manager': ALL, 'dispatcher': NONE, 'finance': NONE,
        'customer_service': NONE, 'admin': ALL, 'wim_integrator': NONE},
    'waste.contract.check': {
        'user': READ, 'salesperson': READ, 'sales_manager': READ, 'dispatcher': READ, 'finance': READ,
        'customer_service': READ, 'admin': 'rw', 'wim_integrator': NONE},
    'waste.price.index': {
        'user': READ, 'salesperson': READ, 'sales_manager': 'rwc', 'dispatcher': READ, 'finance': READ,
        'customer_service': READ, 'admin': ALL, 'wim_integrator': NONE},
    'waste.price.simulation': {
        'user': NONE, 'salesperson': ALL, 'sales_manager': ALL, 'dispatcher': NONE, 'finance': ALL,
        'customer_service': NONE, 'admin': ALL, 'wim_integrator': NONE},
    'waste.price.simulation.line': {
        'user': NONE, 'salesperson': ALL, 'sales_manager': ALL, 'dispatcher': NONE, 'finance': ALL,
        'customer_service': NONE, 'admin': ALL, 'wim_integrator': NONE},
    'waste.report.class': {
        'user': READ, 'salesperson': READ, 'sales_manager': READ, 'dispatcher': READ, 'finance': READ,
        'customer_service': READ, 'admin': ALL, 'wim_integrator': NONE},
    'waste.business.policy': {
        'user': READ, 'salesperson': READ, 'sales_manager': READ, 'dispatcher': READ, 'finance': READ,
        'customer_service': READ, 'admin': ALL, 'wim_integrator': NONE},
    'waste.business': {
        'user': READ, 'salesperson': READ, 'sales_manager': READ, 'dispatcher': READ, 'finance': READ,
        'customer_service': READ, 'admin': ALL, 'wim_integrator': NONE},
}
# Agreements are written by who sells; the history of terms by nobody but them.
RIGHTS |= dict.fromkeys(
    ('waste.contract.agreement', 'waste.contract.agreement.line', 'waste.contract.agreement.tier'), RIGHTS['waste.price.tier'])
RIGHTS['waste.contract.change'] = {role: READ if rights else NONE for role, rights in RIGHTS['waste.price.tier'].items()}
RIGHTS['waste.contract.member'] = RIGHTS['waste.price.tier']
RIGHTS['waste.contract.transfer'] = RIGHTS['waste.contract.sheet'] = RIGHTS['waste.contract.reason']
RIGHTS['waste.contract.compare'] = {role: ALL if rights else NONE for role, rights in RIGHTS['waste.price.tier'].items()}
RIGHTS['waste.contract.follow.up'] = {**RIGHTS['waste.contract.reason'], 'finance': ALL, 'customer_service': ALL}
OPERATIONS = {'r': 'read', 'w': 'write', 'c': 'create', 'd': 'unlink'}


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestAccess(ContractCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, 'h3_portal', 'base.group_portal', company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)], partner_id=cls.env['res.partner'].create(
                {'name': "宏达环保专员", 'parent_id': cls.producer.id, 'email': 'ehs@example.com'}).id)
        cls.contract = cls._contract(
            cls._detail(floor_price=2500.0), contract_state='active',
            tier_ids=[Command.create({'from_t': 0, 'price_unit': 1.0})])

    def test_rights_table(self):
        for model, by_role in RIGHTS.items():
            self.assertEqual(set(by_role), set(ROLES), model)
            for role, rights in by_role.items():
                if role == 'finance' and model.startswith('sale.'):
                    rights = self._with_accounting_rights(rights)
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, role=role, operation=operation):
                        self.assertEqual(
                            self.env[model].with_user(self.users[role]).has_access(operation), letter in rights)

    def _with_accounting_rights(self, rights):
        """With waste_settlement finance is an accountant, whom Odoo lets write sales orders."""
        has_accounting = self.users['finance'].has_group('account.group_account_invoice')
        return 'rw' if has_accounting else rights

    def test_staff_reads_the_contracts_of_its_company_salespeople_theirs(self):
        other = self._new_user('salesperson', 'h3_stranger')
        records = self.contract | self.contract
        for user, sees in [
                *((self.users[role], True) for role in (
                    'salesperson', 'sales_manager', 'dispatcher', 'finance', 'customer_service', 'admin')),
                (other, False)]:
            with self.subTest(user=user.login):
                for record in (records, self.contract.order_line, self.contract.tier_ids):
                    found = record.with_user(user).search([('id', 'in', record.ids)])
                    self.assertEqual(found, record if sees else record.browse())
        with self.assertRaises(AccessError):
            self.contract.with_user(other).read(['name'])

    def test_a_salesperson_sees_the_contracts_of_the_producers_assigned_today(self):
        other = self._new_user('salesperson', 'h3_assigned')
        assignment = self.env['waste.assignment'].create({
            'producer_id': self.producer.id, 'business_id': self.hazardous.id, 'user_id': other.id,
            'date_from': '2026-06-01'})
        mine = self.contract.with_user(other)

        for record in (mine, mine.order_line, mine.tier_ids):
            self.assertEqual(record.search([('id', 'in', record.ids)]), record)
        assignment.date_to = '2026-06-14'
        for record in (mine, mine.order_line, mine.tier_ids):
            self.assertFalse(record.search([('id', 'in', record.ids)]))

    def test_company_b_never_sees_company_a(self):
        company_b = self.env['res.company'].create({'name': "东实餐厨公司"})
        agreement = self._agreement_in_force()
        for role in ('salesperson', 'sales_manager', 'dispatcher', 'finance', 'customer_service', 'admin'):
            user = self._new_user(role, f'h3_b_{role}', company_b)
            for record in (
                    self.contract, self.contract.order_line, self.contract.tier_ids, agreement, agreement.line_ids,
                    agreement.tier_ids, agreement.change_ids):
                with self.subTest(role=role, model=record._name):
                    theirs = record.with_user(user).with_context(allowed_company_ids=company_b.ids)
                    self.assertFalse(theirs.search([('id', 'in', record.ids)]))
                    with self.assertRaises(AccessError):
                        theirs.read(['display_name'])

    def _agreement_in_force(self):
        agreement = self.env['waste.contract.agreement'].create({
            'order_id': self.contract.id, 'date_effective': '2026-06-10', 'reason': "涨价",
            'line_ids': [Command.create({'line_id': self.contract.order_line.id, 'price_unit': 3000.0})],
            'tier_ids': [Command.create({'from_t': 0, 'price_unit': 2.0})]})
        for state in ('approving', 'customer_review', 'signing', 'in_force'):
            agreement.state = state
        self.env.flush_all()
        return agreement

    def test_a_strange_salesperson_and_a_producer_see_no_agreements(self):
        agreement = self._agreement_in_force()
        for user in (self._new_user('salesperson', 'h3_stranger2'), self.portal):
            for record in (agreement, agreement.line_ids, agreement.tier_ids, agreement.change_ids):
                with self.subTest(user=user.login, model=record._name), self.assertRaises(AccessError):
                    record.with_user(user).read(['display_name'])

    def test_i_39_the_floor_price_is_for_managers(self):
        line = self.contract.order_line
        for role in ROLES:
            user = self.users[role]
            with self.subTest(role=role):
                if role in ('sales_manager', 'admin'):
                    self.assertEqual(line.with_user(user).floor_price, 2500.0)
                    continue
                self._assert_no_floor_price(user)

    def _assert_no_floor_price(self, user):
        lines = self.env['sale.order.line'].with_user(user)
        line = self.contract.order_line.with_user(user)
        with self.assertRaises(AccessError):
            line.read(['floor_price'])
        with self.assertRaises(UserError):  # some may export nothing at all
            line.export_data(['floor_price'])
        with self.assertRaises(AccessError):
            lines.search([('floor_price', '>', 0)])
        with self.assertRaises(AccessError):
            lines.search([], order='floor_price')
        with self.assertRaises(AccessError):
            lines.formatted_read_group([], ['order_id'], ['floor_price:max'])
        self.assertNotIn('floor_price', lines.fields_get())

    def test_i_39_the_commission_is_for_managers(self):
        line = self.contract.order_line
        line.commission_percent = 10.0
        for role in ROLES:
            with self.subTest(role=role):
                mine = line.with_user(self.users[role])
                if role in ('sales_manager', 'admin'):
                    self.assertEqual(mine.commission_percent, 10.0)
                    continue
                with self.assertRaises(AccessError):
                    mine.read(['commission_percent'])
        with self.assertRaises(AccessError):
            line.with_user(self.portal).read(['commission_percent'])

    def test_i_36_a_producer_reads_its_contract_from_the_review_on(self):
        draft = self._contract()
        stranger = self._contract(partner_id=self.government.id, contract_state='active')
        mine = self.env['sale.order'].with_user(self.portal)
        details = self.env['sale.order.line'].with_user(self.portal)

        self.assertEqual(mine.search([('business_id', '!=', False)]), self.contract)
        self.assertEqual(mine.search_count([]), 1)
        self.assertEqual(details.search([]), self.contract.order_line)
        for hidden in (draft, stranger):
            with self.assertRaises(AccessError):
                hidden.with_user(self.portal).read(['name'])
            with self.assertRaises(AccessError):
                hidden.order_line.with_user(self.portal).read(['price_unit'])
        with self.assertRaises(AccessError):
            self.contract.with_user(self.portal).write({'client_order_ref': "我方"})

    def test_i_39_a_producer_reads_no_internal_field(self):
        self._assert_no_floor_price(self.portal)
        contract = self.contract.with_user(self.portal)
        for name in ('external_extra', 'external_extra_text', 'external_versions'):
            with self.subTest(field=name), self.assertRaises(AccessError):
                contract.read([name])
        with self.assertRaises(AccessError):
            self.contract.tier_ids.with_user(self.portal).read(['price_unit'])

    def test_who_sells_without_our_groups_sells_as_before(self):
        seller = new_test_user(
            self.env, 'h3_seller', 'sales_team.group_sale_salesman', company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)])
        product = self.env['product.product'].create({'name': "消防检查", 'type': 'service'})

        order = self.env['sale.order'].with_user(seller).create({
            'partner_id': self.producer.id, 'tier_ids': [],
            'order_line': [Command.create({'product_id': product.id, 'product_uom_qty': 2, 'price_unit': 50.0})]})
        order.action_confirm()
        copy = order.copy()

        self.assertEqual((order.state, copy.state), ('sale', 'draft'))

    def test_an_ordinary_sales_order_is_as_visible_as_before(self):
        order = self.env['sale.order'].create({'partner_id': self.producer.id, 'company_id': self.company.id})

        self.assertIn(order, self.env['sale.order'].with_user(self.portal).search([]))
        self.assertIn(order, self.env['sale.order'].with_user(self.users['finance']).search([]))
        self.assertNotIn(order, self.env['sale.order'].with_user(self.users['dispatcher']).search([]))
