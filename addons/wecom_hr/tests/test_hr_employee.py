from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged('post_install', '-at_install')
class TestHrEmployee(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app = cls.env['wecom.app'].create({'name': 'WeCom', 'corp_id': 'wwhr', 'agent_id': '1', 'company_id': False})
        cls.officer = new_test_user(cls.env, login='hr.w', groups='hr.group_hr_user,wecom_contact.group_manager')

    def member(self, userid, **values):
        return self.env['wecom.member'].create({'app_id': self.app.id, 'userid': userid, 'name': userid, **values})

    def employee(self, **values):
        return self.env['hr.employee'].create({'name': '张伟', **values}).with_user(self.officer)

    def test_an_employee_is_the_member_of_his_user_else_the_one_of_his_address_or_mobile(self):
        user = new_test_user(self.env, login='zhang.w', groups='base.group_user')
        linked, by_mail, by_name, by_mobile = self.member('Z1', user_id=user.id), self.member('li@x.cn'), self.member('WangQiang'), \
            self.member('13800138000')
        for values, member in (
                ({'user_id': user.id, 'work_email': 'li@x.cn'}, linked), ({'work_email': 'LI@x.cn'}, by_mail),
                ({'work_email': 'wangqiang@x.cn'}, by_name), ({'mobile_phone': '+86 138 0013 8000'}, by_mobile),
                ({'work_email': 'z1@x.cn'}, linked.browse()),
                ({'work_email': 'wangqiang@x.cn', 'mobile_phone': '13800138000'}, linked.browse())):
            with self.subTest(values):
                self.assertEqual(self.employee(**values).wecom_member_id, member)

    def test_a_leaver_with_customers_is_shown_and_offered_to_be_handed_over_and_stays_an_employee(self):
        member = self.member('ZhangWei')
        employee = self.employee(work_email='zhangwei@x.cn')
        contact = self.env['wecom.contact'].create({'app_id': self.app.id, 'external_userid': 'wm1', 'name': '王经理'})
        self.env['wecom.relation'].create({'contact_id': contact.id, 'member_id': member.id, 'added_at': '2026-01-01'})
        member._leave()

        employee.invalidate_recordset()
        self.assertTrue(employee.active and employee.wecom_left_at)
        self.assertEqual((employee.wecom_customer_count, employee.action_hand_over_wecom()['context']['default_giver_id']), (1, member.id))
        with self.assertRaises(AccessError):
            employee.with_user(new_test_user(self.env, login='clerk.w', groups='hr.group_hr_user')).action_hand_over_wecom()
