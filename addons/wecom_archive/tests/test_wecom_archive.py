from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.wecom_archive.models import wecom_archive_backend, wecom_archive_pull

from .common import ArchiveCase


@tagged('post_install', '-at_install')
class TestWecomArchive(ArchiveCase):

    def test_s0_g5_a_three_messages_are_kept_once_and_nobody_edits_them(self):
        self.three()
        self.pull()
        self.assertEqual(self.messages(contact_id=self.customer.id).mapped('seq'), [101, 102, 103])
        self.assertEqual(self.texts(), ['你好，我想了解处置服务', '您好王经理，我是李娜', '请给个报价'])

        self.archive.seq = 0
        self.pull()
        self.assertEqual((len(self.messages()), self.archive.seq), (3, 103), "again adds none")

        message = self.messages()[0]
        for user in (self.lina, self.chen, self.auditor, self.env.ref('base.user_admin')):
            with self.assertRaises(AccessError):
                message.with_user(user).write({'sender': 'x'})
            with self.assertRaises(AccessError):
                message.with_user(user).unlink()
        with self.assertRaises(AccessError):
            message.sudo().write({'text': 'x'})
        found = {user: self.env['wecom.archive.message'].with_user(user).search_count([('archive_id', '=', self.archive.id)])
                 for user in (self.lina, self.chen, self.auditor, self.env.ref('base.user_admin'))}
        self.assertEqual(list(found.values()), [0, 0, 3, 0], "auditors alone search all")

    def test_who_speaks_with_whom(self):
        self.three()
        self.say(104, '群里问一下', to=['LiNa', 'ZhangWei'], roomid='wrroom0000000000000000000000001')
        self.say(105, '中午吃什么', by='LiNa', to='zhangwei')
        self.say(106, '我是机器人', by='wbrobot000000000000000000000001', to='LiNa')
        self.world['records'].append({'seq': 107, 'version': 1, 'content': {
            'msgid': 'm107', 'action': 'switch', 'time': 1_763_800_107_000, 'user': 'LiNa'}})
        self.save()
        self.pull()

        conversations = self.env['wecom.archive.conversation'].search([('archive_id', '=', self.archive.id)], order='id')
        self.assertEqual([(one.kind, one.message_count, len(one.member_ids), one.contact_ids == self.customer) for one in conversations], [
            ('customer', 3, 1, True), ('group', 1, 2, True), ('internal', 1, 2, False), ('customer', 1, 1, False)])
        self.assertEqual(conversations[0].display_name, '王经理 · 李娜')
        self.assertEqual(self.messages(seq=104).contact_id, self.customer)
        self.assertFalse(self.messages(seq=107).conversation_id)

    def test_what_customers_answer_when_wecom_asks_for_their_consent_is_kept(self):
        for seq, kind in ((101, 'agree'), (102, 'disagree')):
            self.say(seq, msgtype=kind, **{kind: {'userid': self.wang}})
            self.pull()
            self.assertEqual(self.messages(seq=101).conversation_id.consent, {'agree': 'agreed', 'disagree': 'refused'}[kind])

    def test_what_a_message_may_hold(self):
        """Halves of characters, NUL, entries of forwarded conversations, and what WeCom may invent."""
        self.say(101, '半\ud83d个\0字')
        self.say(102, msgtype='chatrecord', chatrecord={'title': '聊天记录', 'item': [
            {'type': 'ChatRecordText', 'content': f'{{"content": "{text}"}}'} for text in ('第一句', '第二句')]})
        self.say(103, msgtype='hologram', hologram={'content': 1})
        for seq, odd in ((104, {'action': 'sing'}), (105, {'from': None}), (106, {'tolist': [1]}), (107, {'msgtime': 10 ** 30})):
            self.say(seq, **odd)
        self.pull()
        self.assertEqual(self.texts(), ['半\ufffd个字', '聊天记录\n第一句\n第二句', ''])
        self.assertEqual([(one.seq, one.error_category) for one in self.env['wecom.archive.record'].search([], order='seq')],
                         [(seq, 'shape') for seq in (104, 105, 106, 107)])

    def test_a_copy_of_the_database_cannot_read_the_archive(self):
        with file_open('wecom_archive/data/neutralize.sql') as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual((self.archive.secret, self.archive.key_ids.pem, self.archive.state), (False, False, 'disabled'))

    def test_check_12_the_place_is_kept_with_the_messages_page_by_page(self):
        """What failed with the second page undoes neither page nor place of the first."""
        self.patch(wecom_archive_pull, 'PAGE', 2)
        self.three()
        self.save(keys={'1': self.publics[1]})
        self.say(104, version=9)  # the fake has no such key: the page with it can't be given

        self.pull()
        self.assertEqual((self.archive.seq, self.messages().mapped('seq')), (102, [101, 102]))
        self.assertEqual(self.archive.problem_code, 'child')

        self.world['records'].pop()
        self.save()
        self.pull()
        self.assertEqual((self.archive.seq, self.messages().mapped('seq'), self.archive.problem), (103, [101, 102, 103], False))

    def test_check_12_what_is_recalled_stays_and_is_linked_whichever_came_first(self):
        self.say(101, '底价三千八', by='LiNa', to=self.wang)
        self.say(102, by='LiNa', to=self.wang, action='recall', msgtype='revoke', revoke={'pre_msgid': 'm101_external'})
        self.say(103, by='LiNa', to=self.wang, action='recall', msgtype='revoke', revoke={'pre_msgid': 'm104_external'})
        self.pull()
        self.say(104, '再发一次', by='LiNa', to=self.wang)
        self.pull()

        first, recall, early, late = self.messages()
        self.assertEqual((recall.recalled_id, early.recalled_id), (first, late))
        self.assertEqual((first.is_recalled, first.sudo().text), (True, '底价三千八'))

    def test_check_12_a_notice_of_wecom_has_the_archive_read_at_once(self):
        cron = self.env.ref('wecom_archive.ir_cron_wecom_archive')
        self.env['ir.cron.trigger'].search([('cron_id', '=', cron.id)]).unlink()

        self.run_queue('<xml><ToUserName>c</ToUserName><FromUserName>sys</FromUserName><CreateTime>1795000000</CreateTime>'
                       '<MsgType>event</MsgType><AgentID>2000004</AgentID><Event>msgaudit_notify</Event></xml>')
        trigger = self.env['ir.cron.trigger'].search([('cron_id', '=', cron.id)])
        self.assertEqual((len(trigger), (trigger.call_at - self.ago()).total_seconds() < 5), (1, True))

    # WHAT GOES WRONG -------------------------------------------------------

    def test_check_12_a_gap_of_five_days_raises_an_alarm(self):
        self.three()
        self.pull()
        self.archive.pulled_at = self.ago(days=6)
        self.world['records'] = []
        self.save(oldest=200)
        self.say(210)
        self.pull()

        self.assertEqual((self.archive.problem_code, self.archive.seq), ('gap', 210))
        self.assertIn('from number 104 to 209', self.archive.problem)
        self.assertEqual(self.archive.activity_ids.user_id, self.archive.user_id)
        self.assertIn('from number 104 to 209', self.archive.message_ids[0].body, "stays on record")
        self.archive.pulled_at = self.ago(hours=1)
        self.say(212)
        self.pull()
        self.assertEqual(len(self.archive.activity_ids), 1, "numbers may leave some out; told once")

    def test_before_messages_are_lost_somebody_is_told(self):
        self.three()
        self.archive.pulled_at = self.ago(days=3, hours=1)
        self.save(fault={'pull': 10001})
        for _time in range(2):
            self.pull()
        self.assertEqual((self.archive.is_late, len(self.archive.activity_ids), self.archive.problem), (True, 1, False))

        self.save(fault={})
        self.pull()
        self.assertEqual((self.archive.is_late, len(self.messages())), (False, 3))

    def test_error_10010_is_a_gap_and_reading_goes_on_with_what_wecom_has(self):
        self.archive.write({'seq': 50, 'pulled_at': self.ago(days=1)})
        self.save(fault={'pull': 10010})
        self.pull()
        self.assertEqual((self.archive.problem_code, self.archive.seq), ('gap', 0))
        self.save(fault={})
        self.three()
        self.pull()
        self.assertEqual(len(self.messages()), 3)

    def test_what_wecom_refuses_stands_still_until_somebody_checks(self):
        self.three()
        self.save(fault={'pull': 10009})
        self.pull()
        self.assertEqual((self.archive.state, self.archive.problem_code, len(self.archive.activity_ids)), ('disabled', '10009', 1))
        asked = len(self.asked())
        self.pull()
        self.assertEqual(len(self.asked()), asked, "WeCom isn't asked again")

        self.save(fault={})
        self.archive.with_user(self.env.ref('base.user_admin')).action_check()
        self.pull()
        self.assertEqual((self.archive.state, self.archive.problem, len(self.messages())), ('enabled', False, 3))

    def test_the_library_may_end_or_hang_while_pulling(self):
        self.three()
        self.patch(wecom_archive_backend, 'SECONDS', dict.fromkeys(('open', 'pull', 'decrypt', 'media'), 1))
        for fault, reason in (('abort', 'ended by signal 6'), ('hang', 'no answer within 1 seconds')):
            self.save(fault={'pull': fault})
            self.pull()
            self.assertIn(reason, self.archive.problem)
        self.save(fault={})
        self.pull()
        self.assertEqual((len(self.messages()), self.archive.problem), (3, False))

    # SECRETS ---------------------------------------------------------------

    def test_secrets_and_keys_are_entered_not_read(self):
        self.assertEqual((self.archive.secret, self.archive.key_ids.pem), ('••••••••', '••••••••'))
        self.env.flush_all()
        self.env.cr.execute('SELECT secret_word FROM wecom_archive WHERE id = %s', [self.archive.id])
        self.assertNotIn('archive-secret', self.env.cr.fetchone()[0])
        with self.assertRaises(AccessError):
            self.archive.with_user(self.auditor).read(['secret'])
        with self.assertRaises(AccessError):
            self.archive.with_user(self.auditor).read(['key_ids'])

    def test_a_key_can_be_made_here_and_is_never_deleted(self):
        key = self.env['wecom.archive.key'].create({'archive_id': self.archive.id, 'version': 7})
        self.assertIn('BEGIN PUBLIC KEY', key.public_pem)
        self.say(101, version=7)
        self.save(keys={'7': key.public_pem})
        self.pull()
        self.assertEqual(len(self.messages()), 1)
        with self.assertRaises(UserError):
            key.unlink()

    def test_a_key_of_another_kind_is_refused(self):
        for version, pem in ((3, 'nonsense'), (4, self.publics[1])):
            with self.assertRaisesRegex(ValidationError, f'Version {version}: this is not a private key'):
                self.env['wecom.archive.key'].create({'archive_id': self.archive.id, 'version': version, 'pem': pem})
