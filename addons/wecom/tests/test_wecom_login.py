from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import AccessDenied
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from odoo.addons.wecom.tools import jssdk

from .common import WecomMixin


@tagged('post_install', '-at_install')
class TestWecomLogin(WecomMixin, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpWecom()
        cls.app.has_login = True
        cls.lina = new_test_user(cls.env, login='lina.login', groups='base.group_user')
        cls.member = cls.env['wecom.member'].create({'app_id': cls.app.id, 'userid': 'LiNa', 'name': '李娜', 'user_id': cls.lina.id})

    def setUp(self):
        super().setUp()
        self.control('reset')
        self.authenticate(None, None)

    def begin(self, **query):
        """Return what WeCom would be asked for."""
        answer = self.url_open(f'/wecom/login/{self.app.id}', params=query, allow_redirects=False)
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers['Location']).query).items()}

    def come_back(self, code, state):
        return self.url_open(f'/wecom/oauth/{self.app.id}', params={'code': code, 'state': state}, allow_redirects=False)

    def code(self, act='logs_in', **values):
        return self.control('act', act=act, **values)['code']

    def whoami(self):
        return self.make_jsonrpc_request('/web/session/get_session_info')['uid']

    def test_a_linked_member_is_logged_in_and_goes_where_he_wanted(self):
        asked = self.begin(redirect='/odoo/contacts')
        self.assertEqual((asked['appid'], asked['agentid']), (self.app.corp_id, self.app.agent_id))
        self.assertEqual(urlsplit(asked['redirect_uri']).path, f'/wecom/oauth/{self.app.id}')

        answer = self.come_back(self.code(userid='lina'), asked['state'])

        self.assertEqual((answer.status_code, urlsplit(answer.headers['Location']).path), (303, '/odoo/contacts'))
        self.assertEqual(self.whoami(), self.lina.id)

    def test_inside_wecom_no_qr_code_is_shown(self):
        for agent, host in (('Mozilla/5.0 wxwork/4.1', 'open.weixin.qq.com'), ('Mozilla/5.0', 'login.work.weixin.qq.com')):
            answer = self.url_open(f'/wecom/login/{self.app.id}', headers={'User-Agent': agent}, allow_redirects=False)
            self.assertEqual(urlsplit(answer.headers['Location']).hostname, host)

    @mute_logger('odoo.addons.wecom.controllers.login')
    def test_who_is_not_named_stays_outside(self):
        used = self.begin()['state']
        self.come_back(self.code(userid='LiNa'), used)
        self.authenticate(None, None)
        cases = [
            ('no log-in begun', lambda: (self.code(userid='LiNa'), 'x')),
            ('used state', lambda: (self.code(userid='LiNa'), used)),
            ('foreign state', lambda: (self.begin() and self.code(userid='LiNa'), 'x' * 32)),
            ('unknown code', lambda: ('nonsense', self.begin()['state'])),
            ('not a member', lambda: (self.code('stranger_logs_in'), self.begin()['state'])),
            ('not linked', lambda: (self.code(userid='ZhangWei'), self.begin()['state'])),
        ]
        for name, case in cases:
            with self.subTest(name):
                self.assertEqual(self.come_back(*case()).status_code, 403)
        self.lina.active = False
        self.assertEqual(self.come_back(self.code(userid='LiNa'), self.begin()['state']).status_code, 403)

    def test_addresses_of_others_are_not_gone_to(self):
        for redirect in ('https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:x'):
            asked = self.begin(redirect=redirect)
            answer = self.come_back(self.code(userid='LiNa'), asked['state'])
            self.assertEqual(urlsplit(answer.headers['Location']).path, '/odoo', redirect)

    def test_a_closed_door_is_no_door(self):
        self.assertIn(f'/wecom/login/{self.app.id}', self.url_open('/web/login').text)
        self.app.has_login = False
        self.assertNotIn('/wecom/login/', self.url_open('/web/login').text)
        self.assertEqual(self.url_open(f'/wecom/login/{self.app.id}').status_code, 404)

    def test_a_ticket_is_for_one_user_and_a_minute(self):
        ticket, other = self.lina._wecom_ticket(), new_test_user(self.env, login='other.login', groups='base.group_user')
        check = {'type': 'wecom', 'login': other.login, 'ticket': ticket}

        damaged = [(self.lina, {'ticket': text}) for text in (ticket[:-2] + 'AA', 'x', '')]
        for user, changed in ((other, {}), *damaged):
            with self.assertRaises(AccessDenied):
                user.with_user(user)._check_credentials({**check, **changed}, {'interactive': True})
        self.assertEqual(self.lina.with_user(self.lina)._check_credentials(check, {'interactive': True})['uid'], self.lina.id)

    # PAGES INSIDE WECOM ----------------------------------------------------

    def test_the_vendors_own_example_is_signed_alike(self):
        ticket = 'sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg'
        signed = jssdk.sign(ticket, 'http://mp.weixin.qq.com?params=value#part', 'Wm3WZYTPz0wzccnW', 1414587457)

        self.assertEqual(signed['signature'], '0f9de62fce790f9a083d5c99e95740ceb90c27ed')

    def test_pages_of_this_server_are_signed_with_both_tickets_for_staff(self):
        path, url = f'/wecom/signatures/{self.app.id}', f'{self.base_url()}/wecom/sidebar?x=1#y'
        self.authenticate('lina.login', 'lina.login')
        answer = self.make_jsonrpc_request(path, {'url': url})

        for name, kind in (('config', 'corp_ticket'), ('agentConfig', 'app_ticket')):
            ticket = self.env['wecom.token']._get(self.app, kind)
            self.assertEqual(answer[name], jssdk.sign(ticket, url, answer[name]['nonceStr'], answer[name]['timestamp']))
        self.assertEqual((answer['corpId'], answer['agentId']), (self.app.corp_id, self.app.agent_id))
        with self.assertRaisesRegex(JsonRpcException, 'UserError'):
            self.make_jsonrpc_request(path, {'url': 'https://evil.example/'})
