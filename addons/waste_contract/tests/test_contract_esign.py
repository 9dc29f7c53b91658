import io
from unittest.mock import patch

from pypdf import PdfReader

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.esign.tests.common import META, EsignCase

from .common import ContractCase, paper_text


class ContractSigningCase(ContractCase, EsignCase):
    """A contract that all parties agreed on, a seal of its company, a producer with a mobile phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.env['res.partner'].create({'name': "王建国", 'parent_id': cls.producer.id, 'phone': '13800138000'})
        cls.officer = cls.env['res.partner'].create({'name': "李科长", 'parent_id': cls.government.id, 'phone': '13900139000'})
        cls.env['esign.template.party'].search([]).reading_seconds = 0
        for login in ('custodian', 'approver'):
            setattr(cls, login, cls._user(f'ct_{login}', f'esign.group_{login}'))
        cls.seal = cls._seal(cls.company, cls.custodian)

    def agreed(self, **values):
        contract = self._contract(user_id=self.salesperson.id, **values)
        states = ['approving', 'customer_review', *(['gov_review'] if contract.needs_government_review else []), 'signing']
        return self._walk(contract, *states)

    def kitchen_contract(self, **values):
        detail = self._detail(waste_name="餐厨垃圾", waste_code_id=False, pricing_mode='kitchen_free', price_unit=0)
        return self.agreed(business_id=self.kitchen.id, government_id=self.government.id,
                           order_line=[Command.create(detail)], **values)

    def start(self, contract):
        contract.with_user(self.salesperson).action_start_signing()
        return self.envelope(contract)

    def envelope(self, contract):
        return self.env['esign.envelope'].sudo().search([('res_model', '=', contract._name), ('res_id', '=', contract.id)], limit=1)

    def sign_by_hand(self, envelope, key='party_a'):
        signer = self._signer(envelope, key)
        self._ready(signer)
        self._sign(signer, nonce=f'nonce-{envelope.id}-{key}')

    def seal_it(self, envelope):
        self._approve(envelope)
        self._put(envelope)

    def signed(self, **values):
        contract = self.agreed(**values)
        envelope = self.start(contract)
        self.sign_by_hand(envelope)
        self.seal_it(envelope)
        return contract, envelope


@tagged('post_install', '-at_install')
class TestContractEsign(ContractSigningCase):

    def test_one_click_sends_the_paper_to_its_parties_in_order(self):
        contract = self.agreed()

        envelope = self.start(contract)

        self.assertEqual((envelope.state, envelope.kind, envelope.company_id), ('signing', 'contract', self.company))
        self.assertEqual(
            [(signer.key, signer.action, signer.name, signer.company_name, signer.state) for signer in envelope.signer_ids], [
                ('party_a', 'sign', "王建国", "宏达电路板厂", 'invited'),
                ('party_b', 'seal', self.company.name, self.company.name, 'waiting')])
        self.assertEqual(contract.document_rendition_id.sha256, envelope.revision_ids.sorted('id')[0].sha256)
        self.assertIn("王建国", contract.with_user(self.salesperson).next_step)

    def test_completed_contract_is_archived_and_in_force(self):
        contract, envelope = self.signed()

        self.assertEqual((envelope.state, contract.contract_state, contract.state), ('completed', 'active', 'sale'))
        self.assertEqual(contract.date_signed, fields.Date.context_today(contract))
        archived = contract.document_archive_id.attachment_id
        self.assertTrue(contract.archive_number)
        self.assertEqual(contract.archive_sha256, envelope.final_sha256)
        self.assertTrue(archived.is_locked)
        with self.assertRaises(UserError):
            archived.sudo().raw = b'%PDF-other'

    def test_contract_that_starts_later_waits_for_its_day(self):
        day = fields.Date.add(fields.Date.context_today(self.env.user), days=10)
        contract, envelope = self.signed(date_start=day, date_end=fields.Date.add(day, years=1))

        self.assertEqual((envelope.state, contract.contract_state), ('completed', 'signing'))
        self.assertTrue(contract.date_signed and contract.archive_number)

    def test_evidence_report_lies_beside_the_signed_file(self):
        contract, envelope = self.signed()

        envelope._make_report()

        files = contract.contract_file_ids
        self.assertEqual(set(files.mapped('contract_file_kind')), {'signed'})
        self.assertEqual(len(files), 2)
        self.assertIn(envelope.report_id.raw, files.mapped('raw'))
        self.assertEqual(files.mapped('is_locked'), [True, True])
        self.assertIn(envelope.revision_id._get_pdf(), contract._get_producer_files().mapped('raw'))

    def test_s0_3_2_1_i_paper_without_gaps_seal_at_its_place_and_the_use_logged_with_the_number(self):
        contract, envelope = self.signed()
        pdf = contract.document_archive_id.attachment_id.raw
        place = contract.sudo().document_rendition_id.places['sig_party_b']

        words = paper_text(pdf)
        self.assertIn(contract.name, words)
        self.assertNotIn('{{', words)
        page = PdfReader(io.BytesIO(pdf)).pages[place['page'] - 1]
        seal = next(note.get_object() for note in page['/Annots'] if note.get_object().get('/T') == 'party_b')
        for low, high in ((0, 2), (1, 3)):  # the seal is as large as a seal, in the middle of its place
            self.assertAlmostEqual(*[float(box[low]) + float(box[high]) for box in (seal['/Rect'], place['box'])], delta=1)
        self.assertIn('/Image', [picture['/Subtype'] for picture in self._pictures(seal['/AP']['/N'])])
        use = self.env['esign.seal.use'].search([('envelope_id', '=', envelope.id)])
        self.assertRecordValues(use, [{'seal_id': self.seal.id, 'result': 'put', 'user_id': self.custodian.id}])
        self.assertIn(contract.name, use.document)
        self.assertEqual(self.seal.organisation, self.company.name)

    def _pictures(self, form):
        """Yield what a form draws, and what is drawn in that."""
        for name in (form.get('/Resources') or {}).get('/XObject') or {}:
            drawn = form['/Resources']['/XObject'][name]
            yield drawn
            yield from self._pictures(drawn)

    def test_s0_3_2_1_e_kitchen_contract_is_completed_only_after_all_three_in_their_order(self):
        contract = self.kitchen_contract()
        envelope = self.start(contract)
        producer, company, officer = envelope.signer_ids
        self.assertEqual(
            [(signer.key, signer.action, signer.order) for signer in envelope.signer_ids],
            [('party_a', 'sign', 1), ('party_b', 'seal', 2), ('party_c', 'review', 3)])

        def review(nonce):
            return officer._review('pass', "同意备案", [], base_sha256=envelope.current_sha256, nonce=nonce,
                                   consents={'statement': True, 'strokes': True}, meta=META)

        self.assertRefused('wait', lambda: review('nonce-too-early'))
        self._approve(envelope)
        self.assertEqual(self._put(envelope)['params']['type'], 'danger')
        self.sign_by_hand(envelope)
        self.assertRefused('wait', lambda: review('nonce-still-early'))
        self._put(envelope)
        self.assertEqual((producer.state, company.state), ('signed', 'signed'))
        self.assertEqual((envelope.state, contract.contract_state), ('signing', 'signing'))
        self.assertFalse(contract.archive_number)
        self._ready(officer)
        review('nonce-officer')

        self.assertEqual((envelope.state, contract.contract_state), ('completed', 'active'))
        self.assertTrue(contract.archive_number)
        self.assertTrue(any("同意备案" in (message.body or '') for message in contract.message_ids))

    def test_declined_contract_goes_back_with_the_reason(self):
        contract = self.agreed()
        envelope = self.start(contract)

        self._signer(envelope)._decline("数量有误", META)

        self.assertEqual((envelope.state, contract.contract_state), ('declined', 'draft'))
        self.assertIn("数量有误", contract.return_reason)
        self.assertFalse(contract.archive_number)
        activity = contract.activity_ids.filtered(lambda activity: "数量有误" in (activity.note or ''))
        self.assertEqual(activity.user_id, self.salesperson)

    def test_expired_link_leaves_the_contract_to_be_sent_again(self):
        contract = self.agreed()
        envelope = self.start(contract)

        self._signer(envelope)._expire()
        self.assertEqual((envelope.state, contract.contract_state), ('expired', 'signing'))
        again = self.start(contract)

        self.assertNotEqual(again, envelope)
        self.assertEqual(again.state, 'signing')
        with self.assertRaisesRegex(UserError, "can't be extended"), self.env.cr.savepoint():
            self._signer(envelope).with_user(self.salesperson).action_extend()
        self.assertEqual(envelope.state, 'expired')

    def test_cancelled_contract_withdraws_its_envelope(self):
        contract = self.agreed()
        envelope = self.start(contract)

        contract.with_user(self.salesperson).action_cancel_contract("不再合作")

        self.assertEqual((envelope.state, contract.contract_state), ('cancelled', 'cancelled'))

    def test_signed_on_paper_and_electronically_exclude_each_other(self):
        contract = self.agreed()
        self.start(contract)

        with self.assertRaisesRegex(UserError, "is being signed electronically"):
            contract.with_user(self.salesperson).action_sign()
        self.assertFalse(contract.date_signed)
        with self.assertRaisesRegex(UserError, "is being signed already"):
            contract.with_user(self.salesperson).action_start_signing()

        paper = self.agreed()
        paper.with_user(self.salesperson).action_sign()
        with self.assertRaisesRegex(UserError, "is sent for signing when it is agreed"):
            paper.with_user(self.salesperson).action_start_signing()

    def test_only_agreed_contracts_are_sent(self):
        for states in ([], ['approving'], ['approving', 'customer_review']):
            contract = self._walk(self._contract(), *states)

            with self.assertRaisesRegex(UserError, "is sent for signing when it is agreed"):
                contract.action_start_signing()
            self.assertFalse(self.envelope(contract))

    def test_only_sales_staff_sends(self):
        contract = self.agreed()

        for role in ('finance', 'dispatcher', 'customer_service'):
            with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule'):
                contract.with_user(self.users[role]).action_start_signing()
        self.assertFalse(self.envelope(contract))

    def test_producer_without_mobile_is_named_and_nothing_is_kept(self):
        self.boss.phone = False
        contract = self.agreed()

        with self.assertRaisesRegex(UserError, "王建国"):
            contract.with_user(self.salesperson).action_start_signing()
        self.assertFalse(self.envelope(contract))

    def test_what_keeps_a_signed_contract_from_its_start_is_told(self):
        """The signatures stand whatever the contract's own checks say on that day."""
        contract = self.agreed()
        envelope = self.start(contract)
        self.sign_by_hand(envelope)
        with patch.object(type(contract), '_get_blocking_sentence', return_value="许可证已过期"):
            self.seal_it(envelope)

        self.assertEqual((envelope.state, contract.contract_state), ('completed', 'signing'))
        self.assertTrue(contract.archive_number)
        self.assertIn("许可证已过期", contract.activity_ids.mapped('note')[0])

    def test_salespeople_see_their_own_envelopes_only(self):
        envelope = self.start(self.agreed())
        other = self._new_user('salesperson', 'ct_other_salesperson')

        Envelope = self.env['esign.envelope']
        self.assertIn(envelope, Envelope.with_user(self.salesperson).search([]))
        self.assertNotIn(envelope, Envelope.with_user(other).search([]))
        self.assertFalse(self.env['esign.revision'].with_user(other).search([('envelope_id', '=', envelope.id)]))
        self.assertFalse(self.env['esign.signer'].with_user(other).search([('envelope_id', '=', envelope.id)]))
        self.assertFalse(self.env['esign.event'].with_user(other).search([('envelope_id', '=', envelope.id)]))
        self.assertIn(envelope, Envelope.with_user(self.manager).search([]))
        self.assertIn(envelope, Envelope.with_user(self.custodian).search([]))


