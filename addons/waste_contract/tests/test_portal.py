from odoo import http
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestPortal(ContractCase, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, 'h3_portal_page', 'base.group_portal', company_id=cls.company.id, lang='en_US',
            company_ids=[Command.set(cls.company.ids)], partner_id=cls.env['res.partner'].create(
                {'name': "宏达环保专员", 'parent_id': cls.producer.id, 'email': 'ehs@example.com'}).id)
        cls.contract = cls._contract(
            cls._detail(floor_price=2471.83),
            cls._detail(waste_name="含铜污泥", pricing_mode='negative', price_unit=-300.0, floor_price=-391.57),
            name='DS-WF-2026-9001', contract_state='active', note="每月 25 日前对账")
        cls.contract.message_post(body="internal: 底价 2471.83, 返点 3%", subtype_xmlid='mail.mt_note')

    def test_the_producer_reads_its_contract(self):
        self.authenticate('h3_portal_page', 'h3_portal_page')

        page = self.url_open(f'/my/orders/{self.contract.id}').text

        for text in ("DS-WF-2026-9001", "废活性炭", "900-039-49", "含铜污泥", "2,800.00", "300.00", "每月 25 日前对账", "Contract"):
            self.assertIn(text, page)
        for secret in ("2471.83", "2,471.83", "391.57", "返点", "floor_price"):
            self.assertNotIn(secret, page)

    def test_the_producer_downloads_the_contracts_own_paper(self):
        self.hazardous.document_template_id = self.env.ref('waste_contract.document_template_hazardous')
        with freeze_time('2026-09-15'):
            contract = self._contract(contract_state='customer_review')
            self.env.flush_all()
            url = contract.get_portal_url(report_type='pdf', download=True)
            response = self.url_open(url)

        self.assertEqual((response.status_code, response.headers['Content-Type']), (200, 'application/pdf'))
        self.assertEqual(response.content, contract._get_document_pdf())

    def test_i_39_internal_notes_stay_inside(self):
        self.authenticate('h3_portal_page', 'h3_portal_page')

        result = self.make_jsonrpc_request('/mail/thread/messages', {
            'thread_model': 'sale.order', 'thread_id': self.contract.id, 'fetch_params': {'limit': 30}})

        self.assertNotIn("返点", str(result))

    def test_lists_and_home_speak_of_contracts(self):
        review = self._contract(contract_state='customer_review', name='DS-WF-2026-9002')
        self.authenticate('h3_portal_page', 'h3_portal_page')

        orders, quotes = self.url_open('/my/orders').text, self.url_open('/my/quotes').text
        home = self.url_open('/my/home').text

        self.assertIn("DS-WF-2026-9001", orders)
        self.assertNotIn(review.name, orders)
        self.assertIn(review.name, quotes)
        for page in (orders, quotes, home):
            self.assertRegex(page, r'[Cc]ontracts')
        self.assertNotIn("Sales Order #", orders)

    def test_drafts_and_strangers_are_not_found(self):
        draft = self._contract()
        stranger = self._contract(partner_id=self.government.id, contract_state='active')
        self.authenticate('h3_portal_page', 'h3_portal_page')

        for order in (draft, stranger):
            for url in (f'/my/orders/{order.id}', f'/my/orders/{order.id}?report_type=pdf'):
                response = self.url_open(url, allow_redirects=False)
                self.assertEqual((response.status_code, response.headers['Location'].endswith('/my')), (303, True))

    def test_a_link_sent_for_review_is_closed_while_the_draft_is_rewritten(self):
        contract = self._contract(contract_state='customer_review')
        url = contract.get_portal_url()

        self.assertIn(contract.name, self.url_open(url).text)
        contract.action_refuse("单价要改")
        response = self.url_open(url, allow_redirects=False)

        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers['Location'].endswith('/my'))

    def test_the_producer_can_neither_sign_nor_pay_on_odoos_page(self):
        contract = self._contract(contract_state='customer_review')
        self.authenticate('h3_portal_page', 'h3_portal_page')

        page = self.url_open(f'/my/orders/{contract.id}').text
        result = self.make_jsonrpc_request(f'/my/orders/{contract.id}/accept', {'name': 'X', 'signature': 'aGk='})

        self.assertNotIn('modalaccept" href="#"', page)
        self.assertIn('id="sales_order_table"', page, "a script of Odoo's page fails without it")
        self.assertIn("Download PDF", page)
        self.assertNotIn("View Details", page)
        self.assertIn('error', result)
        self.assertEqual(contract.contract_state, 'customer_review')

    def _post(self, url, **data):
        return self.url_open(url, data={'csrf_token': http.Request.csrf_token(self), **data}, allow_redirects=False)

    def _agreement(self, **values):
        agreement = self.env['waste.contract.agreement'].create({
            'order_id': self.contract.id, 'date_effective': '2026-07-01', 'reason': "市场价上涨",
            'line_ids': [Command.create({'line_id': self.contract.order_line[0].id, 'price_unit': 3000.0})], **values})
        agreement.message_post(body="internal: 底价 2471", subtype_xmlid='mail.mt_note')
        agreement.state = 'approving'
        return agreement

    def test_the_producer_reads_and_agrees_to_a_supplement(self):
        agreement = self._agreement()
        self.authenticate('h3_portal_page', 'h3_portal_page')
        url = f'/my/agreements/{agreement.id}'
        self.assertEqual(self.url_open(url, allow_redirects=False).status_code, 303)
        agreement.state = 'customer_review'

        page = self.url_open(url).text
        self.assertIn("2,800 → 3,000", page)
        self.assertIn("市场价上涨", page)
        self.assertNotIn("底价", page)
        self.assertIn(agreement.name, self.url_open(f'/my/orders/{self.contract.id}').text)
        self._post(f'{url}/agree')
        self._post(f'{url}/agree')

        self.assertEqual(agreement.state, 'signing')
        self.assertEqual(agreement.message_ids[0].author_id, self.portal.partner_id)

    @freeze_time('2026-09-15')
    def test_the_producer_downloads_the_paper_of_an_agreement(self):
        agreement = self._agreement(date_effective='2026-10-01')
        url = f'/my/agreements/{agreement.id}'
        self.authenticate('h3_portal_page', 'h3_portal_page')
        self.assertEqual(self.url_open(f'{url}/paper', allow_redirects=False).status_code, 303)  # still being written
        agreement.state = 'customer_review'

        self.assertIn(f'{url}/paper', self.url_open(url).text)
        by_login = self.url_open(f'{url}/paper')
        self.authenticate(None, None)
        by_link = self.url_open(f'{url}/paper?access_token={agreement._portal_ensure_token()}')
        stranger = self.url_open(f'{url}/paper', allow_redirects=False)

        self.assertEqual((by_login.status_code, by_login.headers['Content-Type']), (200, 'application/pdf'))
        self.assertEqual(by_login.content, agreement._get_document_pdf())
        self.assertEqual(by_link.content, by_login.content)
        self.assertEqual(stranger.status_code, 303)

    def test_the_producer_refuses_with_a_reason(self):
        agreement = self._agreement()
        agreement.state = 'customer_review'
        self.authenticate('h3_portal_page', 'h3_portal_page')
        url = f'/my/agreements/{agreement.id}/refuse'

        self.assertIn('problem=reason', self._post(url, reason=' ').headers['Location'])
        self.assertEqual(agreement.state, 'customer_review')
        self._post(url, reason="涨幅太大")

        self.assertEqual(agreement.state, 'refused')
        self.assertIn("涨幅太大", ''.join(agreement.message_ids.mapped('body')))

    def test_strangers_neither_read_nor_decide(self):
        agreement = self._agreement()
        agreement.state = 'customer_review'
        stranger = self.env['res.partner'].create({'name': "别家"})
        new_test_user(self.env, 'h3_other_page', 'base.group_portal', partner_id=stranger.id)
        for login in (None, 'h3_other_page'):
            self.authenticate(login, login)
            with self.subTest(login=login):
                for url in (f'/my/agreements/{agreement.id}', f'/my/agreements/{agreement.id}?access_token=x'):
                    self.assertTrue(self.url_open(url, allow_redirects=False).headers['Location'].endswith('/my'))
                self._post(f'/my/agreements/{agreement.id}/agree')
                self._post(f'/my/orders/{self.contract.id}/agree')
                self.assertEqual((agreement.state, self.contract.contract_state), ('customer_review', 'active'))

    def test_staff_do_not_decide_for_the_producer_on_its_page(self):
        """Who may only read a contract would otherwise decide on it in superuser mode."""
        contract = self._contract(contract_state='customer_review')
        new_test_user(
            self.env, 'h3_dispatcher_page', 'waste.group_dispatcher', company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)])
        self.authenticate('h3_dispatcher_page', 'h3_dispatcher_page')

        self._post(f'/my/orders/{contract.id}/agree')

        self.assertEqual(contract.contract_state, 'customer_review')

    def test_a_link_is_enough_to_decide_on_a_contract(self):
        contract = self._contract(contract_state='customer_review')
        self.authenticate(None, None)
        token = contract._portal_ensure_token()

        page = self.url_open(contract.get_portal_url()).text
        self.assertIn('id="decision"', page)
        self._post(f'/my/orders/{contract.id}/agree', access_token='wrong')
        self.assertEqual(contract.contract_state, 'customer_review')
        self._post(f'/my/orders/{contract.id}/agree', access_token=token)

        self.assertEqual(contract.contract_state, 'signing')

    def test_an_accepted_quotation_becomes_a_draft_that_the_producer_does_not_see(self):
        quotation = self._contract(contract_kind='quotation', contract_state='customer_review')
        self.authenticate('h3_portal_page', 'h3_portal_page')

        self._post(f'/my/orders/{quotation.id}/agree')

        contract = quotation.quoted_contract_ids
        self.assertEqual((quotation.contract_state, contract.contract_state), ('accepted', 'draft'))
        self.assertEqual(self.url_open(f'/my/orders/{contract.id}', allow_redirects=False).status_code, 303)
