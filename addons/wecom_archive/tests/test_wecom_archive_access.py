from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import ArchiveCase

OPERATIONS = ('read', 'write', 'create', 'unlink')
READ = ('read',)
ALLOWED = {
    'wecom.archive': {'auditor': READ, 'administrator': OPERATIONS},
    'wecom.archive.key': {'administrator': ('read', 'write', 'create')},
    'wecom.archive.record': {'administrator': READ},
    'wecom.archive.conversation': dict.fromkeys(('salesperson', 'manager', 'auditor', 'administrator', 'compliance'), READ),
    'wecom.archive.message': dict.fromkeys(('salesperson', 'manager', 'auditor', 'administrator', 'compliance'), READ),
    'wecom.archive.media': dict.fromkeys(('salesperson', 'manager', 'auditor', 'administrator', 'compliance'), READ),
    'wecom.archive.access': {'auditor': READ},
    'wecom.archive.rule': {'auditor': READ, 'compliance': OPERATIONS},
    'wecom.archive.alert': {'auditor': READ, 'compliance': ('read', 'write')},
}


@tagged('post_install', '-at_install')
class TestWecomArchiveAccess(ArchiveCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {'salesperson': cls.lina, 'manager': cls.chen, 'auditor': cls.auditor, **{
            role: new_test_user(cls.env, login=f'archive_{role}', groups=group) for role, group in (
                ('portal', 'base.group_portal'), ('staff', 'base.group_user'), ('administrator', 'base.group_system'),
                ('compliance', 'base.group_user,wecom_contact.group_compliance'))}}

    def setUp(self):
        super().setUp()
        self.three()
        self.say(104, '群里的话', to=['LiNa', 'ZhangWei'], roomid='wrroom0000000000000000000000001')
        self.say(105, '别人的话', by='wmother00000000000000000000000001', to='ZhangWei')
        self.pull()
        self.ours = [('archive_id', '=', self.archive.id)]

    def of(self, user, model='wecom.archive.message'):
        return self.env[model].with_user(user)

    def test_who_may_what(self):
        for model, allowed in ALLOWED.items():
            for role, user in self.users.items():
                for operation in OPERATIONS:
                    has = self.of(user, model).has_access(operation)
                    self.assertEqual(has, operation in allowed.get(role, ()), f'{role} {operation} {model}')

    def test_who_sees_what(self):
        for lets, counts in ((False, {'auditor': (5, 3)}), (True, {'auditor': (5, 3), 'salesperson': (3, 1)})):
            self.archive.lets_members_read = lets
            for role, user in self.users.items():
                if role not in ('portal', 'staff'):
                    seen = (self.of(user).search_count(self.ours), self.of(user, 'wecom.archive.conversation').search_count(self.ours))
                    self.assertEqual(seen, counts.get(role, (0, 0)), f'{role}, members read: {lets}')

    def test_companies_are_kept_apart(self):
        self.app.company_id = self.env['res.company'].create({'name': 'Theirs'})
        self.env.flush_all()
        self.assertFalse(self.of(self.auditor).search(self.ours))
        self.assertFalse(self.of(self.auditor, 'wecom.archive.access').search([('company_id', '=', self.app.company_id.id)]))

    @mute_logger('odoo.orm.models')
    def test_check_12_every_way_to_read_or_export_a_conversation_is_on_record(self):
        """Through the methods that screens, exports and remote programs call."""
        self.auditor.group_ids += self.env.ref('base.group_allow_export')
        messages = self.of(self.auditor).search([('conversation_id', '=', self.messages(seq=101).conversation_id.id)], order='seq')
        conversation = messages.conversation_id
        only = [('id', 'in', messages.ids)]
        ways = {
            'read': (lambda: messages.read(['body']), 'view'),
            'web_read': (lambda: messages.web_read({'body': {}}), 'view'),
            'search_read': (lambda: messages.search_read(only, ['body']), 'view'),
            'web_search_read': (lambda: messages.web_search_read(only, {'body': {}}), 'view'),
            'the page': (lambda: conversation.web_read({'transcript': {}}), 'view'),
            'a template': (lambda: messages.mapped('body'), 'view'),
            'export_data': (lambda: messages.export_data(['seq', 'body']), 'export'),
            'export without texts': (lambda: (messages.export_data(['seq']), '报价'), 'export'),
            'export of others': (lambda: self.of(self.auditor, 'wecom.archive.conversation').browse(conversation.id).export_data(
                ['display_name', 'message_ids/body']), 'export'),
        }
        for name, (way, use) in ways.items():
            self.env.invalidate_all()
            before = len(self.accesses(self.auditor))
            self.assertIn('报价', str(way()), name)
            self.assertEqual(self.accesses(self.auditor)[before:], [(use, 3, '101–103')], name)

    @mute_logger('odoo.orm.models', 'odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_check_12_there_is_no_way_around_the_record(self):
        """The columns themselves: read, searched, grouped, exported, sorted."""
        self.auditor.group_ids += self.env.ref('base.group_allow_export')
        messages = self.of(self.auditor)
        for way in (lambda: messages.search(self.ours).read(['text']), lambda: messages.search_read(self.ours, ['payload']),
                    lambda: messages.search([('text', 'like', '报')]), lambda: messages.search([('payload', '!=', False)]),
                    lambda: messages.formatted_read_group(self.ours, ['text'], ['__count']),
                    lambda: messages.search(self.ours).export_data(['text']), lambda: messages.search(self.ours, order='text'),
                    lambda: messages.search(self.ours).copy_data()):
            with self.assertRaises(AccessError):
                way()
        self.assertNotIn('text', messages.fields_get())

        self.assertEqual(len(messages.search([*self.ours, ('body', 'like', '报价')])), 1)
        self.assertEqual(self.accesses(self.auditor)[-1], ('search', 0, '报价'))
        self.assertFalse(messages.with_user(self.lina).search([('body', 'like', '报价')]))
        for text in (str(messages.search(self.ours).mapped('display_name')), str(messages.name_search('', self.ours))):
            self.assertNotIn('报价', text)

    def test_reading_many_costs_as_many_queries_as_reading_one(self):
        counts = []
        for limit in (1, 5):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.of(self.auditor).search([*self.ours, ('conversation_id.kind', '=', 'customer')], limit=limit, order='seq').web_read(
                {'body': {}, 'sender_name': {}, 'is_recalled': {}, 'occurred_at': {}})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 4, "a row of the record for the second conversation")

    def test_the_record_is_only_added_to(self):
        self.messages().with_user(self.auditor).read(['body'])
        row = self.env['wecom.archive.access'].search([('user_id', '=', self.auditor.id)], limit=1)
        for change in (lambda: row.write({'use': 'search'}), row.unlink, lambda: row.with_user(self.auditor).unlink()):
            with self.assertRaises(AccessError):
                change()

    def test_a_screen_shows_the_conversation_as_people_read_it(self):
        conversation = self.messages(seq=101).conversation_id
        shown = str(conversation.with_user(self.auditor).transcript)
        self.assertLess(shown.index('我想了解'), shown.index('请给个报价'), "oldest first")
        self.assertEqual(shown.count('align-items-end'), 1, "what our member said is on the right")
        with self.assertRaises(AccessError):
            conversation.with_user(self.chen).web_read({'transcript': {}})
