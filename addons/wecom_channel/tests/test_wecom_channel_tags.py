from odoo.tests import tagged

from odoo.addons.wecom_contact.tests.common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomChannelTags(ContactCase):
    """What codes mean to rules for tags, and merged tags to codes."""

    def setUp(self):
        super().setUp()
        self.control('clock', advance=-86400)  # friends from before: no leads of their own accord
        self.externals = [self.friend(name) for name in ('王女士', '李先生')]
        self.run_resync()
        self.tag, self.other = (
            self.env['wecom.tag'].search([('app_id', '=', self.app.id), ('name', '=', name)]) for name in ('重点', '普通'))
        self.wang, self.li = (self.contact(external) for external in self.externals)
        self.channel = self.env['wecom.channel'].create(
            {'app_id': self.app.id, 'name': '展台', 'member_ids': self.member.ids, 'tag_ids': self.other.ids})

    def test_rules_find_who_came_by_a_code_and_by_its_source(self):
        self.wang.relation_ids.channel = self.channel.key
        for values in ({'kind': 'channel', 'channel_ids': self.channel.ids},
                       {'kind': 'source', 'source_ids': self.channel.source_id.ids}):
            with self.subTest(**values):
                rule = self.env['wecom.tag.rule'].with_user(self.chen).create({'name': '试', 'tag_id': self.tag.id, **values})
                self.env.flush_all()
                self.assertEqual(rule.match_count, 1)
                rule.action_switch_on()
                self.run_job(lambda: self.env['wecom.tag.rule']._cron_apply())
                reason = self.env['wecom.tag.reason'].search([('rule_id', '=', rule.id)])
                self.assertEqual((reason.contact_id, reason.fact), (self.wang, '展台'))

    def test_check_11_codes_follow_a_merged_tag(self):
        merge = self.env['wecom.tag.merge'].with_user(self.chen).create({'from_tag_id': self.other.id, 'into_tag_id': self.tag.id})
        merge.action_start()

        self.assertEqual(self.channel.tag_ids, self.tag)
