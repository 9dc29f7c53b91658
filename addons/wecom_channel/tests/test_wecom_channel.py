import base64
from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Datetime
from odoo.tests import tagged

from odoo.addons.wecom_contact.tests.common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomChannel(ContactCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zhang = cls.env['wecom.member'].create({'app_id': cls.app.id, 'userid': 'ZhangWei', 'name': '张伟'})

    def setUp(self):
        super().setUp()
        self.env['wecom.tag']._sync(self.app)
        self.tag = self.env['wecom.tag'].search([('app_id', '=', self.app.id), ('name', '=', '重点')])

    def make(self, **values):
        channel = self.env['wecom.channel'].with_user(self.chen).create({
            'app_id': self.app.id, 'name': '环保展2026', 'member_ids': [(6, 0, (self.member + self.zhang).ids)], 'dealing': 'wecom',
            'tag_ids': [(6, 0, self.tag.ids)], 'welcome': '您好{customer}，我是{member}。', **values}).sudo()
        self.send()
        return channel

    def send(self):
        self.env.flush_all()
        self.run_job(lambda: self.env['wecom.channel']._cron_send())

    def ways(self):
        return self.seen('state')['ways']

    def scan(self, channel, userid='LiNa', name='王女士', age=0):
        """Let a customer scan a code; return the text of the event, with the code that WeCom gave out."""
        external = self.friend(name, userid=userid, state=channel.key)
        code = next(code for code, row in self.seen('state')['welcome'].items() if row['external_userid'] == external)
        at = int(Datetime.now().timestamp()) if not age else int((Datetime.now() - timedelta(seconds=age)).timestamp())
        return self.event('add_external_contact', external, userid, at=at, State=channel.key, WelcomeCode=code), external

    def welcome(self):
        self.run_job(lambda: self.env['wecom.welcome']._cron_send())

    def sent(self):
        return [row['content']['text']['content'] for row in self.seen('state')['welcome'].values() if row['used']]

    # CODES -----------------------------------------------------------------

    def test_a_code_is_made_changed_and_taken_away(self):
        channel = self.make()
        [way] = self.ways().values()
        self.assertEqual((way['type'], set(way['user']), way['state']), (2, {'LiNa', 'ZhangWei'}, channel.key))
        self.assertEqual(channel.config_id, way['config_id'])
        self.assertTrue(channel.qr_code)

        channel.with_user(self.chen).member_ids = self.member
        self.send()
        self.assertEqual(self.ways()[channel.config_id]['user'], ['LiNa'])
        channel.with_user(self.chen).active = False
        self.send()
        self.assertEqual((self.ways(), channel.config_id, channel.to_send), ({}, False, False))

    def test_a_code_whose_answer_got_lost_is_found_again(self):
        self.make()
        channel = self.make(name='官网')
        number = channel.config_id
        channel.write({'config_id': False, 'qr_code': False, 'to_send': 'add'})
        self.send()

        self.assertEqual((channel.config_id, len(self.ways())), (number, 2))

    def test_an_app_at_its_limit_holds_back_no_other(self):
        far = self.far_app()
        member = self.env['wecom.member'].create({'app_id': far.id, 'userid': 'A', 'name': 'A'})
        channels, materials = self.env['wecom.channel'], self.env['wecom.material']
        for app, members in ((far, member), (self.app, self.member)):
            materials += materials.create({
                'app_id': app.id, 'name': '报价单', 'kind': 'file', 'file': base64.b64encode(b'%PDF-1.7'), 'file_name': 'x.pdf'})
            channels += channels.create({
                'app_id': app.id, 'name': '展会', 'member_ids': members.ids, 'kind': 'link', 'material_ids': materials[-1].ids})
        self.send()
        self.run_job(lambda: materials._cron_upload())
        self.assertEqual([(channel.to_send, bool(channel.config_id)) for channel in channels], [('add', False), (False, True)])
        self.assertEqual([bool(material.media_id) for material in materials], [False, True])

        channels[0].write({'config_id': 'far', 'to_send': False})
        self.run_job(lambda: self.env['wecom.link.day']._cron_read())
        self.assertEqual(self.env['wecom.link.day'].search([('channel_id', 'in', channels.ids)]).channel_id, channels[1])

    def test_bad_codes_are_refused_in_a_sentence(self):
        with self.assertRaisesRegex(ValidationError, 'between one and 100'):
            self.make(member_ids=[])
        with self.assertRaises(AccessError):
            self.make().with_user(self.chen).write({'config_id': 'x', 'name': 'y'})
        with self.assertRaises(AccessError):
            self.make().with_user(self.lina).write({'name': 'y'})

    # WELCOME ---------------------------------------------------------------

    def test_check_04_a_welcome_overtakes_the_backlog_and_is_sent_once(self):
        channel = self.make()
        for number in range(300):
            self.env['wecom.callback']._receive(self.app.id, self.app.company_id.id, f'<xml><Event>other</Event><N>{number}</N></xml>')
        for number in range(5):
            self.env['wecom.callback']._receive(self.app.id, self.app.company_id.id, self.scan(channel, name=f'客户{number}')[0])
        self.run_job(lambda: self.env['wecom.callback'].with_context(wecom_lane='priority')._process_queue())
        self.welcome()
        self.welcome()

        self.assertEqual(len(self.sent()), 5)
        self.assertEqual(self.called().count('externalcontact/send_welcome_msg'), 5)
        self.assertEqual(self.env['wecom.callback'].search_count([('app_id', '=', self.app.id), ('state', '=', 'pending')]), 300)
        self.assertIn('我是李娜', self.sent()[0])

    def test_check_04_too_late_is_recorded_and_not_sent(self):
        self.run_queue(self.scan(self.make(), age=30)[0])
        self.welcome()

        welcome = self.env['wecom.welcome'].search([], limit=1)
        self.assertEqual((welcome.state, welcome.code, self.called().count('externalcontact/send_welcome_msg')), ('expired', False, 0))

    def test_check_04_what_wecom_says_is_told_and_never_sent_again(self):
        channel = self.make()
        for how, state in (({'fail_next': {'externalcontact/send_welcome_msg': [41050]}}, 'expired'),
                           ({'fail_next': {'externalcontact/send_welcome_msg': [41051]}}, 'taken'),
                           ({'hang_up': {'externalcontact/send_welcome_msg': 1}}, 'unknown')):
            with self.subTest(state):
                self.run_queue(self.scan(channel)[0])
                self.control('settings', **how)
                before = self.called().count('externalcontact/send_welcome_msg')
                self.welcome()
                self.welcome()

                self.assertEqual(self.env['wecom.welcome'].search([], limit=1).state, state)
                self.assertEqual(self.called().count('externalcontact/send_welcome_msg') - before, 1)
        self.assertEqual(self.sent(), [])
