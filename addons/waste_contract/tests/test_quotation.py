from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged

from .common import ContractCase, paper_text


@tagged('post_install', '-at_install')
@freeze_time('2026-06-15')
class TestQuotation(ContractCase, HttpCase):

    def _quotation(self, **values):
        return self._contract(contract_kind='quotation', user=self.salesperson, **values)

    def test_s1n_3_2_d_an_accepted_quotation_becomes_a_contract_with_the_same_lines(self):
        quotation = self._quotation()
        self.assertRegex(quotation.name, r'^BJ-\d{4}-\d{4}$')
        self.assertEqual(str(quotation.validity_date), '2026-07-15')
        quotation.action_submit()
        quotation.with_user(self.manager).action_approve()

        quotation.with_user(self.salesperson).action_agree()

        contract = quotation.quoted_contract_ids
        self.assertEqual((quotation.contract_state, contract.contract_state), ('accepted', 'draft'))
        self.assertEqual((contract.contract_kind, contract.quotation_id, contract.user_id), ('contract', quotation, self.salesperson))
        self.assertEqual(contract.order_line.mapped(lambda line: (line.waste_name, line.price_unit, line.planned_quantity_t)),
                         [("废活性炭", 2800.0, 10.0)])
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            quotation.order_line.price_unit = 1.0
        quotation.action_agree()
        self.assertEqual(len(quotation.quoted_contract_ids), 1)

    @freeze_time('2026-09-15')
    def test_s1n_3_2_c_a_quotation_has_its_own_paper(self):
        self.hazardous.document_template_id = self.env.ref('waste_contract.document_template_hazardous')
        quotation = self._quotation(validity_date='2026-10-01')

        paper = paper_text(quotation._get_document_pdf())

        for words in ("报价单", quotation.name, "宏达电路板厂", "废活性炭", "900-039-49", "2,800.00", "10", "28,000.00",
                      "有效期至2026年10月1日", "致：宏达电路板厂", "东实危废公司"):
            self.assertIn(words, paper)
        self.assertNotIn("{{", paper)

    def test_a_quotation_is_no_contract_on_paper(self):
        contracts = self.hazardous.document_template_id = self.env.ref('waste_contract.document_template_hazardous')
        quotations = self.env.ref('waste_contract.document_template_quotation')

        with self.assertRaisesRegex(ValidationError, "don't use the template"):
            self._quotation(document_template_id=contracts.id)
        with self.assertRaisesRegex(ValidationError, "don't use the template"):
            self._contract(document_template_id=quotations.id)

    @freeze_time('2026-09-15')
    def test_the_contract_after_a_quotation_has_the_contracts_paper(self):
        self.hazardous.document_template_id = self.env.ref('waste_contract.document_template_hazardous')
        quotation = self._quotation().sudo()
        quotation.contract_state = 'approving'
        quotation.contract_state = 'customer_review'
        quotation.action_agree()

        self.assertEqual(quotation.quoted_contract_ids.document_template_id, self.hazardous.document_template_id)
        self.assertEqual(quotation.document_template_id, self.env.ref('waste_contract.document_template_quotation'))

    def test_s1m_12d_the_opening_of_a_quotation_is_noted(self):
        quotation = self._quotation().sudo()
        quotation.contract_state = 'approving'
        quotation.contract_state = 'customer_review'
        self.authenticate(None, None)

        page = self.url_open(quotation.get_portal_url())

        self.assertIn(quotation.name, page.text)
        self.assertIn("viewed by customer", ''.join(quotation.message_ids.mapped('body')))

    def test_quotations_are_not_signed_contracts_not_accepted(self):
        quotation, contract = self._quotation().sudo(), self._contract()
        (quotation | contract).contract_state = 'approving'
        (quotation | contract).contract_state = 'customer_review'

        with self.assertRaisesRegex(UserError, "is accepted, not signed"):
            quotation.contract_state = 'signing'
        with self.assertRaisesRegex(UserError, "is signed, not accepted"):
            contract.contract_state = 'accepted'

    def test_an_old_quotation_is_not_accepted(self):
        quotation = self._quotation()
        quotation.validity_date = '2026-06-14'
        quotation = quotation.sudo()
        quotation.contract_state = 'approving'
        quotation.contract_state = 'customer_review'

        with self.assertRaisesRegex(UserError, "was valid until 2026-06-14"):
            quotation.action_agree()
        self.assertFalse(quotation.quoted_contract_ids)

    def test_s0_2_o_s3_opp_con_a_won_opportunity_becomes_a_contract(self):
        lead = self.env['crm.lead'].create({
            'name': "含铜污泥", 'type': 'opportunity', 'partner_id': self.producer.id, 'user_id': self.salesperson.id,
            'business_id': self.hazardous.id, 'company_id': self.company.id})
        lead.with_user(self.salesperson).with_context(contract_kind='quotation').action_new_contract()
        quotation = self.env['sale.order'].search([('opportunity_id', '=', lead.id)])
        quotation.order_line = [Command.create(self._detail())]

        action = lead.with_user(self.salesperson).action_new_contract()

        contract = self.env['sale.order'].browse(action['res_id'])
        self.assertEqual((contract.partner_id, contract.user_id, contract.opportunity_id, contract.planned_receivable),
                         (self.producer, self.salesperson, lead, 28000.0))
        self.assertEqual(lead.with_user(self.salesperson).action_new_contract()['res_id'], contract.id)
        lead.invalidate_recordset(['contract_count'])
        self.assertEqual(lead.contract_count, 2)
        bare = lead.copy({'partner_id': False})
        with self.assertRaisesRegex(UserError, "needs its customer first"):
            bare.action_new_contract()
