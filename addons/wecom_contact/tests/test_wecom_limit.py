from odoo.tests import tagged

from .common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomLimit(ContactCase):
    """An app at its limit holds back no other: what is its own comes first in each job, and waits."""

    def setUp(self):
        super().setUp()
        self.far = self.far_app()
        contact = self.env['wecom.contact'].create({'app_id': self.far.id, 'external_userid': 'wmfar', 'name': '远方'})
        member = self.env['wecom.member'].create({'app_id': self.far.id, 'userid': 'A', 'name': 'A'})
        self.theirs = self.env['wecom.relation'].create({'contact_id': contact.id, 'member_id': member.id})
        external = self.friend()
        self.run_queue(self.event('add_external_contact', external))
        self.ours = self.contact(external).relation_ids

    def test_customers_and_chats(self):
        number = self.act('opens_chat', name='一群', owner='LiNa')['chat_id']
        chats = self.env['wecom.chat'].create([
            {'app_id': app.id, 'number': number, 'is_stale': True} for app, number in ((self.far, 'wrfar'), (self.app, number))])
        contacts = self.theirs.contact_id + self.ours.contact_id
        contacts.is_stale = True
        for records in (contacts, chats):
            with self.subTest(records._name):
                self.run_job(lambda records=records: records._cron_fetch(batch_size=1))
                self.assertEqual((records.mapped('is_stale'), records.mapped('problem')), ([True, False], [False, False]))

    def test_notes(self):
        relations = self.theirs + self.ours
        relations.write({'remark': '王经理', 'is_unsent': True, 'has_unsent_notes': True})
        self.run_job(lambda: relations._cron_send())

        self.assertEqual((relations.mapped('is_unsent'), relations.mapped('problem')), ([True, False], [False, False]))
        self.assertEqual(self.seen('state')['relations'][0]['remark'], '王经理')

    def test_new_tags(self):
        tags = self.env['wecom.tag'].create([
            {'app_id': app.id, 'group_name': '来源', 'name': '展会', 'to_send': 'add'} for app in (self.far, self.app)])
        self.run_job(lambda: tags._cron_tags())

        self.assertEqual((tags.mapped('to_send'), bool(tags[1].number)), (['add', False], True))

    def test_merging_tags(self):
        merges = self.env['wecom.tag.merge']
        for relation in (self.theirs, self.ours):
            old, new = self.env['wecom.tag'].create([
                {'app_id': relation.app_id.id, 'group_name': '等级', 'name': name, 'number': f'et{name}'} for name in ('旧', '新')])
            relation.tag_ids = old
            merges += merges.create({'from_tag_id': old.id, 'into_tag_id': new.id, 'state': 'running'})
        self.run_job(lambda: merges._cron_merge())

        self.assertEqual(merges.mapped('state'), ['running', 'done'])
