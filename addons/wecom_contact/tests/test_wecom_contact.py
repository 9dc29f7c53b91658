from odoo.tests import tagged

from .common import ContactCase


@tagged('post_install', '-at_install')
class TestWecomContact(ContactCase):

    def test_s0_g2_a_an_added_customer_becomes_one_lead_with_owner_and_source(self):
        external = self.friend(state='QR-EXPO1')
        added = self.event('add_external_contact', external, State='QR-EXPO1', WelcomeCode='x')
        self.run_queue(added)
        self.run_queue(added, self.event('edit_external_contact', external))

        lead = self.contact(external).lead_ids
        self.assertRecordValues(lead, [{'name': '王女士', 'user_id': self.lina.id, 'company_id': self.app.company_id.id}])
        self.assertEqual(lead.source_id.name, 'EXPO1')
        self.assertRecordValues(self.contact(external).relation_ids, [
            {'member_id': self.member.id, 'state': 'active', 'channel': 'QR-EXPO1', 'add_way': '1', 'remark': '王女士'}])
        self.assertEqual(self.contact(external).kind, 'wechat')

    def test_an_app_for_all_companies_finds_what_each_has(self):
        self.app.company_id = False
        other = self.env['res.company'].create({'name': 'Theirs'})
        partner = self.env['res.partner'].create(
            {'name': '王经理', 'phone': '13800138001', 'country_id': self.env.ref('base.cn').id, 'company_id': other.id})
        external = self.friend()
        self.act('member_edits', userid='LiNa', external_userid=external, remark_mobiles=['13800138001'])
        self.run_queue(self.event('add_external_contact', external), self.event('edit_external_contact', external))
        self.run_queue(self.event('edit_external_contact', external))

        self.assertEqual((self.contact(external).partner_id, self.contact(external).lead_ids.user_id), (partner, self.lina))

    def test_several_members_who_know_him_make_no_second_lead(self):
        external = self.friend()
        self.friend(userid='ZhangWei', external_userid=external)
        self.run_queue(self.event('add_external_contact', external), self.event('add_external_contact', external, 'zhangwei'))

        contact = self.contact(external)
        self.assertEqual((contact.member_count, len(contact.lead_ids), contact.lead_ids.user_id), (2, 1, self.lina))

    def test_a_known_number_finds_the_lead_and_the_partner(self):
        partner = self.env['res.partner'].create({'name': '王经理', 'phone': '13800138000', 'country_id': self.env.ref('base.cn').id})
        lead = self.env['crm.lead'].create({'name': '宏达', 'partner_id': partner.id, 'type': 'lead'})
        external = self.friend()
        self.act('member_edits', userid='LiNa', external_userid=external, remark_mobiles=['13800138000'])
        self.run_queue(self.event('add_external_contact', external))
        self.run_queue(self.event('edit_external_contact', external))

        self.assertEqual((self.contact(external).partner_id, self.contact(external).lead_ids), (partner, lead))
        self.assertEqual(len(self.env['crm.lead'].search([('wecom_contact_id', '=', self.contact(external).id)])), 1)

    def test_one_person_has_one_partner_through_several_ids(self):
        partner = self.env['res.partner'].create({'name': '王经理'})
        first, second = self.friend(), self.friend()
        self.run_queue(self.event('add_external_contact', first))
        self.contact(first).write({'partner_id': partner.id, 'unionid': 'same'})
        self.contact(second).unlink()
        contact = self.env['wecom.contact']._ensure(self.app, [second])[second]
        contact._write_profile({'external_userid': second, 'name': 'x', 'unionid': 'same'})
        contact._link_partners()

        self.assertEqual(contact.partner_id, partner)

    def test_check_03_shuffled_events_end_as_wecom_has_it(self):
        """add, del, add in any order: he is a friend, one loss is history; small and capital letters name one member."""
        external = self.friend()
        created = self.seen('state')['relations'][0]['createtime']
        texts = [self.event('add_external_contact', external, 'LINA', at=created - 20),
                 self.event('del_follow_user', external, 'lina', at=created - 10),
                 self.event('add_external_contact', external, 'LiNa', at=created)]
        self.run_queue(*texts, shuffled=True)
        self.run_queue(*texts)

        self.assertEqual(self.contact(external).relation_ids.mapped('state'), ['active'])
        self.assertEqual((len(self.contact(external).relation_ids), len(self.contact(external).lead_ids)), (1, 1))

    def test_an_event_that_names_nobody_is_a_dead_letter(self):
        self.run_queue('<xml><Event>change_external_contact</Event><ChangeType>add_external_contact</ChangeType></xml>')

        [callback] = self.env['wecom.callback'].search([('app_id', '=', self.app.id)])
        self.assertEqual((callback.state, callback.error_category), ('rejected', 'schema'))
