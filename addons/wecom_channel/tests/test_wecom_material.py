import base64
from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.fields import Command, Datetime
from odoo.tests import tagged

from odoo.addons.wecom_contact.tests.common import ContactCase

PNG = base64.b64encode(b'\x89PNG\r\n\x1a\n' + bytes(50))


@tagged('post_install', '-at_install')
class TestWecomMaterial(ContactCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picture, cls.link, cls.mini, cls.file = cls.env['wecom.material'].create([
            {'app_id': cls.app.id, **values} for values in (
                {'name': '公司资质', 'kind': 'image', 'file': PNG},
                {'name': '官网', 'kind': 'link', 'url': 'https://example.com/', 'description': '看看'},
                {'name': '小程序', 'kind': 'miniprogram', 'file': PNG, 'mini_appid': 'wx1', 'mini_page': 'pages/index'},
                {'name': '报价单', 'kind': 'file', 'file': base64.b64encode(b'%PDF-1.7 x'), 'file_name': '报价单.pdf'})])
        cls.channel = cls.env['wecom.channel'].create({
            'app_id': cls.app.id, 'name': '展会', 'member_ids': cls.member.ids, 'welcome': '您好{customer}',
            'material_ids': (cls.picture + cls.link + cls.mini + cls.file).ids})

    def upload(self):
        self.env.flush_all()
        self.run_job(lambda: self.env['wecom.material']._cron_upload())

    def greet(self, channel=True):
        """Let a customer come and be welcomed; return what WeCom sent him, and what we noted."""
        key = self.channel.key if channel else ''
        external = self.friend(state=key)
        code = next(code for code, row in self.seen('state')['welcome'].items() if row['external_userid'] == external)
        self.run_queue(self.event('add_external_contact', external, at=int(Datetime.now().timestamp()), State=key, WelcomeCode=code))
        self.run_job(lambda: self.env['wecom.welcome']._cron_send())
        return self.seen('state')['welcome'][code].get('content'), self.env['wecom.welcome'].search([], limit=1)

    def test_a_welcome_carries_its_attachments_uploaded_beforehand(self):
        self.upload()
        before = self.called().count('media/upload')
        content, welcome = self.greet()

        self.assertEqual((content['text']['content'], [row['msgtype'] for row in content['attachments']], welcome.problem),
                         ('您好王女士', ['image', 'link', 'miniprogram', 'file'], False))
        self.assertEqual((before, self.called().count('media/upload')), (3, 3), "nothing is uploaded while the 20 seconds run")

    def test_what_is_not_uploaded_is_left_out_and_told(self):
        content, welcome = self.greet()
        self.assertEqual(([row['msgtype'] for row in content['attachments']], welcome.state), (['link'], 'sent'))
        self.assertIn('公司资质', welcome.problem)

    def test_a_file_that_wecom_forgot_early_costs_the_file_not_the_text(self):
        self.upload()
        self.control('clock', advance=4 * 86400)
        content, welcome = self.greet()
        self.assertEqual(([row['msgtype'] for row in content['attachments']], welcome.state), (['link'], 'sent'))
        self.assertFalse(self.picture.media_id)

    def test_files_are_renewed_before_three_days_and_only_those_in_use(self):
        self.upload()
        first = self.picture.media_id
        self.upload()
        self.assertEqual(self.called().count('media/upload'), 3)
        self.picture.media_until = Datetime.now() + timedelta(hours=23)
        self.upload()
        self.assertNotEqual(self.picture.media_id, first)
        self.channel.material_ids = [Command.clear()]
        self.picture.media_until = Datetime.now()
        self.upload()
        self.assertEqual(self.called().count('media/upload'), 4)

    def test_an_upload_cut_off_is_done_again_and_the_old_copy_serves_meanwhile(self):
        self.upload()
        for fault in ('hang_up', 'hang_up_after'):
            first = self.picture.media_id
            self.picture.media_until = Datetime.now() + timedelta(hours=23)
            self.control('settings', **{fault: {'media/upload': 1}})
            self.upload()
            self.assertEqual((self.picture.media_id, bool(self.picture.problem)), (first, True))
            self.upload()
            self.assertEqual((self.picture.media_id == first, self.picture.problem), (False, False))

    def test_who_comes_by_no_code_is_welcomed_by_the_member_else_by_the_app(self):
        self.assertEqual(self.greet(channel=False)[0], None)
        self.app.welcome = '我是{member}，欢迎'
        self.assertEqual(self.greet(channel=False)[0]['text']['content'], '我是李娜，欢迎')
        self.member.welcome = '李娜在此'
        self.assertEqual(self.greet(channel=False)[0]['text']['content'], '李娜在此')

    def test_the_preview_shows_text_and_attachments(self):
        self.channel.welcome = '您好{customer}<b>'
        preview = self.channel.welcome_preview
        self.assertIn('&lt;b&gt;', preview)
        self.assertIn('公司资质', preview)

    def test_bad_materials_are_refused_in_a_sentence(self):
        for values, sentence in (
                ({'kind': 'image', 'file': base64.b64encode(b'GIF89a' + bytes(20))}, 'PNG or JPEG'),
                ({'kind': 'image'}, 'up to 10 MB'), ({'kind': 'file', 'file': base64.b64encode(b'x')}, 'up to 20 MB'),
                ({'kind': 'link', 'url': 'javascript:alert(1)'}, 'https://'), ({'kind': 'link'}, 'https://'),
                ({'kind': 'miniprogram', 'file': PNG}, 'app ID and page')):
            with self.subTest(sentence), self.assertRaisesRegex(ValidationError, sentence):
                self.env['wecom.material'].create({'app_id': self.app.id, 'name': 'x', **values})
        for values, sentence in (({'material_ids': [Command.link(self.link.copy().id) for _number in range(6)]}, 'at most 9'),
                                 ({'welcome': '好' * 1334}, '4000 bytes')):
            with self.assertRaisesRegex(ValidationError, sentence):
                self.channel.write(values)
