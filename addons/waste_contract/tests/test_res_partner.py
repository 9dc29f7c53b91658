from odoo.tests import tagged, users, warmup

from .common import ContractCase


@tagged('post_install', '-at_install')
class TestResPartner(ContractCase):

    def test_contracts_of_contacts_count_for_their_company(self):
        site = self.env['res.partner'].create({'name': "二厂", 'parent_id': self.producer.id})
        self._contract()
        self._contract(partner_id=site.id)
        self._contract(contract_state='cancelled')

        self.assertEqual((self.producer.contract_count, site.contract_count), (2, 1))
        self.assertEqual(self.producer.contract_summary, f'{self.hazardous.name} 2')

    def test_s3_cust_con_the_button_opens_the_contracts_of_all_businesses(self):
        contracts = self._contract() | self._contract(business_id=self.industrial.id) | self._contract(business_id=self.kitchen.id)

        self.assertEqual(self.producer.contract_count, 3)
        action = self.producer.with_user(self.salesperson).action_view_contracts()
        self.assertEqual(self.env[action['res_model']].search(action['domain']), contracts)

    def test_who_may_not_read_contracts_counts_none(self):
        self._contract()

        self.assertEqual(self.producer.with_user(self.users['user']).contract_count, 0)
        self.assertEqual(self.producer.with_user(self.users['dispatcher']).contract_count, 1)

    @users('h3_dispatcher')
    @warmup
    def test_counting_a_page_of_partners_is_one_query(self):
        partners = self.env['res.partner'].sudo().create([{'name': f"产废单位 {i}"} for i in range(40)])
        partners = partners.with_user(self.env.user)
        partners.mapped('name')
        partners[:1].mapped('contract_count')

        self.env.invalidate_all()
        partners.mapped('parent_id')
        with self.assertQueryCount(h3_dispatcher=2):
            partners.mapped('contract_count')
