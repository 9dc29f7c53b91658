from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.wecom_contact.tests.common import EDIT, OPERATIONS, READ, AccessCase

from .test_wecom_sop import SopCase

STAFF = ('salesperson', 'manager', 'administrator')
ALLOWED = {
    'wecom.send': dict.fromkeys(STAFF, OPERATIONS),
    'wecom.send.task': dict.fromkeys(STAFF, READ),
    'wecom.send.line': dict.fromkeys(STAFF, READ),
    'wecom.sop': {'salesperson': READ, 'manager': OPERATIONS, 'administrator': OPERATIONS},
    'wecom.sop.step': {'salesperson': READ, 'manager': OPERATIONS, 'administrator': OPERATIONS},
    'wecom.sop.enrolment': dict.fromkeys(STAFF, EDIT),
    'wecom.sop.due': dict.fromkeys(STAFF, READ),
}


@tagged('post_install', '-at_install')
class TestWecomEngageAccess(AccessCase, SopCase):

    def setUp(self):
        super().setUp()
        self.hers = self.launch(self.lina)
        self.his = self.launch(self.zhang)
        self.all = self.launch(tag_ids=self.tag.ids)

    def test_who_may_what(self):
        self.check_access(ALLOWED)

    def test_salespeople_see_what_they_launched_and_what_they_are_asked_for(self):
        sends = self.hers + self.his + self.all
        for user, seen, tasks, lines in ((self.lina, self.hers + self.all, 2, 4), (self.chen, sends, 4, 11)):
            self.assertEqual(self.env['wecom.send'].with_user(user).search([('id', 'in', sends.ids)]), seen.sorted('id', reverse=True))
            for model, count in (('wecom.send.task', tasks), ('wecom.send.line', lines)):
                self.assertEqual(self.env[model].with_user(user).search_count([('send_id', 'in', sends.ids)]), count)

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_access')
    def test_buttons_ask_who_presses_them(self):
        for button in ('action_launch', 'action_cancel', 'action_reopen', 'action_remind'):
            for send in (self.his, self.all):
                with self.assertRaises(AccessError, msg=button):
                    getattr(send.with_user(self.lina), button)()
        asked = self.all.task_ids.filtered(lambda task: task.member_id == self.member)
        for button in ('action_remind', 'action_cancel'):
            with self.assertRaises(AccessError, msg=button):
                getattr(asked.with_user(self.lina), button)()
        for button in ('action_refresh', 'action_open_full'):
            with self.assertRaises(AccessError, msg=button):
                getattr(self.his.with_user(self.lina), button)()
        with self.assertRaises(AccessError):
            self.all.with_user(self.lina).unlink()
        self.hers.with_user(self.lina).action_cancel()
        self.assertEqual((self.hers.state, self.all.state, set(self.all.task_ids.mapped('to_tell'))), ('cancelled', 'sending', {False}))

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_access')
    def test_salespeople_stop_sops_of_their_own_customers_only(self):
        sop = self.staged()
        self.assertEqual(self.env['wecom.sop.enrolment'].with_user(self.lina).search([('sop_id', '=', sop.id)]).contact_id,
                         self.contacts(self.linas))
        self.assertEqual(self.env['wecom.sop.due'].with_user(self.lina).search_count([('sop_id', '=', sop.id)]), 6)
        for record, buttons in ((sop, ('action_switch_on', 'action_switch_off')),
                                (self.enrolment(self.zhangs[0]), ('action_stop', 'action_begin_anew'))):
            for button in buttons:
                with self.assertRaises(AccessError, msg=button):
                    getattr(record.with_user(self.lina), button)()

    def test_companies_are_kept_apart(self):
        sop = self.staged()
        other = self.env['res.company'].create({'name': 'Theirs'})
        self.app.company_id = other
        self.env.flush_all()
        self.assertFalse(self.env['wecom.send'].with_user(self.chen).search([('id', '=', self.all.id)]))
        self.assertFalse(self.env['wecom.send.line'].with_user(self.chen).search([('send_id', '=', self.all.id)]))
        for model in ('wecom.sop.step', 'wecom.sop.enrolment', 'wecom.sop.due'):
            self.assertFalse(self.env[model].with_user(self.chen).search([('sop_id', '=', sop.id)]))
        self.app.company_id = False
        self.env.flush_all()
        self.assertTrue(self.env['wecom.send'].with_user(self.chen).search([('id', '=', self.all.id)]), "an app for all companies")
