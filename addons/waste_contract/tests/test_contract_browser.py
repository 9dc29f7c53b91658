import hashlib
import tempfile
from pathlib import Path

from odoo import fields
from odoo.tests import tagged

from odoo.addons.esign.tests.h5_common import H5BrowserCase

from .test_contract_esign import ContractSigningCase

REQUESTS = '/odoo/action-esign.esign_seal_request_action_%s/%d'


@tagged('post_install', '-at_install')
class TestContractBrowser(ContractSigningCase, H5BrowserCase):
    """Everybody at the own screen: salesperson, approver and custodian at a desk, producer and authority with a phone."""

    def test_s0_3_2_1_e_three_parties_in_the_browser_from_the_click_to_the_public_page(self):
        """Assumption A16: the producer signs, the collecting company seals, the government reviews."""
        today = fields.Date.context_today(self.env.user)
        contract = self.kitchen_contract(date_start=today, date_end=fields.Date.add(today, years=1))
        # a picture on the authority's phone
        opinion = self.enterContext(tempfile.NamedTemporaryFile(prefix='备案意见', suffix='.pdf'))
        opinion.write(b'%PDF-1.4 stamped\n%%EOF')
        opinion.flush()

        with self.desk(self.salesperson.login) as desk:
            desk.open(f'/odoo/contracts/{contract.id}')
            desk.tap('button[name=action_start_signing]')
            desk.wait('!document.querySelector("button[name=action_start_signing]")')
            self.assertIn("王建国", desk.text())
        envelope = self.envelope(contract)
        producer, company, officer = envelope.signer_ids
        self.assertEqual((producer.state, company.state, officer.state), ('invited', 'waiting', 'waiting'))

        with self.phone() as phone:
            self.to_the_canvas(phone, producer)
            self.write_by_character(phone, "王建国")
            self.submit(phone)
            self.assertIn("您已签署", phone.text())
            phone.open(self.path(officer))
            phone.tap('form button.primary')
            phone.wait('document.body.innerText.includes("还未轮到您")')
        self.assertEqual((producer.state, company.state, officer.state), ('signed', 'invited', 'waiting'))
        approver, custodian = (self.approver | self.custodian).sudo().mapped('login')  # of companies that self.env doesn't know here
        number = envelope.seal_request_ids.id
        with self.desk(approver) as desk:
            desk.open(REQUESTS % ('approve', number))
            desk.tap('button[name=action_approve]')
            desk.wait('!document.querySelector("button[name=action_approve]")')
        # a desk of his own: logging in while the last one's page still asks would share its cursor
        with self.desk(custodian) as desk:
            desk.open(REQUESTS % ('put', number))
            desk.tap('button[name=action_put]')
            desk.type('.modal input[type=password]', custodian)
            desk.tap('.modal button[name=run_check]')
            desk.wait('!document.querySelector("button[name=action_put]")', 30)
        self.assertEqual((company.state, officer.state, envelope.state), ('signed', 'invited', 'signing'))
        with self.phone() as phone:
            self.open_link(phone, officer)
            self.read_through(phone)
            phone.tap('[name=verdict][value=pass]')
            phone.type('[name=opinion]', "同意备案")
            phone.choose('[name=files]', opinion.name)
            self.agree(phone)
            self.type_code(phone)
            phone.see('#handwriting canvas')
            self.write_name(phone)
            phone.tap('#handwriting [data-do=finish]')
            self.submit(phone)
            self.assertRegex(phone.text(), r'已完成[^$]+李科长（您）\s+南城城管分局\s+已审核')

        self.assertEqual((officer.opinion, envelope.state, contract.contract_state), ("同意备案", 'completed', 'active'))
        self.assertEqual(self.env['ir.attachment'].search(
            [('res_model', '=', 'esign.signer'), ('res_id', '=', officer.id)]).mapped('name'), [Path(opinion.name).name])
        archived = contract.document_archive_id.attachment_id
        self.assertEqual(contract.archive_sha256, hashlib.sha256(archived.raw).hexdigest())
        self.assertTrue(contract.archive_number and archived.is_locked)
        pdf, company_name = archived.raw, self.company.name
        with self.phone() as phone:
            self.assertEqual(self.upload(phone, pdf), ['good', 'good'])
            for words in (r'文件与登记一致\s*是', r'密码学有效\s*是', "王建国", "李科长", company_name):
                self.assertRegex(phone.text(), words)
