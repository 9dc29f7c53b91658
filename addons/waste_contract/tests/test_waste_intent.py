import io

from PIL import Image

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.esign.tests.common import META

from .test_contract_esign import ContractSigningCase

FORM = {
    'waste_name': "含铜污泥", 'waste_code': "HW22", 'yearly_quantity_t': '20', 'process': "电镀线沉淀", 'hazards': "铜",
    'is_sample_wished': '1', 'contact_name': "王建国", 'contact_phone': '13800138000',
}


def photo():
    file = io.BytesIO()
    Image.new('RGB', (40, 30), 'teal').save(file, 'JPEG')
    return file.getvalue()


@tagged('post_install', '-at_install')
class TestWasteIntent(ContractSigningCase, HttpCase):
    registry_test_mode = False  # EsignCase has entered it

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss.email = 'wi_boss@example.com'
        new_test_user(cls.env, 'wi_boss', 'base.group_portal', partner_id=cls.boss.id, company_id=cls.company.id, lang='en_US',
                      company_ids=[Command.set(cls.company.ids)])
        cls.hazardous.company_id = cls.company
        cls.env['waste.assignment'].create({
            'producer_id': cls.producer.id, 'business_id': cls.hazardous.id, 'user_id': cls.salesperson.id, 'share_percent': 100,
            'date_from': '2026-01-01'})

    def fill_in(self, files=(), **values):
        self.authenticate('wi_boss', 'wi_boss')
        data = {'csrf_token': http.Request.csrf_token(self), 'business_id': self.hazardous.id, **FORM, **values}
        return self.url_open(
            '/my/intents/new', data=data, files=[('photos', file) for file in files] or [('photos', ('', b''))], allow_redirects=False)

    def intents(self):
        return self.env['waste.intent'].search([('partner_id', '=', self.producer.id)], order='id')

    def sign(self, intent):
        envelope = self.envelope(intent)
        self.sign_by_hand(envelope)
        return envelope

    def submitted(self, **values):
        self.fill_in(files=[('a.jpg', photo()), ('b.jpg', photo())], **values)
        intent = self.intents()[-1]
        self.sign(intent)
        return intent

    def test_s0_3_2_1_n_form_with_photos_becomes_a_lead_of_its_salesperson(self):
        answer = self.fill_in(files=[('a.jpg', photo()), ('b.jpg', photo())])
        intent = self.intents()
        self.assertEqual((answer.status_code, intent.state, len(intent.photo_ids)), (303, 'draft', 2))
        self.assertEqual(answer.headers['Location'], self._signer(self.envelope(intent))._link())
        self.assertFalse(intent.lead_id)

        envelope = self.sign(intent)

        self.assertEqual((intent.state, envelope.state, envelope.kind), ('submitted', 'completed', 'form'))
        self.assertRegex(intent.name, r'^YX-\d{4}-\d{4}$')
        lead = intent.lead_id
        self.assertEqual((lead.user_id, lead.partner_id, lead.business_id), (self.salesperson, self.producer, self.hazardous))
        self.assertEqual(lead.message_ids.attachment_ids.raw, envelope.revision_id._get_pdf())
        self.assertEqual(intent.archive_sha256, envelope.final_sha256)
        self.assertIn("Submitted", self.url_open('/my/intents').text)
        self.assertEqual(self.url_open(f'/my/intents/{intent.id}/file').content, envelope.revision_id._get_pdf())

    def test_s0_3_2_1_o_without_signature_nothing_is_submitted(self):
        self.fill_in()
        intent = self.intents()

        self._signer(self.envelope(intent))._decline("还没想好", META)

        self.assertEqual(intent.state, 'cancelled')
        self.assertFalse(intent.lead_id or intent.content_sha256 or intent.archive_number)

    def test_signed_form_is_locked_and_its_digest_kept(self):
        intent = self.submitted()

        self.assertEqual(intent.content_sha256, intent._get_content_sha256())
        for name, value in (('yearly_quantity_t', 99), ('process', "别的"), ('content_sha256', 'x')):
            with self.assertRaisesRegex(UserError, "can no longer be changed"):
                intent[name] = value
        with self.assertRaises(UserError):
            intent.photo_ids[0].raw = b'x'
        with self.assertRaises(UserError):
            intent.unlink()

    def test_later_change_is_a_new_version_with_a_signature_of_its_own(self):
        first = self.submitted()
        lead = first.lead_id

        self.fill_in(previous=first.id, yearly_quantity_t='35')
        second = self.intents()[-1]
        self.assertEqual((second.previous_id, second.version, second.name, second.state), (first, 2, first.name, 'draft'))
        self.assertEqual((first.state, first.yearly_quantity_t), ('submitted', 20))
        self.assertEqual(len(second.photo_ids), 2)
        self.sign(second)

        self.assertEqual((first.state, second.state, second.lead_id), ('replaced', 'submitted', lead))
        self.assertNotEqual(first.content_sha256, second.content_sha256)

    def test_bad_input_is_one_sentence_and_nothing_is_kept(self):
        for values, sentence in (
                ({'waste_name': ' '}, "Fill in “Waste”."), ({'process': ''}, "Fill in “Production Process”."),
                ({'yearly_quantity_t': '-1'}, "above zero"), ({'yearly_quantity_t': 'nan'}, "above zero"),
                ({'yearly_quantity_t': 'x'}, "above zero"), ({'business_id': '0'}, "Choose what kind of waste"),
                ({'business_id': '99999999999'}, "Choose what kind of waste"), ({'contact_phone': ''}, "Mobile")):
            page = self.fill_in(**values)

            self.assertEqual(page.status_code, 200, values)
            self.assertIn(sentence, page.text)
            self.assertIn("电镀线" if values.get('process') != '' else "含铜污泥", page.text)
        page = self.fill_in(files=[('x.jpg', b'<svg onload=alert(1)>')])
        self.assertIn("send photos as JPEG or PNG", page.text)
        page = self.fill_in(files=[(f'{number}.jpg', photo()) for number in range(7)])
        self.assertIn("Send 6 photos at most", page.text)
        self.assertFalse(self.intents())
        self.assertFalse(self.env['esign.envelope'].search([('res_model', '=', 'waste.intent')]))

    def test_what_is_typed_is_text_only(self):
        page = self.fill_in(waste_name='<script>alert(1)</script>', process='')

        self.assertNotIn('<script>alert(1)', page.text)

    def test_forms_of_others_are_closed(self):
        intent = self.submitted()
        other = self.env['res.partner'].create({'name': "路人", 'phone': '13700137000', 'email': 'o@example.com'})
        new_test_user(self.env, 'wi_other', 'base.group_portal', partner_id=other.id)
        self.authenticate('wi_other', 'wi_other')

        self.assertNotIn(intent.name, self.url_open('/my/intents').text)
        self.assertEqual(self.url_open(f'/my/intents/{intent.id}/file').status_code, 404)
        self.assertNotIn("电镀线", self.url_open(f'/my/intents/new?previous={intent.id}').text)

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_who_may_what(self):
        intent = self.submitted()
        reads = {'salesperson': True, 'sales_manager': True, 'customer_service': True, 'dispatcher': False, 'finance': False}
        for role, may in reads.items():
            records = self.env['waste.intent'].with_user(self.users[role])
            self.assertEqual(records.has_access('read'), may, role)
            for operation in ('write', 'create', 'unlink'):
                self.assertFalse(records.has_access(operation), f'{role} {operation}')
            self.assertEqual(bool(may and records.search([('id', '=', intent.id)])), may, role)
        colleague = self._new_user('salesperson', 'wi_colleague')
        self.assertFalse(self.env['waste.intent'].with_user(colleague).search([('id', '=', intent.id)]))
        portal = self.env['res.users'].search([('login', '=', 'wi_boss')])
        self.assertFalse(self.env['waste.intent'].with_user(portal).has_access('read'))
        elsewhere = self._new_user('sales_manager', 'wi_elsewhere', company=self.env['res.company'].create({'name': "另一家公司"}))
        theirs = self.env['waste.intent'].with_user(elsewhere).with_context(allowed_company_ids=elsewhere.company_ids.ids)
        self.assertFalse(theirs.search([('id', '=', intent.id)]))
