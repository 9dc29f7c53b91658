from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.waste_contract.tests.common import ContractCase


@tagged('post_install', '-at_install')
class TestWasteWecomChannel(ContractCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app = cls.env['wecom.app'].create(
            {'name': "WeCom", 'corp_id': 'ww1', 'agent_id': '1', 'company_id': False, 'create_date': '2026-01-01 00:00:00'})
        cls.member = cls.env['wecom.member'].create(
            {'app_id': cls.app.id, 'userid': 'ZhangWei', 'name': "张伟", 'user_id': cls.salesperson.id})
        cls.channel = cls.env['wecom.channel'].create(
            {'app_id': cls.app.id, 'name': "环保展2026", 'member_ids': cls.member.ids, 'business_id': cls.kitchen.id})

    def come(self, name):
        contact = self.env['wecom.contact'].create({'app_id': self.app.id, 'external_userid': f'wm{name}', 'name': name})
        relation = self.env['wecom.relation'].create({
            'contact_id': contact.id, 'member_id': self.member.id, 'channel': self.channel.key, 'added_at': '2030-01-01 00:00:00'})
        relation._find_or_create_leads()
        return contact.lead_ids

    def totals(self, user, *measures):
        self.env.flush_all()
        [row] = self.env['wecom.channel.report'].with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids)._read_group(
            [('channel_id', '=', self.channel.id)], [], [f'{measure}:sum' for measure in measures])
        return row

    def test_a_lead_has_the_business_of_the_code(self):
        lead = self.come("王经理")
        self.assertEqual((lead.business_id, lead.user_id, lead.source_id), (self.kitchen, self.salesperson, self.channel.source_id))

    def test_a_code_shows_contracts_and_money_once_whoever_knows_the_customer(self):
        lead, _other = self.come("王经理"), self.come("李经理")
        second = self.env['wecom.member'].create({'app_id': self.app.id, 'userid': 'LiNa', 'name': "李娜"})
        self.env['wecom.relation'].create({
            'contact_id': lead.wecom_contact_id.id, 'member_id': second.id, 'channel': self.channel.key, 'added_at': '2030-01-02 00:00:00'})
        signed = self._contract(opportunity_id=lead.id, contract_state='active', date_signed='2025-12-20')
        self._contract(opportunity_id=lead.id)  # a draft counts nothing
        signed.collected_amount = 8000.0

        self.assertEqual(
            self.totals(self.manager, 'added_count', 'lead_count', 'contract_count', 'signed_amount', 'collected_amount'),
            (3, 2, 1, signed.planned_receivable, 8000.0))

    def test_who_is_not_confirmed_yet_may_bring_a_contract_and_is_not_counted_as_added(self):
        contact = self.env['wecom.contact'].create({'app_id': self.app.id, 'external_userid': 'wmh', 'name': 'wmh'})
        self.env['wecom.relation']._note_half(contact, self.member, self.channel.key, datetime(2030, 1, 1))
        contact.relation_ids._find_or_create_leads()
        lead = contact.lead_ids
        signed = self._contract(opportunity_id=lead.id, contract_state='active', date_signed='2025-12-20')
        measures = ('half_count', 'added_count', 'lead_count', 'contract_count', 'signed_amount')
        self.assertEqual((lead.name, lead.business_id), ('环保展2026 · 张伟', self.kitchen))
        self.assertEqual(self.totals(self.manager, *measures), (1, 0, 1, 1, signed.planned_receivable))

        contact.relation_ids.write({'state': 'active'})
        self.assertEqual(self.totals(self.manager, *measures), (0, 1, 1, 1, signed.planned_receivable))

    def test_amounts_are_for_managers_and_finance_and_for_their_company(self):
        self._contract(opportunity_id=self.come("王经理").id, contract_state='active', date_signed='2025-12-20')
        self.assertEqual(self.totals(self.salesperson, 'added_count', 'contract_count'), (1, 1))
        with self.assertRaises(AccessError):
            self.totals(self.salesperson, 'signed_amount')
        other = self.env['res.company'].create({'name': "Theirs"})
        theirs = self._new_user('sales_manager', 'their_manager', other)
        self.assertEqual(self.totals(theirs, 'contract_count', 'signed_amount'), (0, 0.0))
