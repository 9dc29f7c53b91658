import json
import socket
import time
from unittest.mock import patch

from odoo.tests import tagged

from .common import ContactCase

PATIENCE, SLOW = 0.25, 0.6  # seconds that we wait, and that WeCom takes
FAULTS = ('cut before it was done', 'cut after it was done', 'slower than we wait', 'away, then back without our token')
ONCE = ('sent', 'unknown', 'refused')


@tagged('post_install', '-at_install')
class TestWecomCuts(ContactCase):
    """WeCom cut off, slowed and restarted in the middle of each flow: nothing lost, nothing doubled, nobody has to press anything.

    Each flow begins, meets a fault at the endpoint named, and its job runs again as the cron would.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch('odoo.addons.wecom.tools.transport.TIMEOUT', PATIENCE))
        cls.startClassPatcher(patch('odoo.addons.wecom_contact.models.wecom_resync.PAGE', 20))
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            cls.nowhere = f'http://127.0.0.1:{free.getsockname()[1]}/cgi-bin/'

    def setUp(self):
        super().setUp()
        self.here = self.app.api_base_url
        self.app.has_address_book = True
        self.lina.notification_type = 'wecom'
        self.run_resync()

    # THE FLOWS: what begins it, its job, what must be true in the end ---------

    def flow_token(self):
        self.control('expire')
        return self.flow_fetch()

    def flow_fetch(self):
        external = self.friend()
        self.receive(self.event('add_external_contact', external))

        def check():
            contact = self.contact(external)
            self.assertEqual((contact.name, contact.member_count, len(contact.lead_ids), contact.is_stale), ('王女士', 1, 1, False))
        return lambda: self.env['wecom.contact']._cron_fetch(), check

    def flow_welcome(self):
        """The one thing that isn't done again: better no welcome than two."""
        channel = self.env['wecom.channel'].search([('app_id', '=', self.app.id)], limit=1) or self.env['wecom.channel'].create(
            {'app_id': self.app.id, 'name': '展台', 'member_ids': self.member.ids, 'welcome': '您好'})
        external = self.friend(state=channel.key)
        code, row = next((code, row) for code, row in self.seen('state')['welcome'].items() if row['external_userid'] == external)
        self.receive(self.event('add_external_contact', external, State=channel.key, WelcomeCode=code, at=int(time.time())))
        sends = self.called().count('externalcontact/send_welcome_msg')

        def check():
            welcome = self.env['wecom.welcome'].search([('contact_id.external_userid', '=', external)])
            self.assertIn(welcome.state, ONCE)
            self.assertFalse(welcome.code)
            self.assertLessEqual(self.called().count('externalcontact/send_welcome_msg') - sends, 1)
        return lambda: self.env['wecom.welcome']._cron_send(), check

    def flow_resync(self):
        self.control('clock', advance=-86400)
        self.control('customers', count=3, userid='LiNa')
        self.control('clock', advance=86400)
        self.act('opens_chat', name='一群', owner='LiNa')
        resync = self.env['wecom.resync']._begin(self.app)

        def check():
            here = {(relation.member_id.userid, relation.contact_id.external_userid) for relation in self.env['wecom.relation'].search(
                [('app_id', '=', self.app.id), ('state', '=', 'active')])}
            there = [(row['userid'], row['external_userid']) for row in self.seen('state')['relations']]
            self.assertEqual((resync.state, resync.missing_count, here, len(here)), ('done', 0, set(there), len(there)))
            chats = self.env['wecom.chat'].search([('app_id', '=', self.app.id)])
            self.assertEqual(sorted(chats.mapped('number')), sorted(self.seen('state')['chats']))
        return lambda: self.env['wecom.resync']._cron_resync(), check

    def flow_chat(self):
        number = self.act('opens_chat', name='二群', owner='LiNa')['chat_id']
        chat = self.env['wecom.chat']._ensure(self.app, [number])[number]

        def check():
            self.assertEqual((chat.name, len(chat.participant_ids), chat.is_stale), ('二群', 1, False))
        return lambda: self.env['wecom.chat']._cron_fetch(), check

    def flow_tag_add(self):
        name = f'新{time.monotonic_ns()}'
        tag = self.env['wecom.tag'].with_user(self.chen).create({'app_id': self.app.id, 'group_name': '来源', 'name': name}).sudo()
        return self.tags_flow(tag, lambda there: there.count(name) == 1 and tag.active)

    def flow_tag_rename(self):
        tag = self.some_tag()
        tag.with_user(self.chen).name = name = f'改{time.monotonic_ns()}'
        return self.tags_flow(tag, lambda there: there.count(name) == 1)

    def flow_tag_delete(self):
        tag = self.some_tag()
        tag.with_user(self.chen).active = False
        return self.tags_flow(tag, lambda there: tag.name not in there and not tag.active)

    def flow_mark(self):
        relation = self.some_relation()
        tag = self.some_tag()
        relation.with_user(self.lina).tag_ids = tag
        return self.notes_flow(relation, lambda row: row['tags'] == [tag.number])

    def flow_remark(self):
        relation = self.some_relation()
        relation.with_user(self.lina).remark = '王经理'
        return self.notes_flow(relation, lambda row: row['remark'] == '王经理')

    def flow_members(self):
        name = f'新人{time.monotonic_ns()}'
        self.act('hires', userid=f'U{time.monotonic_ns()}', name=name)

        def check():
            members = self.env['wecom.member'].search([('app_id', '=', self.app.id)])
            self.assertEqual(sorted(members.mapped('userid_key')), sorted(self.seen('state')['members']))
            self.assertIn(name, members.mapped('name'))
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
        ('gettoken', flow_token), ('externalcontact/get', flow_fetch), ('externalcontact/send_welcome_msg', flow_welcome),
        ('externalcontact/get_follow_user_list', flow_resync), ('externalcontact/batch/get_by_user', flow_resync),
        ('externalcontact/groupchat/list', flow_resync), ('externalcontact/groupchat/get', flow_chat),
        ('externalcontact/add_corp_tag', flow_tag_add), ('externalcontact/edit_corp_tag', flow_tag_rename),
        ('externalcontact/del_corp_tag', flow_tag_delete), ('externalcontact/get_corp_tag_list', flow_tag_add),
        ('externalcontact/mark_tag', flow_mark), ('externalcontact/remark', flow_remark),
        ('department/list', flow_members), ('user/simplelist', flow_members), ('message/send', flow_message),
    )

    def test_nothing_is_lost_or_doubled_wherever_the_line_is_cut(self):
        for path, flow in self.FLOWS:
            for fault in FAULTS:
                with self.subTest(path=path, fault=fault):
                    job, check = flow(self)
                    self.suffer(path, fault, job)
                    self.run_job(job)
                    self.run_job(job)
                    check()

    # HELPERS ---------------------------------------------------------------

    def suffer(self, path, fault, job):
        """Run a job while WeCom fails at one endpoint; then WeCom is well again."""
        kind = FAULTS.index(fault)
        if kind == 3:
            self.app.api_base_url = self.nowhere
        else:
            self.control('settings', **[{'hang_up': {path: 1}}, {'hang_up_after': {path: 1}}, {'delay': {path: SLOW}}][kind])
        self.env.flush_all()
        calls = self.called().count(path)
        self.run_job(job)
        self.assertEqual(self.called().count(path) > calls, kind != 3, "the fault was met")
        if kind == 2:
            time.sleep(SLOW)
        self.control('settings', hang_up={}, hang_up_after={}, delay={})
        if kind == 3:
            self.app.api_base_url = self.here
            self.control('expire')
        self.env.flush_all()

    def receive(self, text):
        self.env['wecom.callback']._receive(self.app.id, self.app.company_id.id, text)
        self.env.flush_all()
        self.run_job(lambda: self.env['wecom.callback']._process_queue())

    def some_relation(self):
        external = self.friend()
        self.run_queue(self.event('add_external_contact', external))
        return self.contact(external).relation_ids

    def some_tag(self):
        tag = self.env['wecom.tag'].with_user(self.chen).create(
            {'app_id': self.app.id, 'group_name': '来源', 'name': f'签{time.monotonic_ns()}'}).sudo()
        self.env.flush_all()
        self.run_job(lambda: self.env['wecom.tag']._cron_tags())
        return tag

    def tags_flow(self, tag, is_right):
        self.app.has_stale_tags = True
        self.env.flush_all()

        def check():
            there = [tag['name'] for group in self.seen('state')['tags'].values() for tag in group['tag'].values()]
            here = self.env['wecom.tag'].search([('app_id', '=', self.app.id)]).mapped('name')
            self.assertTrue(is_right(there), there)
            self.assertEqual((sorted(here), tag.to_send), (sorted(there), False))
        return lambda: self.env['wecom.tag']._cron_tags(), check

    def notes_flow(self, relation, is_right):
        self.env.flush_all()

        def check():
            [row] = [row for row in self.seen('state')['relations'] if row['external_userid'] == relation.contact_id.external_userid]
            self.assertTrue(is_right(row), row)
            self.assertFalse(relation.is_unsent)
        return lambda: self.env['wecom.relation']._cron_send(), check
