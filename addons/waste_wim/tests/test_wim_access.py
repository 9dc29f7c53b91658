from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import WimCase

OPERATIONS = ('read', 'write', 'create', 'unlink')
GROUPS = (
    'waste.group_user', 'waste.group_salesperson', 'waste.group_sales_manager', 'waste.group_dispatcher',
    'waste.group_finance', 'waste.group_customer_service', 'base.group_user', 'base.group_portal', 'base.group_public',
)


class TestWimAccess(WimCase):

    def assert_table(self, model, table):
        for group in (*GROUPS, 'waste.group_wim_integrator', 'waste.group_admin'):
            user = new_test_user(self.env, f'{model}-{group}', groups=group)
            for operation in OPERATIONS:
                with self.subTest(model=model, group=group, operation=operation):
                    self.assertEqual(
                        self.env[model].with_user(user).has_access(operation), operation in table.get(group, ()))

    def test_messages_table(self):
        """Nobody writes a message: it came from WIM, and its results from the queue."""
        self.assert_table('wim.message', {'waste.group_wim_integrator': ('read',), 'waste.group_admin': ('read',)})

    def test_field_names_table(self):
        self.assert_table('wim.field.mapping', {'waste.group_admin': OPERATIONS})

    def test_attempts_table(self):
        self.assert_table('exchange.attempt', {'waste.group_admin': ('read',)})

    def test_only_the_integrator_pushes(self):
        for group in (*GROUPS[:-2], 'waste.group_admin'):
            user = new_test_user(self.env, f'push-{group}', groups=group)
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.push(self.message(), user=user)
        self.assertEqual(self.Message.search_count([]), 0)

    def test_integrator_reads_only_what_he_sent(self):
        mine, other = self.message(company_code='T-B'), self.message(company_code='T-B')
        self.push(mine)
        self.push(other, user=self.integrator_b)

        seen = self.Message.with_user(self.integrator).search([])

        self.assertEqual(seen.mapped('msg_id'), [mine['msg_id']])
        self.assertIsNone(self.Message.with_user(self.integrator)._show(other['msg_id']))

    def test_administrator_of_one_company_never_sees_the_other(self):
        admin_b = new_test_user(
            self.env, 'admin-b', groups='waste.group_admin', company_id=self.company_b.id, company_ids=[(6, 0, self.company_b.ids)])
        of_a, of_b = self.message(), self.message(company_code='T-B')
        self.push(of_a, of_b)

        seen = self.Message.with_user(admin_b).search([])

        self.assertEqual(seen.mapped('msg_id'), [of_b['msg_id']])
        with self.assertRaises(AccessError):
            self.row(of_a).with_user(admin_b).read(['payload'])
        with self.assertRaises(AccessError):
            self.row(of_a).with_user(admin_b).action_replay()

    def test_administrator_reads_attempts_of_wim_only(self):
        self.push(self.message())
        self.Message.search([])._log_attempt('failed', 1)
        self.env['exchange.attempt'].create({'res_model': 'res.partner', 'res_id': 1, 'kind': 'failed'})

        self.assertEqual(
            self.env['exchange.attempt'].with_user(self.admin).search([]).mapped('res_model'), ['wim.message'])

    def test_integrator_does_not_replay(self):
        message = self.message(business_type='nuclear')
        self.push(message)

        with self.assertRaises(AccessError):
            self.row(message).with_user(self.integrator).action_replay()

        self.assertEqual(self.row(message).state, 'rejected')

    def test_failure_count_is_told_to_the_administrator_only(self):
        self.push(self.message(business_type='nuclear'), self.message())

        self.assertEqual(self.Message.with_user(self.admin).get_failure_count(), 1)
        self.assertEqual(self.Message.with_user(self.integrator).get_failure_count(), 0)
