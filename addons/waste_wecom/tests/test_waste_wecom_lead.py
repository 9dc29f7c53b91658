from odoo.tests import tagged

from odoo.addons.wecom_contact.tests.common import ContactCase

MOBILE = '13800138000'


@tagged('post_install', '-at_install')
class TestWasteWecomLead(ContactCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.producer = cls.env['res.partner'].create({
            'name': '宏达电路板厂', 'is_company': True, 'party_role_ids': [(4, cls.env.ref('waste.party_role_producer').id)]})
        cls.env['res.partner'].create({'name': '王经理', 'parent_id': cls.producer.id, 'phone': f'+86{MOBILE}'})
        cls.zhang = cls.lina.copy({'login': 'zhang.l', 'name': '张伟'})
        cls.env['wecom.member'].create({'app_id': cls.app.id, 'userid': 'ZhangWei', 'name': '张伟', 'user_id': cls.zhang.id})

    def assign(self, user, business, share=100):
        return self.env['waste.assignment'].create({
            'producer_id': self.producer.id, 'user_id': user.id, 'business_id': self.env.ref(f'waste.business_{business}').id,
            'share_percent': share, 'date_from': '2026-01-01'})

    def add(self, *userids):
        """The buyer of 宏达, whose number each notes, adds these members; the events come in disorder."""
        external, texts = None, []
        for userid in userids:
            external = self.friend(userid=userid, **({'external_userid': external} if external else {}))
            self.act('member_edits', userid=userid, external_userid=external, remark_mobiles=[MOBILE])
            texts.append(self.event('add_external_contact', external, userid))
        self.run_queue(*texts, shuffled=True)
        return self.contact(external)

    def test_the_lead_belongs_to_who_serves_the_producer(self):
        self.assign(self.chen, 'hazardous', 40)
        largest = self.assign(self.zhang, 'hazardous', 60)
        customer = self.add('LiNa')

        self.assertEqual((customer.partner_id.name, customer.lead_ids.user_id), ('王经理', self.zhang))
        self.assertIn(largest, customer.lead_ids.assignment_ids)
        self.assertIn('张伟', str(customer.lead_ids.message_ids.mapped('body')))

    def test_who_was_added_and_serves_him_in_any_business_keeps_the_lead(self):
        self.assign(self.zhang, 'hazardous')
        self.assign(self.lina, 'kitchen', 10)

        self.assertEqual(self.add('LiNa').lead_ids.user_id, self.lina)

    def test_whom_nobody_serves_belongs_to_who_was_added(self):
        self.assign(self.zhang, 'hazardous').date_to = '2026-01-31'

        self.assertEqual(self.add('LiNa').lead_ids.user_id, self.lina)

    def test_several_members_know_him_and_there_is_one_lead(self):
        self.assign(self.zhang, 'hazardous')
        customer = self.add('LiNa', 'ZhangWei')

        self.assertEqual((len(customer.relation_ids), len(customer.lead_ids), customer.lead_ids.user_id), (2, 1, self.zhang))

    def test_the_business_of_the_code_decides_who_serves_him(self):
        self.assign(self.zhang, 'hazardous')
        self.assign(self.lina, 'kitchen')
        channel = self.env['wecom.channel'].create({
            'app_id': self.app.id, 'name': '危废展会', 'business_id': self.env.ref('waste.business_hazardous').id,
            'member_ids': [(4, self.member.id)]})
        external = self.friend(state=channel.key)
        self.act('member_edits', userid='LiNa', external_userid=external, remark_mobiles=[MOBILE])
        self.run_queue(self.event('add_external_contact', external, State=channel.key))

        lead = self.contact(external).lead_ids
        self.assertEqual((lead.business_id, lead.user_id), (channel.business_id, self.zhang))