@tagged('post_install', '-at_install')
class TestAgreementEsign(ContractSigningCase):

    def agreement(self, contract, kind='supplement', **values):
        today = fields.Date.context_today(contract)
        values = {'lump_sum_amount': 5000, **values} if kind == 'supplement' else values
        agreement = self.env['waste.contract.agreement'].create({
            'order_id': contract.id, 'kind': kind, 'date_effective': today, 'reason': "市场变化", **values})
        for state in ('approving', 'customer_review', 'signing'):
            agreement.state = state
        return agreement

    def test_agreement_is_an_envelope_of_its_own_linked_to_the_contracts(self):
        contract, first = self.signed()
        agreement = self.agreement(contract)

        envelope = self.start(agreement)
        self.assertEqual((envelope.replaces_id, envelope.kind), (first, 'supplement'))
        self.sign_by_hand(envelope)
        self.seal_it(envelope)

        self.assertEqual((agreement.state, envelope.state), ('in_force', 'completed'))
        self.assertEqual(agreement.archive_sha256, envelope.final_sha256)
        self.assertNotEqual(agreement.archive_number, contract.archive_number)

    def test_termination_and_voiding_end_the_contract_when_signed(self):
        for kind, state in (('termination', 'terminated'), ('void', 'voided')):
            contract, first = self.signed()
            agreement = self.agreement(contract, kind)
            envelope = self.start(agreement)
            self.assertEqual((envelope.replaces_id, envelope.kind), (first, kind))
            self.assertEqual(contract.contract_state, 'active')

            self.sign_by_hand(envelope)
            self.seal_it(envelope)

            self.assertEqual(contract.contract_state, state)
            self.assertEqual(first.is_annulled, kind == 'void')

    def test_declined_agreement_is_refused_and_the_contract_stays(self):
        contract, _first = self.signed()
        agreement = self.agreement(contract)
        envelope = self.start(agreement)

        self._signer(envelope)._decline("价格太高", META)

        self.assertEqual((agreement.state, contract.contract_state), ('refused', 'active'))

    def test_contract_signed_on_paper_can_be_ended_electronically(self):
        contract = self._walk(self._contract(), 'approving', 'customer_review', 'signing', 'active')
        agreement = self.agreement(contract, 'termination')

        envelope = self.start(agreement)

        self.assertFalse(envelope.replaces_id)
        self.assertEqual(envelope.kind, 'other')
