import re

from odoo import http
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .test_contract_esign import ContractSigningCase


@tagged('post_install', '-at_install')
class TestPortalSigning(ContractSigningCase, HttpCase):
    registry_test_mode = False  # EsignCase has entered it

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._portal_user('ps_boss', cls.boss)
        cls.regulator = cls._portal_user('ps_officer', cls.officer)
        cls.stranger_partner = cls.env['res.partner'].create({'name': "另一家厂", 'is_company': True})
        cls.other = cls._portal_user('ps_other', cls.env['res.partner'].create(
            {'name': "路人", 'parent_id': cls.stranger_partner.id, 'phone': '13700137000'}))

    @classmethod
    def _portal_user(cls, login, partner):
        partner.email = f'{login}@example.com'
        return new_test_user(cls.env, login, 'base.group_portal', partner_id=partner.id, company_id=cls.company.id, lang='en_US',
                             company_ids=[Command.set(cls.company.ids)])

    def page(self, login, path):
        self.authenticate(login, login)
        return self.url_open(path)

    def post(self, path, **values):
        token = http.Request.csrf_token(self)
        return self.url_open(path, data={'csrf_token': token, **values}, allow_redirects=False)

    def counts(self, page):
        found = re.findall(r'nav-link text-nowrap[^>]*>\s*([^<]+?)\s*<span[^>]*>(\d+)<', page)
        return {name.strip(): int(number) for name, number in found}

    # === producer === #

    def test_s0_3_2_1_f_producer_sees_what_waits_and_finds_by_number(self):
        first = self.agreed(name='DS-CY-2026-7001')
        for number in ('DS-CY-2026-7002', 'DS-CY-2026-7003'):
            self._contract(name=number, contract_state='active')
        self.start(first)

        page = self.page('ps_boss', '/my/contracts').text
        self.assertEqual(self.counts(page), {'To sign': 1, 'To review': 0, 'In force': 2, 'All': 3})
        found = self.url_open('/my/contracts?search=7002').text
        self.assertIn('DS-CY-2026-7002', found)
        self.assertNotIn('DS-CY-2026-7003', found)
        self.assertIn("No contract has this number", self.url_open('/my/contracts?search=nothing').text)

    def test_sign_button_leads_to_the_own_link_and_that_is_recorded(self):
        contract = self.agreed()
        envelope = self.start(contract)
        signer = self._signer(envelope)
        self.authenticate('ps_boss', 'ps_boss')

        answer = self.post(f'/my/sign/contract/{contract.id}')

        self.assertEqual(answer.status_code, 303)
        self.assertEqual(answer.headers['Location'], signer._link())
        given = envelope.event_ids.filtered(lambda event: event.type == 'link_given')
        self.assertEqual(given.actor, 'ps_boss')

    def test_link_is_given_to_nobody_else(self):
        contract = self.agreed()
        envelope = self.start(contract)
        for login in ('ps_other', 'ps_officer'):
            self.authenticate(login, login)

            answer = self.post(f'/my/sign/contract/{contract.id}')

            self.assertTrue(answer.headers['Location'].endswith('/my/contracts?show=sign'), answer.headers['Location'])
        self.assertNotIn('link_given', self._types(envelope))
        self.authenticate(None, None)
        self.assertIn('/web/login', self.post(f'/my/sign/contract/{contract.id}').headers.get('Location', ''))

    def test_strangers_list_is_empty(self):
        self.start(self.agreed(name='DS-CY-2026-7001'))

        page = self.page('ps_other', '/my/contracts?search=DS').text

        self.assertNotIn('DS-CY-2026-7001', page)
        self.assertEqual(self.counts(page), {'To sign': 0, 'To review': 0, 'In force': 0, 'All': 0})

    def test_drafts_are_not_shown(self):
        self._contract(name='DS-CY-2026-7009')

        self.assertNotIn('DS-CY-2026-7009', self.page('ps_boss', '/my/contracts').text)

    # === attachments === #

    def test_s0_3_2_1_a_producer_salesperson_and_authority_read_the_contract_and_download_both_attachments(self):
        contract = self.agreed(name='DS-WF-2026-0001', government_id=self.government.id)
        plan, permit, floor = self.env['ir.attachment'].create([
            {'name': name, 'raw': name.encode(), 'res_model': 'sale.order', 'res_id': contract.id, 'contract_file_kind': 'other',
             'is_for_producer': shown, 'is_for_authority': shown}
            for name, shown in (("转移计划.pdf", True), ("许可证.pdf", True), ("底价.xlsx", False))])
        doors = {
            'ps_boss': (f'/my/orders/{contract.id}', f'/my/orders/{contract.id}/files/%s'),
            'ps_officer': (f'/my/contracts/{contract.id}', f'/my/contracts/{contract.id}/files/%s'),
        }

        for login, (path, door) in doors.items():
            page = self.page(login, path).text
            for words in ('DS-WF-2026-0001', "废活性炭", plan.name, permit.name):
                self.assertIn(words, page, login)
            self.assertNotIn(floor.name, page)
            self.assertEqual([self.url_open(door % file.id).content for file in (plan, permit)], [plan.raw, permit.raw])
            self.assertEqual(self.url_open(door % floor.id).status_code, 404)
        mine = contract.with_user(self.salesperson)
        self.assertEqual((mine.order_line.waste_name, mine.contract_file_ids), ("废活性炭", plan | permit | floor))
        self.authenticate(self.salesperson.login, self.salesperson.login)
        self.assertEqual([self.url_open(f'/web/content/{file.id}').content for file in (plan, permit)], [plan.raw, permit.raw])

        # another producer, by every door and without one; the producer by the authority's door
        self.authenticate('ps_other', 'ps_other')
        for url in (doors['ps_boss'][1], doors['ps_officer'][1], '/web/content/%s'):
            self.assertNotIn(plan.raw, self.url_open(url % plan.id).content)
        self.assertEqual(self.url_open(doors['ps_officer'][1] % plan.id).status_code, 404)
        self.authenticate('ps_boss', 'ps_boss')
        permit.is_for_producer = False
        self.env.flush_all()
        self.assertEqual(self.url_open(doors['ps_officer'][1] % permit.id).status_code, 404)
        self.assertEqual(self.url_open(doors['ps_boss'][1] % permit.id).status_code, 404)

    # === authority === #

    def test_s0_3_2_1_g_authority_reviews_applications_of_its_own_district(self):
        mine = self.kitchen_review(name='DS-CY-2026-7101')
        office = self.env['res.partner'].create({'name': "东城城管分局", 'is_company': True})
        self.kitchen_review(name='DS-CY-2026-7102', government_id=office.id)

        page = self.page('ps_officer', '/my/contracts?show=review').text
        self.assertIn('DS-CY-2026-7101', page)
        self.assertNotIn('DS-CY-2026-7102', page)
        application = self.url_open(f'/my/contracts/{mine.id}').text
        self.assertIn("餐厨垃圾", application)
        self.assertIn("宏达电路板厂", application)

        self.post(f'/my/contracts/{mine.id}/pass', opinion="同意")

        self.assertEqual(mine.contract_state, 'signing')
        self.assertTrue(mine.activity_ids.filtered(lambda activity: activity.user_id == self.salesperson))

    def test_authority_returns_with_an_opinion_only(self):
        contract = self.kitchen_review()
        self.authenticate('ps_officer', 'ps_officer')

        self.post(f'/my/contracts/{contract.id}/return', opinion=" ")
        self.assertEqual(contract.contract_state, 'gov_review')
        self.post(f'/my/contracts/{contract.id}/return', opinion="缺少备案表")

        self.assertEqual(contract.contract_state, 'customer_review')
        self.assertEqual(contract.return_reason, "缺少备案表")

    def test_nobody_else_reviews_for_the_authority(self):
        contract = self.kitchen_review()
        for login in ('ps_boss', 'ps_other'):
            self.authenticate(login, login)

            self.assertIn('/my/contracts', self.url_open(f'/my/contracts/{contract.id}', allow_redirects=False).headers['Location'])
            self.post(f'/my/contracts/{contract.id}/pass')

        self.assertEqual(contract.contract_state, 'gov_review')

    def test_authority_reads_no_price(self):
        contract = self.agreed(government_id=self.government.id, lump_sum_amount=7654321)

        page = self.page('ps_officer', f'/my/contracts/{contract.id}').text

        self.assertIn(contract.name, page)
        for price in ('2800', '2,800', '28,000', '7654321', '7,654,321', '¥'):
            self.assertNotIn(price, page)

    def kitchen_review(self, **values):
        detail = self._detail(waste_name="餐厨垃圾", waste_code_id=False, pricing_mode='kitchen_free', price_unit=0)
        contract = self._contract(**{
            'business_id': self.kitchen.id, 'government_id': self.government.id, 'order_line': [Command.create(detail)], **values})
        return self._walk(contract, 'approving', 'customer_review', 'gov_review')
