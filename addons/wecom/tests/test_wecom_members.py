from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.wecom.models.wecom_client import WeComError

from .common import WecomCase


@tagged('post_install', '-at_install')
class TestWecomMembers(WecomCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lina = new_test_user(cls.env, login='lina.wecom', groups='base.group_user')
        cls.app.has_address_book = True

    def setUp(self):
        super().setUp()
        self.control('act', act='hires', userid='LiNa.WeCom', name='李娜二', departments=[2, 3])
        self.sync()

    def sync(self):
        self.env.flush_all()
        self.app._sync_members()

    def members(self, **context):
        return self.env['wecom.member'].with_context(**context).search([('app_id', '=', self.app.id)])

    def event(self, **content):
        text = ''.join(f'<{name}>{value}</{name}>' for name, value in {'Event': 'change_contact', **content}.items())
        self.env['wecom.callback']._receive(self.app.id, self.app.company_id.id, f'<xml>{text}</xml>')
        callback = self.env['wecom.callback'].search([('app_id', '=', self.app.id)], limit=1)
        callback._process_batch()
        return callback

    def test_departments_and_members_are_read_once(self):
        before = self.members(), self.called().count('user/simplelist')
        self.sync()

        self.assertEqual(self.members(), before[0])
        self.assertEqual((len(self.members()), self.called().count('user/simplelist')), (6, 6))
        lina = self.members().filtered(lambda member: member.userid == 'LiNa.WeCom')
        self.assertEqual(lina.department_ids.mapped('name'), ['市场部', '客服部'])
        self.assertEqual(lina.department_ids.parent_id.name, '东实环境')
        self.assertEqual(lina.user_id, self.lina)
        self.assertEqual(self.members().user_id, self.lina, "an equal name links nobody")

    def test_a_leaver_is_kept_and_told_once(self):
        self.control('act', act='leaves', userid='lina.wecom')
        self.sync()
        self.sync()

        gone = self.members(active_test=False).filtered(lambda member: not member.active)
        self.assertEqual((gone.userid, gone.user_id, bool(gone.left_at)), ('LiNa.WeCom', self.lina, True))
        self.assertEqual(len(self.app.activity_ids), 1)
        self.assertIn('lina.wecom', self.app.activity_ids.summary)

        self.control('act', act='hires', userid='lina.WECOM', name='李娜二')
        self.sync()
        self.assertEqual((gone.active, gone.left_at, gone.department_ids.mapped('name')), (True, False, ['东实环境']))

    def test_a_book_that_cannot_be_read_whole_changes_nothing(self):
        self.control('act', act='leaves', userid='LiNa')
        self.control('settings', fail_next={'user/simplelist': [60011]})
        with self.assertRaises(WeComError):
            self.sync()
        with self.assertRaises(UserError):
            self.env['wecom.member']._keep(self.app, {}, {})

        self.assertEqual(len(self.members()), 6)

    def test_events_are_applied_at_once_and_the_book_is_read(self):
        cron = self.env.ref('wecom.ir_cron_wecom_members')
        for content, userid, active in (
                ({'ChangeType': 'update_user', 'UserID': 'LINA.wecom', 'NewUserID': 'LiNa.New'}, 'LiNa.New', True),
                ({'ChangeType': 'delete_user', 'UserID': 'lina.NEW'}, 'LiNa.New', False)):
            triggers = self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id)])
            callback = self.event(**content)
            member = self.members(active_test=False).filtered(lambda member: member.user_id == self.lina)
            self.assertEqual((callback.state, member.userid, member.active), ('done', userid, active))
            self.assertEqual(self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id)]), triggers + 1)
