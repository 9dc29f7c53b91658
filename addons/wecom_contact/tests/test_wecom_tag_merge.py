from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.wecom_contact.models import wecom_tag

from .common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomTagMerge(ContactCase):

    def setUp(self):
        super().setUp()
        self.control('clock', advance=-86400)
        self.externals = [self.friend(f'客户{number}') for number in range(3)]
        self.run_resync()
        self.old, self.new, self.third = (
            self.env['wecom.tag'].search([('app_id', '=', self.app.id), ('name', '=', name)]) for name in ('重点', '普通', '潜在'))
        for external, tags in zip(self.externals, (self.old, self.old | self.new, self.third)):
            self.act('member_edits', userid='LiNa', external_userid=external, tags=tags.mapped('number'))
        self.run_resync()

    def merge(self):
        merge = self.env['wecom.tag.merge'].with_user(self.chen).with_context(
            active_model='wecom.tag', active_ids=(self.old | self.new).ids).create({})
        merge.action_start()
        return merge.sudo()

    def go_on(self):
        self.env.flush_all()
        self.run_job(lambda: self.env['wecom.tag.merge']._cron_merge())

    def there(self):
        names = {tag['id']: tag['name'] for group in self.seen('state')['tags'].values() for tag in group['tag'].values()}
        rows = {row['external_userid']: sorted(names[number] for number in row['tags']) for row in self.seen('state')['relations']}
        return [rows[external] for external in self.externals]

    def here(self):
        return [sorted(self.contact(external).relation_ids.tag_ids.mapped('name')) for external in self.externals]

    def marks(self):
        return self.called().count('externalcontact/mark_tag')

    def test_check_11_merged_each_customer_gets_the_one_before_he_loses_the_other(self):
        self.assertEqual(self.env['wecom.tag.merge'].new({'from_tag_id': self.old.id}).customer_count, 2)
        merge = self.merge()
        self.go_on()
        self.run_job(lambda: self.env['wecom.tag']._cron_tags())
        self.run_job(lambda: self.env['wecom.relation']._cron_send())

        self.assertEqual((self.there(), self.here()), ([['普通'], ['普通'], ['潜在']],) * 2)
        self.assertRecordValues(merge, [{'state': 'done', 'done_count': 2, 'refused_count': 0}])
        self.assertEqual(set(merge.line_ids.contact_id.mapped('external_userid')), set(self.externals[:2]))
        self.assertEqual(self.marks(), 4, "add, then remove, for each")
        self.assertNotIn('重点', [tag['name'] for group in self.seen('state')['tags'].values() for tag in group['tag'].values()])

    def test_check_11_a_merge_cut_anywhere_ends_the_same(self):
        """The line dead before a call and after it was carried out, at each call; nobody is ever without both tags."""
        merge = self.merge()
        for fault in ('hang_up', 'hang_up_after') * 3:
            self.control('settings', **{fault: {'externalcontact/mark_tag': 1}})
            self.go_on()
            self.assertTrue(all(set(tags) & {'重点', '普通'} for tags in self.there()[:2]))
            if merge.state == 'done':
                break
            self.control('settings', hang_up={}, hang_up_after={})
            with patch.object(self.registry['wecom.tag.merge.line'], '_mark', autospec=True, side_effect=self.one_call()):
                self.go_on()
        self.control('settings', hang_up={}, hang_up_after={})
        self.go_on()
        calls = self.marks()
        self.go_on()

        self.assertEqual((self.there(), self.here(), merge.state, merge.done_count), ([['普通'], ['普通'], ['潜在']],) * 2 + ('done', 2))
        self.assertEqual(self.marks(), calls, "what is done stays done")

    def one_call(self):
        """Let one call through, then the line is dead: the next run begins behind it."""
        mark, left = self.registry['wecom.tag.merge.line']._mark, [1]

        def once(line, **tags):
            if not left[0]:
                self.control('settings', hang_up={'externalcontact/mark_tag': 1})
            left[0] = 0
            return mark(line, **tags)
        return once

    def test_check_11_a_refusal_concerns_one_customer_only(self):
        self.control('settings', fail_next={'externalcontact/mark_tag': [84061]})
        merge = self.merge()
        self.go_on()

        self.assertEqual((merge.state, merge.line_ids.mapped('state')), ('done', ['refused', 'done']))
        self.assertTrue(merge.line_ids[0].problem)

    def test_check_11_rules_follow(self):
        rule = self.env['wecom.tag.rule'].create({'name': '试', 'tag_id': self.old.id, 'kind': 'add_way', 'add_way': '1'})
        self.merge()

        self.assertEqual(rule.tag_id, self.new)

    def test_check_11_only_two_known_tags_of_one_corp_are_merged_once(self):
        merges = self.env['wecom.tag.merge'].with_user(self.chen)
        with self.assertRaises(UserError):
            merges.create({'from_tag_id': self.old.id, 'into_tag_id': self.old.id})
        with self.assertRaises(AccessError):
            merges.create({'from_tag_id': self.old.id, 'into_tag_id': self.new.id, 'state': 'done'})
        unsent = self.env['wecom.tag'].with_user(self.chen).create({'app_id': self.app.id, 'group_name': '客户等级', 'name': '新'})
        with self.assertRaises(UserError):
            merges.create({'from_tag_id': unsent.id, 'into_tag_id': self.old.id}).action_start()
        with self.assertRaises(UserError):
            self.merge().with_user(self.chen).write({'into_tag_id': self.third.id})

    def test_check_11_renamed_turned_round_and_deleted_in_the_console(self):
        group = self.old.group_number
        for act, values in (('renames_tag', {'number': self.old.number, 'name': '核心'}), ('shuffles_tags', {'group': group}),
                            ('deletes_tag', {'number': self.third.number})):
            self.act(act, **values)
        self.run_queue('<xml><Event>change_external_tag</Event><ChangeType>shuffle</ChangeType></xml>')
        self.run_job(lambda: self.env['wecom.tag']._cron_tags())

        self.assertEqual((self.old.name, self.third.active), ('核心', False))
        self.assertEqual(self.env['wecom.tag'].search([('group_number', '=', group)]), self.new | self.old)
        self.run_resync()
        self.assertEqual(self.here(), [['核心'], ['普通', '核心'], []])

    def test_check_11_more_tags_than_wecom_keeps_are_refused_here_and_there(self):
        tags = self.env['wecom.tag'].with_user(self.chen)
        vals = {'app_id': self.app.id, 'group_name': '来源', 'name': '展会'}
        with patch.object(wecom_tag, 'MOST', 4), self.assertRaises(UserError) as refusal, self.cr.savepoint():
            tags.create(vals)
        self.assertIn('at most 4 tags', str(refusal.exception))

        tag = tags.create(vals)
        self.control('settings', fail_next={'externalcontact/add_corp_tag': [40126]})
        self.run_job(lambda: self.env['wecom.tag']._cron_tags())
        self.assertFalse(tag.active)
        self.assertEqual(tag.problem, "WeCom keeps at most 3000 tags of a corp. Merge or delete some before you add another.")
