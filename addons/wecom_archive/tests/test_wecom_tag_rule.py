from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.wecom_archive.tools import words

from .common import ArchiveCase


@tagged('post_install', '-at_install')
class TestWecomTagRule(ArchiveCase):

    def setUp(self):
        super().setUp()
        self.run_resync()
        self.tag = self.env['wecom.tag'].search([('app_id', '=', self.app.id), ('name', '=', '重点')])

    def on(self, **values):
        rule = self.env['wecom.tag.rule'].with_user(self.chen).create({
            'name': '有报价意向', 'kind': 'keyword', 'tag_id': self.tag.id, 'keywords': '报价', **values})
        rule.action_switch_on()
        self.apply()
        return rule

    def apply(self):
        self.run_job(lambda: self.env['wecom.tag.rule']._cron_apply())

    def send(self):
        self.run_job(lambda: self.env['wecom.relation']._cron_send())

    def tagged_there(self):
        return [row['external_userid'] for row in self.seen('state')['relations'] if self.tag.number in row['tags']]

    def test_s0_g4_a_a_message_with_the_word_tags_its_customer_here_and_on_wecom(self):
        rule = self.on()
        self.say(101, '你好')
        self.pull()
        self.apply()
        self.assertFalse(self.customer.tag_ids)

        self.say(102, '请给个报价')
        self.pull()
        self.apply()
        self.send()
        self.assertEqual((self.customer.tag_ids, self.tagged_there()), (self.tag, [self.wang]))
        self.assertIn('externalcontact/mark_tag', self.called())
        self.assertEqual(rule.reason_ids.with_user(self.lina).sentence,
                         "Tagged because message 102 of the archive contains “报价”.")

    def test_the_rule_looks_also_at_what_was_said_before_and_by_whom(self):
        self.say(101, '我们的报价是四千', by='LiNa', to=self.wang)
        self.pull()
        rule = self.on()
        self.assertFalse(self.customer.tag_ids, "said by the member")

        rule.said_by = 'both'
        self.apply()
        self.assertEqual(self.customer.tag_ids, self.tag)

    def test_words(self):
        for keywords, text, found in (
                ('报价\n价格', '什么价格', '价格'), ('多少*钱', '一吨多少块钱啊', '多少*钱'), ('多少*钱', '钱多少', None),
                ('100%', '1000', None), ('Price', 'the PRICE', 'Price'), ('*\n\n', '任何', None)):
            self.assertEqual(words.find(text, words.split(keywords)), found, f'{keywords!r} in {text!r}')
        self.assertEqual(words.likes(['多少*钱', '10%']), ['%多少%钱%', r'%10\%%'])
        with self.assertRaises(ValidationError):
            self.on(keywords=' * ')
