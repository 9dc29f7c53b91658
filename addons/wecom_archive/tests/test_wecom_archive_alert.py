from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import ArchiveCase


@tagged('post_install', '-at_install')
class TestWecomArchiveAlert(ArchiveCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = new_test_user(cls.env, login='officer.a', groups='base.group_user,wecom_contact.group_compliance')
        cls.rule = cls.env.ref('wecom_archive.wecom_archive_rule_payment')

    def alerts(self):
        return self.env['wecom.archive.alert'].search([('conversation_id.archive_id', '=', self.archive.id)], order='id')

    def tell(self):
        self.run_job(lambda: self.env['wecom.archive.alert']._cron_tell())

    def told(self):
        return self.alerts().activity_ids.user_id

    def test_s0_g5_d_a_chat_about_a_private_account_alerts_the_officers_with_the_message(self):
        self.say(101, '这次的处置费怎么付')
        self.say(102, '货款转我卡上', by='LiNa', to=self.wang)
        self.pull()
        self.tell()

        alert = self.alerts().with_user(self.officer)
        self.assertEqual((alert.rule_id, alert.severity, alert.state, alert.words, alert.member_id),
                         (self.rule, 'high', 'open', '转*卡上', self.member))
        self.assertIn('李娜: 货款转我卡上', alert.excerpt)
        self.assertNotIn('处置费', alert.excerpt, "the message, not the conversation")
        self.assertIn(self.officer, self.told())
        self.assertNotIn(self.lina, self.told())
        self.assertEqual(self.accesses(self.officer), [('alert', 1, '102')])
        self.assertNotIn('货款', ' '.join([*alert.activity_ids.mapped('summary'), *alert.message_ids.mapped('body')]))
        self.assertFalse(self.env['wecom.archive.message'].with_user(self.officer).search([]))

    def test_check_12_a_notice_leads_to_the_alert_by_jobs_that_begin_at_once(self):
        """Notice, reading, telling: each begins the next, none waits for its turn."""
        crons = [self.env.ref(f'wecom_archive.ir_cron_wecom_archive{name}') for name in ('', '_alert')]
        self.env['ir.cron.trigger'].search([('cron_id', 'in', [cron.id for cron in crons])]).unlink()
        self.say(101, '货款转我卡上')
        self.run_queue('<xml><ToUserName>c</ToUserName><FromUserName>sys</FromUserName><CreateTime>1795000000</CreateTime>'
                       '<MsgType>event</MsgType><AgentID>2000004</AgentID><Event>msgaudit_notify</Event></xml>')
        begun = []
        for cron in crons:
            begun.append(self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id), ('call_at', '<=', self.ago(seconds=-1))]))
            self.env.invalidate_all()
            self.run_job(lambda cron=cron: self.env[cron.model_id.model]._cron_pull() if cron == crons[0] else self.tell())

        self.assertEqual((begun, len(self.told())), ([1, 1], len(self.env.ref('wecom_contact.group_compliance').all_user_ids)))

    def test_one_alert_a_conversation_takes_later_messages_in_until_it_is_closed(self):
        self.say(101, '转我卡上')
        self.pull()
        self.say(102, '私人账户也可以', by='LiNa', to=self.wang)
        self.pull()
        alert = self.alerts()
        self.assertEqual((len(alert), alert.hit_count, alert.words), (1, 2, '转*卡上, 私人账户'))

        with self.assertRaises(UserError):
            alert.with_user(self.officer).action_close()
        alert.with_user(self.officer).conclusion = '已核实：客户误会，款项进公司账户。'
        alert.with_user(self.officer).action_close()
        self.assertEqual((alert.state, alert.closed_by_id), ('closed', self.officer))
        self.say(103, '转我卡上')
        self.pull()
        self.assertEqual(self.alerts().mapped('state'), ['closed', 'open'])
        self.archive.seq = 0
        self.pull()
        self.assertEqual(self.alerts().mapped('hit_count'), [2, 1], "again raises nothing")

    def test_directions_companies_and_who_is_told(self):
        other = self.env['res.company'].create({'name': 'Theirs'})
        self.app.company_id = self.env.company
        second = new_test_user(self.env, login='officer.b', groups='base.group_user,wecom_contact.group_compliance')
        rules = self.env['wecom.archive.rule'].with_user(self.officer).create([
            {'name': 'A', 'keywords': '密语', 'said_by': 'member', 'company_id': False, 'user_ids': second.ids},
            {'name': 'B', 'keywords': '密语', 'said_by': 'customer', 'company_id': False}])
        rules.sudo().create({'name': 'C', 'keywords': '密语', 'company_id': other.id})
        self.say(101, '密语', by='LiNa', to=self.wang)
        self.pull()
        self.tell()
        self.assertEqual((self.alerts().rule_id, self.told()), (rules[0], second))
        with self.assertRaises(ValidationError):
            rules[0].user_ids = self.lina

    def test_nobody_closes_an_alert_about_himself_or_changes_what_was_found(self):
        self.lina.group_ids += self.env.ref('wecom_contact.group_compliance')
        self.say(101, '转我卡上', by='LiNa', to=self.wang)
        self.pull()
        self.tell()
        alert = self.alerts()
        self.assertNotIn(self.lina, self.told())
        alert.with_user(self.lina).conclusion = '没事'
        with self.assertRaisesRegex(UserError, 'about himself'):
            alert.with_user(self.lina).action_close()
        with self.assertRaises(AccessError):
            alert.with_user(self.officer).state = 'closed'
