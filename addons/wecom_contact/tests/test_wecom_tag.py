from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomTag(ContactCase):

    def setUp(self):
        super().setUp()
        self.external = self.friend()
        self.run_queue(self.event('add_external_contact', self.external))
        self.relation = self.contact(self.external).relation_ids
        self.read_list()

    def read_list(self):
        self.app.has_stale_tags = True
        self.cron()

    def cron(self):
        self.env.flush_all()
        self.run_job(lambda: self.env['wecom.tag']._cron_tags())

    def send(self):
        self.run_job(lambda: self.env['wecom.relation']._cron_send())

    def tag(self, name):
        return self.env['wecom.tag'].with_context(active_test=False).search([('app_id', '=', self.app.id), ('name', '=', name)])

    def there(self):
        """{group: [names]} on WeCom."""
        return {group['group_name']: [tag['name'] for tag in group['tag'].values()] for group in self.seen('state')['tags'].values()}

    def here(self):
        found = {}
        for tag in self.env['wecom.tag'].search([('app_id', '=', self.app.id)], order='id'):
            found.setdefault(tag.group_name, []).append(tag.name)
        return found

    def marked(self):
        names = {tag['id']: tag['name'] for group in self.seen('state')['tags'].values() for tag in group['tag'].values()}
        [row] = self.seen('state')['relations']
        return [names[number] for number in row['tags']]

    def test_check_11_the_list_is_read_whole_and_follows_events(self):
        self.assertEqual(self.here(), self.there())
        self.act('tags_in_console', group='客户等级', name='新标签')
        self.env['wecom.callback']._receive(self.app.id, self.app.company_id.id, '<xml><Event>change_external_tag</Event><Id>x</Id></xml>')
        self.run_job(lambda: self.env['wecom.callback']._process_queue())
        self.cron()

        self.assertEqual(self.here(), self.there())
        self.assertIn('新标签', self.here()['客户等级'])

    def test_check_11_new_renamed_and_deleted_tags_reach_wecom_once(self):
        manager = self.env['wecom.tag'].with_user(self.chen)
        self.control('settings', hang_up={'externalcontact/add_corp_tag': 1})
        manager.create({'app_id': self.app.id, 'group_name': '来源', 'name': '展会'})
        self.tag('普通').with_user(self.chen).name = '一般'
        self.tag('潜在').with_user(self.chen).active = False
        self.cron()
        self.cron()
        self.cron()

        self.assertEqual(self.there(), {'客户等级': ['重点', '一般'], '别的应用': ['外部标签'], '来源': ['展会']})
        self.assertEqual({group: sorted(names) for group, names in self.here().items()},
                         {group: sorted(names) for group, names in self.there().items()})
        self.assertFalse(self.env['wecom.tag'].with_context(active_test=False).search([('to_send', '!=', False)]))

    def test_check_11_a_tag_whose_answer_got_lost_is_found_not_doubled(self):
        self.act('tags_in_console', group='来源', name='展会')
        self.env['wecom.tag'].with_user(self.chen).create({'app_id': self.app.id, 'group_name': '来源', 'name': '展会'})
        self.cron()

        self.assertEqual((len(self.tag('展会')), bool(self.tag('展会').number), self.tag('展会').problem), (1, True, False))

    def test_check_11_tags_of_other_apps_are_read_only_once_known(self):
        foreign = self.tag('外部标签')
        foreign.with_user(self.chen).name = '我们的'
        self.cron()

        self.assertEqual((foreign.name, foreign.is_foreign, self.there()['别的应用']), ('外部标签', True, ['外部标签']))
        self.assertFalse(self.app.problem, "no administrator is called")
        with self.assertRaises(UserError):
            foreign.with_user(self.chen).name = '我们的'

    def test_check_11_tags_of_a_customer_go_both_ways_without_an_echo(self):
        self.relation.with_user(self.lina).tag_ids = self.tag('重点')
        self.env.flush_all()
        self.send()
        self.assertEqual(self.marked(), ['重点'])

        self.relation.with_user(self.lina).tag_ids = self.tag('普通')
        self.run_queue(self.event('edit_external_contact', self.external))
        self.assertEqual(self.relation.tag_ids, self.tag('普通'), "what is on its way stays")
        self.send()
        self.assertEqual((self.marked(), self.called().count('externalcontact/mark_tag')), (['普通'], 2))

        number = self.tag('潜在').number
        self.act('member_edits', userid='LiNa', external_userid=self.external, tags=[number], personal_tags=['常来'])
        self.run_queue(self.event('edit_external_contact', self.external))
        self.send()
        self.assertEqual((self.relation.tag_ids, self.relation.personal_tags), (self.tag('潜在'), '常来'))
        self.assertEqual(self.called().count('externalcontact/mark_tag'), 2, "nothing is echoed")

        self.run_resync()
        self.assertEqual((self.relation.tag_ids, self.relation.personal_tags), (self.tag('潜在'), '常来'))

    def test_people_change_only_names(self):
        for values in ({'number': 'x'}, {'is_foreign': True}, {'to_send': 'delete'}, {'group_name': 'x'}):
            with self.subTest(values), self.assertRaises(AccessError):
                self.tag('重点').with_user(self.chen).write(values)
        with self.assertRaises(AccessError):
            self.env['wecom.tag'].with_user(self.chen).create({'app_id': self.app.id, 'group_name': 'x', 'name': 'x', 'number': 'x'})
