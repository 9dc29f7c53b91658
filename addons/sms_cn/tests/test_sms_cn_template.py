from odoo.exceptions import ValidationError
from odoo.tests import Form, TransactionCase

from odoo.addons.sms_cn.tools import pattern


class TestSmsCnTemplate(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.env['sms.cn.account'].create({
            'company_id': cls.env['res.company'].create({'name': 'C'}).id, 'sign_name': '东实环境', 'key_id': 'a', 'key_secret': 'b'})

    def template(self, wording, **values):
        return self.env['sms.cn.template'].create({
            'account_id': self.account.id, 'name': wording[:20], 'wording': wording, 'code': f'SMS_{wording}', **values})

    def test_text_is_recognised_whatever_its_blanks(self):
        template = self.template("${name}您好，合同${number}待您签署。")

        found, values = template._match("王经理您好，合同DS-2026-0001\n 待您签署。".replace('\n ', ''))

        self.assertEqual(found, template)
        self.assertEqual(values, {'name': '王经理', 'number': 'DS-2026-0001'})
        self.assertEqual(template.variables, 'name, number')

    def test_other_text_is_not_recognised(self):
        template = self.template("${name}您好，合同${number}待您签署。")

        for text in ("王经理您好，合同待您签署。", "王经理您好，合同1待您签署。回T退订", "", "x" * 5000):
            self.assertFalse(template._match(text)[0], text)

    def test_template_with_more_fixed_words_is_meant(self):
        loose = self.template("验证码${code}")
        exact = self.template("验证码${code}，用于签署")

        self.assertEqual((loose + exact)._match("验证码1234，用于签署")[0], exact)
        self.assertEqual((loose + exact)._match("验证码1234")[0], loose)

    def test_variable_that_returns_has_one_value(self):
        template = self.template("${code}，重复${code}")

        self.assertEqual(template._match("12，重复12")[1], {'code': '12'})
        self.assertFalse(template._match("12，重复13")[0])

    def test_wording_is_not_an_expression(self):
        """What people write is taken literally, whatever it means to a regular expression."""
        template = self.template("(a+)+$ ${code} [x")

        self.assertEqual(template._match("(a+)+$ 1 [x")[1], {'code': '1'})
        self.assertFalse(template._match("aaaa 1 [x")[0])

    def test_variables_follow_the_order_of_the_vendor(self):
        template = self.template("${a}和${b}", variables="b, a")

        self.assertEqual(template._variable_list(), ['b', 'a'])

    def test_unknown_variable_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "no variable c"):
            self.template("${a}和${b}", variables="a, c")

    def test_wording_of_variables_alone_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "nothing but variables"):
            self.template("${a}${b}")

    def test_wording_comes_from_a_template_of_odoo(self):
        sms_template = self.env['sms.template'].create({
            'name': 'T', 'model_id': self.env.ref('base.model_res_partner').id, 'body': "{{ object.name }}您好，编号{{ object.id }}。"})

        with Form(self.env['sms.cn.template'].with_context(default_account_id=self.account.id)) as form:
            form.name, form.code, form.sms_template_id = 'T', 'SMS_9', sms_template

        self.assertEqual(form.record.wording, "${v1}您好，编号${v2}。")
        self.assertEqual(form.record.variables, 'v1, v2')

    def test_fill_is_the_way_back(self):
        self.assertEqual(pattern.fill("您好${a}，${b}", {'a': '王', 'b': 1}), "您好王，1")
