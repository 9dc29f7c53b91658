import base64
import io
import json
from datetime import datetime, timedelta
from hashlib import sha256

from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.esign.tests.common import META
from odoo.addons.waste_contract.tests.test_contract_esign import ContractSigningCase


def paper(words, pages=1):
    """A PDF as an office program makes it."""
    file = io.BytesIO()
    canvas = Canvas(file)
    for number in range(1, pages + 1):
        canvas.drawString(80, 700, f'{words} {number}')
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def changed(pdf, change):
    writer, file = PdfWriter(clone_from=io.BytesIO(pdf)), io.BytesIO()
    change(writer)
    writer.write(file)
    return file.getvalue()


def encrypted(pdf):
    return changed(pdf, lambda writer: writer.encrypt('secret'))


def scripted(pdf):
    return changed(pdf, lambda writer: writer.add_js('app.alert(1)'))


def b64(content):
    return base64.b64encode(content).decode()


@tagged('post_install', '-at_install')
class TestWimContracts(ContractSigningCase, HttpCase):
    """WIM sends a contract to be signed here, and asks what became of it."""
    registry_test_mode = False  # EsignCase has entered it

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.company_code = 'T-SIGN'
        cls.producer.write({'external_system': 'wim', 'external_key': 'P90001', 'ref': 'P90001'})
        cls.integrator = new_test_user(
            cls.env, 'wc_wim', 'waste.group_wim_integrator', company_id=cls.company.id, company_ids=[(6, 0, cls.company.ids)])
        keys = cls.env['res.users.apikeys'].with_user(cls.integrator)
        cls.key = keys._generate(None, 'WIM', datetime.now() + timedelta(days=1))

    def ask(self, path, key=None):
        return self.url_open(path, headers={'Authorization': f'Bearer {key or self.key}'})

    def send(self, number='W-2026-001', version=1, **payload):
        """Send a contract; return it as it is after the job."""
        row = self.post(number, version, **payload)
        self.assertIn(row.state, ('done', 'warned'), row.error)
        return self.env['sale.order'].search([('name', '=', number)])

    def post(self, number, version=1, **payload):
        message = {
            'msg_id': f'{number}-{version}', 'event': 'contract.upsert', 'entity_key': number, 'version': version,
            'occurred_at': '2026-11-01T08:00:00+08:00', 'sent_at': '2026-11-01T08:00:00+08:00', 'company_code': 'T-SIGN',
            'business_type': 'hazardous', 'payload': {
                'contract_no': number, 'producer_code': 'P90001', 'start_date': '2026-01-01', 'end_date': '2027-12-31',
                'to_sign': True, 'tax_rate': 0.06, 'lines': [{
                    'line_no': f'{number}-01', 'waste_name': "废活性炭", 'waste_code': '900-039-49', 'price_mode': 'UNIT_T',
                    'unit_price': 2800, 'planned_qty_t': 10}], **payload}}
        answer = self.url_open('/wim/v1/messages', data=json.dumps([message]), headers={
            'Authorization': f'Bearer {self.key}', 'Content-Type': 'application/json'})
        self.assertEqual(answer.status_code, 202, answer.text)
        self.env.ref('waste_wim.ir_cron_wim_message_queue').method_direct_trigger()
        return self.env['wim.message'].search([('msg_id', '=', message['msg_id'])])

    def test_contract_of_wim_is_reviewed_signed_and_fetched(self):
        contract = self.send()
        self.assertEqual(contract.contract_state, 'customer_review')
        self.assertEqual(self.ask('/wim/v1/contracts/W-2026-001').json()['state'], 'customer_review')

        contract.user_id = self.salesperson
        contract.action_agree()
        envelope = self.start(contract)
        status = self.ask('/wim/v1/contracts/W-2026-001').json()
        self.assertEqual((status['state'], status['signing']['state']), ('signing', 'signing'))
        self.sign_by_hand(envelope)
        self.seal_it(envelope)

        status = self.ask('/wim/v1/contracts/W-2026-001').json()
        self.assertEqual((status['state'], status['contract_state']), ('signed', 'active'))
        self.assertEqual([signer['state'] for signer in status['signing']['signers']], ['signed', 'signed'])
        file = self.ask(status['file'])
        self.assertEqual(file.headers['Content-Type'], 'application/pdf')
        self.assertEqual(sha256(file.content).hexdigest(), status['sha256'])
        self.assertEqual(status['sha256'], envelope.final_sha256)

    def test_s0_g7_b_contract_posted_with_its_pdf_is_a_draft_and_comes_back_signed(self):
        sent = paper("W-2026-001 Waste disposal contract", pages=2)
        contract = self.send(pdf=b64(sent), to_sign=False)
        self.assertEqual((contract.contract_state, contract.state), ('draft', 'draft'))
        self.assertEqual((contract.received_paper_id.raw, contract.received_paper_id.is_locked), (sent, True))
        self.assertEqual(self.ask('/wim/v1/contracts/W-2026-001').json()['state'], 'draft')

        contract.user_id = self.salesperson
        self._walk(contract, 'approving', 'customer_review', 'signing')
        envelope = self.start(contract)
        self.sign_by_hand(envelope)
        self.seal_it(envelope)

        status = self.ask('/wim/v1/contracts/W-2026-001').json()
        signed = self.ask(status['file']).content
        self.assertEqual((status['state'], status['sha256']), ('signed', sha256(signed).hexdigest()))
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(signed)).pages]
        self.assertEqual(len(pages), 3)
        self.assertIn("Waste disposal contract 1", pages[0])
        self.assertIn("Waste disposal contract 2", pages[1])
        self.assertIn(sha256(sent).hexdigest(), pages[2].replace('\n', ''))
        self.assertEqual({place['page'] for place in envelope.places.values()}, {3})
        self.assertNotIn(b'pdfaid', signed, "Nobody knows how the first pages were made.")
        self.assertFalse(self.env['esign.verification']._verify_envelope(envelope, by='test').problems)
        self.assertEqual(self.env['esign.verification']._verify_file(signed)['matches'], 'final')

        # strangers: another company's integrator, no key at all, the interface after the signature
        key = self.foreign_key()
        for path in ('/wim/v1/contracts/W-2026-001', status['file']):
            self.assertEqual(self.ask(path, key).status_code, 404)
            self.assertEqual(self.url_open(path).status_code, 401)
        row = self.post('W-2026-001', 2, pdf=b64(paper("Other terms")))
        self.assertEqual((row.state, row.error_path), ('rejected', '$.payload.pdf'))
        self.assertIn("its paper stays as it is", row.error)
        self.assertEqual(contract.received_paper_id.raw, sent)
        with self.assertRaises(UserError):
            contract.with_user(self.manager).received_paper_id = False
        with self.assertRaises(UserError):
            contract.received_paper_id.sudo().raw = b'%PDF-other'

    def test_paper_is_exchanged_until_it_is_signed(self):
        contract = self.send(pdf=b64(paper("First")))
        self.assertEqual(contract.contract_state, 'customer_review')
        first = contract._get_document_pdf()
        contract.sudo().action_refuse("数量有误")

        self.send(version=2, pdf=b64(paper("Second")))

        self.assertEqual(contract.contract_state, 'customer_review')
        self.assertIn("First", PdfReader(io.BytesIO(first)).pages[0].extract_text())
        self.assertIn("Second", PdfReader(io.BytesIO(contract._get_document_pdf())).pages[0].extract_text())

    def test_papers_that_cannot_be_signed_are_refused_with_a_sentence_and_nothing_is_kept(self):
        good = paper("Contract")
        bad = {
            "This isn't base64": 'x',
            "This isn't a PDF file": base64.b64encode(b'<html>').decode(),
            "larger than 3 MiB": b64(good + b' ' * (3 * 1024 * 1024 + 9)),
            "that can be read": b64(good[:300]),
            "is encrypted": b64(encrypted(good)),
            "contains scripts": b64(scripted(good)),
            "has signatures": b64(self.start(self.agreed()).revision_id._get_pdf()),
        }
        for number, (sentence, pdf) in enumerate(bad.items()):
            with self.subTest(sentence):
                row = self.post(f'W-2026-1{number}', pdf=pdf)

                self.assertEqual((row.state, row.error_path), ('rejected', '$.payload.pdf'))
                self.assertRegex(row.error, sentence)
                self.assertFalse(self.env['sale.order'].search([('name', '=', f'W-2026-1{number}')]))

    def test_s0_3_2_1_b_rejection_is_told_with_its_reason_and_a_new_version_is_reviewed_again(self):
        contract = self.send()
        contract.sudo().action_refuse("数量有误")

        status = self.ask('/wim/v1/contracts/W-2026-001').json()
        self.assertEqual((status['state'], status['reason']), ('draft', "数量有误"))

        self.send(version=2, end_date='2028-12-31')
        self.assertEqual((contract.contract_state, str(contract.date_end)), ('customer_review', '2028-12-31'))

    def test_who_declines_to_sign_is_told_to_wim(self):
        contract = self.send()
        contract.user_id = self.salesperson
        contract.action_agree()
        self._signer(self.start(contract))._decline("法人变更", META)

        status = self.ask('/wim/v1/contracts/W-2026-001').json()

        self.assertEqual(status['state'], 'draft')
        self.assertIn("法人变更", status['reason'])

    def test_changes_are_listed_page_by_page(self):
        first, second = self.send('W-2026-001'), self.send('W-2026-002')

        page = self.ask('/wim/v1/contracts?limit=1').json()
        self.assertEqual([row['contract_no'] for row in page['results']], [first.name])
        page = self.ask(f"/wim/v1/contracts?after={page['next_after']}").json()
        self.assertEqual([row['contract_no'] for row in page['results']], [second.name])
        self.assertEqual(self.ask('/wim/v1/contracts?since=2099-01-01T00:00:00Z').json()['results'], [])

    def test_questions_that_make_no_sense_are_refused(self):
        for path, status in (('/wim/v1/contracts?limit=0', 400), ('/wim/v1/contracts?after=x', 400), ('/wim/v1/contracts?since=x', 400),
                             ('/wim/v1/contracts/NONE', 404), ('/wim/v1/contracts/NONE/file', 404)):
            answer = self.ask(path)
            self.assertEqual(answer.status_code, status, path)
            self.assertTrue(answer.json()['error']['message'])

    def test_contracts_of_other_companies_are_unknown(self):
        contract = self.send()
        key = self.foreign_key()

        self.assertEqual(self.ask(f'/wim/v1/contracts/{contract.name}', key).status_code, 404)
        self.assertEqual(self.ask('/wim/v1/contracts', key).json()['results'], [])
        self.assertEqual(self.url_open('/wim/v1/contracts').status_code, 401)

    def foreign_key(self):
        """The key of an integrator of another company."""
        foreign = new_test_user(self.env, 'wc_foreign', 'waste.group_wim_integrator', company_id=self.other_company.id,
                                company_ids=[(6, 0, self.other_company.ids)])
        return self.env['res.users.apikeys'].with_user(foreign)._generate(None, 'WIM', datetime.now() + timedelta(days=1))
