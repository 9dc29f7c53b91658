from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.wecom.tools import card

from .common import AES_KEY, WecomCase

GROUPS = {'nobody': 'base.group_portal', 'staff': 'base.group_user', 'administrator': 'base.group_system'}
OPERATIONS = ('read', 'write', 'create', 'unlink')
EVERYTHING, NOTHING, READ = OPERATIONS, (), ('read',)
ALLOWED = {
    'wecom.app': EVERYTHING, 'wecom.token': READ, 'wecom.bucket': READ, 'wecom.call': READ, 'wecom.callback': READ,
    'wecom.department': READ, 'wecom.member': ('read', 'write'), 'wecom.message': READ,
}


@tagged('post_install', '-at_install')
class TestWecomAccess(WecomCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: new_test_user(cls.env, login=f'wecom_{role}', groups=group) for role, group in GROUPS.items()}
        cls.other_company = cls.env['res.company'].create({'name': 'Theirs'})
        cls.other_app = cls.make_app('1000003', company_id=cls.other_company.id)

    def test_who_may_what(self):
        for model, allowed in ALLOWED.items():
            for role, user in self.users.items():
                for operation in OPERATIONS:
                    has = self.env[model].with_user(user).has_access(operation)
                    self.assertEqual(has, role == 'administrator' and operation in allowed, f'{role} {operation} {model}')

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_companies_are_kept_apart(self):
        administrator = self.users['administrator']
        for app in (self.app, self.other_app):
            self.env['wecom.callback']._receive(app.id, app.company_id.id, f'<xml><Event>x</Event><A>{app.id}</A></xml>')
            self.env['wecom.call'].create({'app_id': app.id, 'path': 'x', 'code': '0'})
            self.env['wecom.token'].create({'app_id': app.id, 'kind': 'access'})
            member = self.env['wecom.member'].create({'app_id': app.id, 'userid': 'x', 'name': 'x'})
            self.env['wecom.department'].create({'app_id': app.id, 'number': 1, 'name': 'x'})
            self.env['wecom.message']._post(member, card.text('x'))

        self.assertNotIn(self.other_app, self.env['wecom.app'].with_user(administrator).search([]))
        for model in ('wecom.callback', 'wecom.call', 'wecom.token', 'wecom.member', 'wecom.department', 'wecom.message'):
            found = self.env[model].with_user(administrator).search([('app_id', 'in', (self.app + self.other_app).ids)])
            self.assertEqual(found.sudo().app_id, self.app, model)
        with self.assertRaises(AccessError):
            self.other_app.with_user(administrator).action_check()

    def test_nobody_reads_a_secret_back(self):
        app = self.app.with_user(self.users['administrator'])
        secret = 'fake-app-secret-1000002'

        self.assertEqual(set(app.read(['secret', 'callback_token', 'callback_aes_key'])[0].values()) - {app.id}, {'••••••••'})
        self.assertNotIn(secret, str(app.read()))
        self.assertNotIn(AES_KEY, str(app.read()))
        self.assertEqual(self.app._read_secret('secret'), secret)
        app.write({'name': 'New name', 'secret': '••••••••'})
        self.assertEqual(self.app._read_secret('secret'), secret)
        self.assertFalse(app.copy({'agent_id': '9'}).secret_word)

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_access')
    def test_staff_can_check_no_app(self):
        with self.assertRaises(AccessError):
            self.app.with_user(self.users['staff']).action_check()
        self.assertEqual(self.called(), [])
