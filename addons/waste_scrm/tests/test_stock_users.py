from odoo import Command
from odoo.tests import TransactionCase, tagged, users

#: what users of Odoo's own groups have always been able to read whole, and copy
STOCK_GROUPS = {
    'stock_plain': (),
    'stock_seller': ('sales_team.group_sale_salesman_all_leads',),
    'stock_sales_manager': ('sales_team.group_sale_manager',),
    'stock_accountant': ('account.group_account_manager', 'account.group_account_user', 'product.group_product_manager'),
}
#: ours: they see parts of a record through fields whose models others may not read
ROLES = {
    'salesperson': 'waste.group_salesperson', 'sales_manager': 'waste.group_sales_manager',
    'dispatcher': 'waste.group_dispatcher', 'finance': 'waste.group_finance',
    'customer_service': 'waste.group_customer_service',
    'ehs': 'waste_contract.group_ehs_approver', 'director': 'waste_contract.group_director_approver',
}

#: rooms of this suite that stand on Odoo's models
ROOMS = {'approval', 'document_template', 'esign', 'waste', 'waste_contract', 'waste_track', 'waste_settlement', 'waste_wim', 'scrm_base'}


@tagged('post_install', '-at_install')
class TestStockUsers(TransactionCase):
    """Our rooms put fields on Odoo's models: who could read or copy a record before still can."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = {login: [cls.env.ref(name).id for name in names] for login, names in STOCK_GROUPS.items()}
        groups |= {role: [cls.env.ref(name).id] for role, name in ROLES.items()}
        cls.env['res.users'].create([{
            'name': login, 'login': login,
            'group_ids': [Command.set([cls.env.ref('base.group_user').id, *ids])],
        } for login, ids in groups.items()])
        cls.partner = cls.env['res.partner'].create({'name': "Stock customer", 'company_type': 'company'})
        cls.product = cls.env['product.template'].create({'name': "Stock product", 'list_price': 10})
        order = cls.env['sale.order'].create({
            'partner_id': cls.partner.id,
            'order_line': [Command.create({'product_id': cls.product.product_variant_id.id})],
        })
        lead = cls.env['crm.lead'].create({'name': "Stock lead", 'partner_id': cls.partner.id})
        cls.records = (cls.partner, cls.product, cls.product.product_variant_id, order, order.order_line, lead, cls.env.company)

    @users(*STOCK_GROUPS, *ROLES)
    def test_records_are_read_whole(self):
        for record in self.records:
            mine = record.with_env(self.env)
            if mine.has_access('read'):
                # fields_get leaves out what the user's groups may not see
                names = [name for name in mine.fields_get(attributes=[]) if ROOMS.intersection(mine._fields[name]._modules)]
                with self.subTest(model=record._name):
                    self.assertTrue(mine.read(names))

    @users(*STOCK_GROUPS, *ROLES)
    def test_partners_and_products_are_copied(self):
        for record in (self.partner, self.product):
            mine = record.with_env(self.env)
            if mine.has_access('create'):
                with self.subTest(model=record._name):
                    self.assertTrue(mine.copy())
