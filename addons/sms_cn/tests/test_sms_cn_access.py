from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

GROUPS = {
    'nobody': 'base.group_portal',
    'staff': 'base.group_user',
    'administrator': 'base.group_system',
}
OPERATIONS = ('read', 'write', 'create', 'unlink')
EVERYTHING, NOTHING, READ = OPERATIONS, (), ('read',)
ALLOWED = {
    'sms.cn.account': {'nobody': NOTHING, 'staff': NOTHING, 'administrator': EVERYTHING},
    'sms.cn.template': {'nobody': NOTHING, 'staff': READ, 'administrator': EVERYTHING},
    'sms.cn.message': {'nobody': NOTHING, 'staff': NOTHING, 'administrator': READ},
    'sms.cn.test': {'nobody': NOTHING, 'staff': NOTHING, 'administrator': EVERYTHING},
}


@tagged('post_install', '-at_install')
class TestSmsCnAccess(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours, cls.theirs = cls.env['res.company'].create([{'name': 'Ours'}, {'name': 'Theirs'}])
        cls.users = {role: new_test_user(
            cls.env, login=f'sms_{role}', groups=group, company_id=cls.ours.id, company_ids=[(6, 0, cls.ours.ids)])
            for role, group in GROUPS.items()}
        cls.account, cls.other_account = cls.env['sms.cn.account'].create([
            {'company_id': company.id, 'sign_name': company.name, 'key_id': 'id', 'key_secret': 'secret',
             'template_ids': [(0, 0, {'name': 'T', 'code': 'SMS_1', 'wording': '您的验证码是${code}'})]}
            for company in (cls.ours, cls.theirs)])

    def test_who_may_what(self):
        for model, roles in ALLOWED.items():
            for role, allowed in roles.items():
                for operation in OPERATIONS:
                    has = self.env[model].with_user(self.users[role]).has_access(operation)
                    self.assertEqual(has, operation in allowed, f'{role} {operation} {model}')

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_companies_are_kept_apart(self):
        administrator = self.users['administrator']

        self.assertEqual(self.env['sms.cn.account'].with_user(administrator).search([]), self.account)
        self.assertEqual(self.env['sms.cn.template'].with_user(administrator).search([]), self.account.template_ids)
        with self.assertRaises(AccessError):
            self.other_account.with_user(administrator).read(['key_secret'])
        with self.assertRaises(AccessError):
            self.other_account.with_user(administrator).action_test()

    @mute_logger('odoo.addons.base.models.ir_access', 'odoo.addons.base.models.ir_model')
    def test_staff_sees_no_key_through_any_path(self):
        template = self.account.template_ids.with_user(self.users['staff'])

        self.assertTrue(template.read(['wording']))
        with self.assertRaises(AccessError):
            template.account_id.read(['key_secret'])
        with self.assertRaises(AccessError):
            self.env['sms.cn.template'].with_user(self.users['staff']).search([('account_id.key_secret', 'like', 's')])
        with self.assertRaises(AccessError):
            self.env['sms.cn.test'].with_user(self.users['staff']).create({'account_id': self.account.id, 'number': '13800138000'})

    def test_staff_who_writes_an_sms_needs_no_right_on_the_gateway(self):
        self.assertEqual(self.ours.with_user(self.users['staff'])._get_sms_api_class().__name__, 'SmsApiCn')
