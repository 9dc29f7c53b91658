from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.wecom_contact.tests.common import OPERATIONS, READ, AccessCase

from .common import EngageCase

ALLOWED = {
    'wecom.send': dict.fromkeys(('salesperson', 'manager', 'administrator'), OPERATIONS),
    'wecom.send.task': dict.fromkeys(('salesperson', 'manager', 'administrator'), READ),
    'wecom.send.line': dict.fromkeys(('salesperson', 'manager', 'administrator'), READ),
}


@tagged('post_install', '-at_install')
class TestWecomEngageAccess(AccessCase, EngageCase):

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

    def test_companies_are_kept_apart(self):
        other = self.env['res.company'].create({'name': 'Theirs'})
        self.app.company_id = other
        self.env.flush_all()
        self.assertFalse(self.env['wecom.send'].with_user(self.chen).search([('id', '=', self.all.id)]))
        self.assertFalse(self.env['wecom.send.line'].with_user(self.chen).search([('send_id', '=', self.all.id)]))
        self.app.company_id = False
        self.env.flush_all()
        self.assertTrue(self.env['wecom.send'].with_user(self.chen).search([('id', '=', self.all.id)]), "an app for all companies")
