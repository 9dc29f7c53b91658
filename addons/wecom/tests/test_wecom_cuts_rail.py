import json
import time
from contextlib import suppress

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.wecom.models.wecom_client import WeComError

from .common import WecomCase
from .cuts import CutsMixin

PAGE = 'https://scrm.example.com/wecom/page'


@tagged('post_install', '-at_install')
class TestWecomCutsRail(CutsMixin, WecomCase):
    """Tokens, tickets, log-in, address book, messages; what a person began, he does again himself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app.has_address_book = True
        cls.lina = new_test_user(cls.env, login='lina.cuts', groups='base.group_user', notification_type='wecom')
        cls.member = cls.env['wecom.member'].create({'app_id': cls.app.id, 'userid': 'LiNa', 'name': '李娜', 'user_id': cls.lina.id})

    def flow_token(self):
        self.control('expire')
        return self.flow_members()

    def flow_check(self):
        def check():
            self.assertEqual(self.app.action_check()['params']['type'], 'success')
            self.assertEqual((self.app.state, self.app.problem), ('enabled', False))
        return self.app.action_check, check

    def flow_ticket(self):
        tickets = self.env['wecom.token'].search([('app_id', '=', self.app.id), ('kind', '!=', 'access')])
        tickets.unlink()

        def job():
            with suppress(WeComError):
                self.app._get_signatures(PAGE)

        def check():
            self.assertEqual(sorted(tickets.search([('app_id', '=', self.app.id)]).mapped('kind')), ['access', 'app_ticket', 'corp_ticket'])
            for kind, beginning in (('corp', 'corp-ticket--'), ('app', 'agent-ticket-1000002-')):
                self.assertTrue(tickets._get(self.app, f'{kind}_ticket').startswith(beginning))
        return job, check

    def flow_login(self):
        """A code is good once: the page is opened again with another one."""
        logged_in = []

        def job():
            code = self.act('logs_in', userid='LiNa')['code']
            with suppress(UserError):
                logged_in.append(self.app._get_user_of_code(code))
        return job, lambda: self.assertEqual(logged_in, [self.lina] * 2)

    def flow_members(self):
        name = f'新人{time.monotonic_ns()}'
        self.act('hires', userid=f'U{time.monotonic_ns()}', name=name)

        def check():
            members = self.env['wecom.member'].search([('app_id', '=', self.app.id)])
            self.assertEqual(sorted(members.mapped('userid_key')), sorted(self.seen('state')['members']))
            self.assertIn(name, members.mapped('name'))
            self.assertFalse(self.app.members_problem)
        return lambda: self.env['wecom.app']._cron_sync_members(), check

    def flow_message(self):
        text = f'合同已签署{time.monotonic_ns()}'
        self.env['res.partner'].create({'name': '宏达'}).message_post(body=text, partner_ids=self.lina.partner_id.ids)

        def job():
            self.env['wecom.message'].search([('state', '=', 'pending')]).next_attempt_at = False
            self.env['wecom.message']._process_queue()

        def check():
            got = [row for row in self.seen('state')['messages'] if text in json.dumps(row['content'], ensure_ascii=False)]
            self.assertEqual([(row['to'], row['dropped']) for row in got], [('lina', False)])
            self.assertFalse(self.env['wecom.message'].search([('app_id', '=', self.app.id), ('state', '!=', 'done')]))
        return job, check

    FLOWS = (
        ('gettoken', flow_token),
        ('get_api_domain_ip', flow_check),
        ('get_jsapi_ticket', flow_ticket),
        ('ticket/get', flow_ticket),
        ('auth/getuserinfo', flow_login),
        ('department/list', flow_members),
        ('user/simplelist', flow_members),
        ('message/send', flow_message),
    )

    def test_nothing_is_lost_or_doubled_wherever_the_line_is_cut(self):
        self.cut_everywhere()
