from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomTagChange(ContactCase):

    def setUp(self):
        super().setUp()
        self.control('clock', advance=-86400)
        self.externals = [self.friend(f'客户{number}') for number in range(6)]
        self.act('scan', userid='ZhangWei', external_userid=self.externals[0])
        self.run_resync()
        self.tag = self.env['wecom.tag'].search([('app_id', '=', self.app.id), ('name', '=', '重点')])
        self.contacts = self.env['wecom.contact'].search([('app_id', '=', self.app.id)])

    def change(self, user, contacts, **values):
        return self.env['wecom.tag.change'].with_user(user).with_context(
            active_model='wecom.contact', active_ids=contacts.ids).create({'tag_ids': self.tag.ids, **values})

    def with_tag(self):
        return self.env['wecom.relation'].search([('tag_ids', 'in', self.tag.ids)])

    def test_salespeople_open_it_though_they_see_no_app(self):
        for user in (self.lina, self.chen):
            wizard = Form(self.env['wecom.tag.change'].with_user(user).with_context(
                active_model='wecom.contact', active_ids=self.contacts.with_user(user).search([]).ids))
            wizard.tag_ids.add(self.tag)
            self.assertTrue(wizard.concerned_count)
            self.assertIn(self.tag, wizard.save().usable_tag_ids)

    def test_s0_g1_c_five_chosen_customers_get_the_tag_here_and_on_wecom(self):
        five = self.contacts.filtered(lambda contact: contact.external_userid in self.externals[:5])
        change = self.change(self.chen, five)
        self.assertEqual((change.concerned_count, change.relation_count, len(self.with_tag())), (5, 6, 0))
        change.action_apply()
        self.run_job(lambda: self.env['wecom.relation']._cron_send())

        there = {row['external_userid'] for row in self.seen('state')['relations'] if self.tag.number in row['tags']}
        self.assertEqual((self.with_tag().contact_id, there), (five, set(self.externals[:5])))
        self.assertEqual(self.env['wecom.contact'].search([('tag_ids', 'in', self.tag.ids)]), five)

        back = self.change(self.chen, self.contacts, action='take_off')
        self.assertEqual((back.concerned_count, back.relation_count), (5, 6))
        back.action_apply()
        self.assertFalse(self.with_tag())

    def test_salespeople_change_the_tags_of_their_own_customers_only(self):
        self.change(self.lina, self.contacts).action_apply()
        self.assertEqual(self.with_tag().member_id, self.member)
        self.change(self.chen, self.contacts, is_mine_only=True, action='take_off').action_apply()
        self.assertEqual(len(self.with_tag()), 6, "none is the manager's own")

    def test_no_tag_no_change(self):
        with self.assertRaises(UserError):
            self.change(self.lina, self.contacts, tag_ids=[]).action_apply()
