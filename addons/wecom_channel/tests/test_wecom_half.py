from odoo.tests import tagged

from odoo.addons.wecom_contact.tests.common import ContactCase

SOON = 1_900_000_000  # after the app was set up


@tagged('post_install', '-at_install')
class TestWecomHalf(ContactCase):
    """Half-added customers (免验证) by code."""

    def setUp(self):
        super().setUp()
        self.env['wecom.tag']._sync(self.app)
        self.tag = self.env['wecom.tag'].search([('app_id', '=', self.app.id), ('name', '=', '潜在')])
        self.channel = self.env['wecom.channel'].create(
            {'app_id': self.app.id, 'name': '环保展2026', 'member_ids': self.member.ids, 'tag_ids': self.tag.ids})

    def come(self, name, change='add_half_external_contact'):
        external = self.friend(name, half=change != 'add_external_contact', state=self.channel.key)
        self.run_queue(self.event(change, external, at=SOON, State=self.channel.key))
        return self.contact(external)

    def counts(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        channel = self.channel.with_user(user or self.chen)
        return channel.half_count, channel.relation_count, channel.lost_count, channel.lead_count

    def test_who_is_confirmed_counts_once_as_added_and_no_more_as_half(self):
        wang, li = self.come('王女士'), self.come('李先生')
        self.come('赵经理', 'add_external_contact')
        self.assertEqual(self.counts(), (2, 1, 0, 3))
        self.assertEqual(wang.lead_ids.name, '环保展2026 · 李娜')

        self.act('confirms', userid='LiNa', external_userid=wang.external_userid)
        self.run_queue(self.event('add_external_contact', wang.external_userid, State=self.channel.key))
        self.run_queue(self.event('del_follow_user', li.external_userid, at=1_999_000_000))

        self.assertEqual(self.counts(), (1, 2, 0, 3), "who went before he was confirmed is no loss")
        self.assertEqual((wang.lead_ids.name, wang.lead_ids.source_id), ('王女士', self.channel.source_id))
        found = self.env['wecom.contact'].search(self.channel.action_open_half()['domain'])
        self.assertEqual(found, li)

    def test_tags_of_the_code_wait_until_he_is_confirmed(self):
        wang = self.come('王女士')
        self.assertFalse(wang.relation_ids.tag_ids)
        self.assertFalse(wang.relation_ids.is_unsent)

        self.act('confirms', userid='LiNa', external_userid=wang.external_userid)
        self.run_queue(self.event('add_external_contact', wang.external_userid, State=self.channel.key))
        self.run_job(lambda: self.env['wecom.relation']._cron_send())

        [there] = [row for row in self.seen('state')['relations'] if row['external_userid'] == wang.external_userid]
        self.assertEqual((wang.relation_ids.tag_ids, there['tags']), (self.tag, [self.tag.number]))

    def test_salespeople_count_their_own(self):
        self.come('王女士')
        other = self.env['wecom.contact'].create({'app_id': self.app.id, 'external_userid': 'wmx', 'name': 'X'})
        member = self.env['wecom.member'].create({'app_id': self.app.id, 'userid': 'XiaoZhou', 'name': '小周'})
        self.env['wecom.relation']._note_half(other, member, self.channel.key, '2026-11-01 00:00:00')

        self.assertEqual((self.counts(self.lina)[0], self.counts()[0]), (1, 2))
