from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user

OPERATIONS = ('read', 'write', 'create', 'unlink')


class TestExchangeAccess(TransactionCase):

    def test_attempts_table(self):
        """Nobody changes what happened; only the system administrator reads it (rooms let others read theirs)."""
        table = {
            'base.group_system': {'read'},
            'base.group_user': set(),
            'base.group_portal': set(),
            'base.group_public': set(),
        }
        for group, allowed in table.items():
            user = new_test_user(self.env, f'access-{group}', groups=group)
            attempts = self.env['exchange.attempt'].with_user(user)
            for operation in OPERATIONS:
                with self.subTest(group=group, operation=operation):
                    self.assertEqual(attempts.has_access(operation), operation in allowed)

    def test_attempts_are_not_written_by_rpc(self):
        user = new_test_user(self.env, 'access-writer', groups='base.group_system')

        with self.assertRaises(AccessError):
            self.env['exchange.attempt'].with_user(user).create({'res_model': 'x', 'res_id': 1, 'kind': 'failed'})
