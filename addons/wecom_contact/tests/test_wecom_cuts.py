import time
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.wecom.tests.cuts import CutsMixin

from .common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomCuts(CutsMixin, ContactCase):
    """Customers, comparison, group chats, tags and their merging, notes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch('odoo.addons.wecom_contact.models.wecom_resync.PAGE', 20))

    def setUp(self):
        super().setUp()
        self.run_resync()

    # CUSTOMERS -------------------------------------------------------------

    def flow_fetch(self):
        external = self.friend()
        self.receive(self.event('add_external_contact', external))

        def check():
            contact = self.contact(external)
            self.assertEqual((contact.name, contact.member_count, len(contact.lead_ids), contact.is_stale), ('王女士', 1, 1, False))
        return lambda: self.env['wecom.contact']._cron_fetch(), check

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

    def flow_remark(self):
        relation = self.some_relation()
        relation.with_user(self.lina).remark = '王经理'
        return self.notes_flow(relation, lambda row: row['remark'] == '王经理')

    # TAGS ------------------------------------------------------------------

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

    def flow_merge(self):
        """Nobody is ever without both: the one is put on before the other is taken off (each call cut: `test_wecom_tag_merge`)."""
        relation, old, new = self.some_relation(), self.some_tag(), self.some_tag()
        relation.with_user(self.lina).tag_ids = old
        self.run_job(lambda: self.env['wecom.relation']._cron_send())
        merge = self.env['wecom.tag.merge'].with_user(self.chen).create({'from_tag_id': old.id, 'into_tag_id': new.id})
        merge.action_start()
        merge = merge.sudo()

        def check():
            [row] = self.rows_of(relation)
            self.assertEqual((row['tags'], relation.tag_ids, merge.state, merge.done_count), ([new.number], new, 'done', 1))
        return lambda: self.env['wecom.tag.merge']._cron_merge(), check

    FLOWS = (
        ('externalcontact/get_follow_user_list', flow_resync),
        ('externalcontact/batch/get_by_user', flow_resync),
        ('externalcontact/groupchat/list', flow_resync),
        ('externalcontact/get_corp_tag_list', flow_resync),
        ('externalcontact/groupchat/get', flow_chat),
        ('externalcontact/get', flow_fetch),
        ('externalcontact/add_corp_tag', flow_tag_add),
        ('externalcontact/edit_corp_tag', flow_tag_rename),
        ('externalcontact/del_corp_tag', flow_tag_delete),
        ('externalcontact/get_corp_tag_list', flow_tag_add),
        ('externalcontact/mark_tag', flow_mark),
        ('externalcontact/mark_tag', flow_merge),
        ('externalcontact/remark', flow_remark),
    )

    def test_nothing_is_lost_or_doubled_wherever_the_line_is_cut(self):
        self.cut_everywhere()

    # HELPERS ---------------------------------------------------------------

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

        def check():
            there = [tag['name'] for group in self.seen('state')['tags'].values() for tag in group['tag'].values()]
            here = self.env['wecom.tag'].search([('app_id', '=', self.app.id)]).mapped('name')
            self.assertTrue(is_right(there), there)
            self.assertEqual((sorted(here), tag.to_send), (sorted(there), False))
        return lambda: self.env['wecom.tag']._cron_tags(), check

    def notes_flow(self, relation, is_right):
        def check():
            [row] = self.rows_of(relation)
            self.assertTrue(is_right(row), row)
            self.assertFalse(relation.is_unsent)
        return lambda: self.env['wecom.relation']._cron_send(), check

    def rows_of(self, relation):
        return [row for row in self.seen('state')['relations'] if row['external_userid'] == relation.contact_id.external_userid]
