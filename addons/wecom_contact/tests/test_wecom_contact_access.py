from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import EDIT, OPERATIONS, READ, AccessCase

ALLOWED = {
    'wecom.contact': {'salesperson': READ, 'manager': EDIT, 'administrator': EDIT},
    'wecom.relation': {'salesperson': EDIT, 'manager': EDIT, 'administrator': EDIT},
    'wecom.loss': {'salesperson': EDIT, 'manager': EDIT, 'administrator': EDIT},
    'wecom.loss.reason': {'salesperson': READ, 'manager': ('read', 'write', 'create'), 'administrator': ('read', 'write', 'create')},
    'wecom.risk': {'manager': EDIT, 'administrator': EDIT},
    'wecom.tag': {'salesperson': READ, 'manager': ('read', 'write', 'create'), 'administrator': ('read', 'write', 'create')},
    'wecom.tag.rule': {'salesperson': READ, 'manager': OPERATIONS, 'administrator': OPERATIONS},
    'wecom.tag.reason': {'salesperson': READ, 'manager': READ, 'administrator': READ},
    'wecom.tag.merge': {'manager': ('read', 'write', 'create'), 'administrator': ('read', 'write', 'create')},
    'wecom.tag.merge.line': {'manager': READ, 'administrator': READ},
    'wecom.tag.change': dict.fromkeys(('salesperson', 'manager', 'administrator'), ('read', 'write', 'create')),
    'wecom.tag.due': {'administrator': READ},
    'wecom.chat': {'salesperson': READ, 'manager': READ, 'administrator': READ},
    'wecom.chat.participant': {'salesperson': READ, 'manager': READ, 'administrator': READ},
    'wecom.match': {'manager': READ, 'administrator': READ},
    'wecom.resync.difference': {'administrator': READ},
    'wecom.resync': {'administrator': READ},
    'wecom.member': {'salesperson': READ, 'manager': READ, 'administrator': EDIT},
}


@tagged('post_install', '-at_install')
class TestWecomContactAccess(AccessCase):

    def setUp(self):
        super().setUp()
        self.hers = self.friend()
        self.his = self.friend(userid='ZhangWei')
        for external, userid in ((self.hers, 'LiNa'), (self.his, 'ZhangWei')):
            self.run_queue(self.event('add_external_contact', external, userid),
                           self.event('del_follow_user', external, userid, at=4_000_000_000))

    def test_who_may_what(self):
        self.check_access(ALLOWED)

    def test_salespeople_see_their_own_customers_managers_all(self):
        contacts = self.contact(self.hers) + self.contact(self.his)
        for model, field in (('wecom.contact', 'id'), ('wecom.relation', 'contact_id'), ('wecom.loss', 'contact_id')):
            for role, count in (('salesperson', 1), ('manager', 2), ('administrator', 2)):
                found = self.env[model].with_user(self.users[role]).search([(field, 'in', contacts.ids)])
                self.assertEqual(len(found), count, f'{role} {model}')

    def test_companies_are_kept_apart(self):
        other = self.env['res.company'].create({'name': 'Theirs'})
        theirs = self.make_app('1000003', company_id=other.id, active=True)
        contact = self.env['wecom.contact'].create({'app_id': theirs.id, 'external_userid': 'wmx', 'name': 'X'})

        self.assertNotIn(contact, self.env['wecom.contact'].with_user(self.chen).search([]))
        theirs.company_id = False
        self.assertIn(contact, self.env['wecom.contact'].with_user(self.chen).search([]), "an app for all companies")

    @mute_logger('odoo.addons.base.models.ir_access')
    def test_buttons_ask_who_presses_them(self):
        with self.assertRaises(AccessError):
            self.contact(self.hers).with_user(self.lina).action_fetch()
        with self.assertRaises(AccessError):
            self.app.with_user(self.chen).action_resync_contacts()
        self.contact(self.hers).with_user(self.chen).action_fetch()
        self.assertTrue(self.contact(self.hers).is_stale)
