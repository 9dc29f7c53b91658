import io
from unittest.mock import patch

from pypdf import PdfReader

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.document_template.models.document_renderer import DocumentRenderer

from .common import ContractCase

TEMPLATES = ('hazardous', 'industrial', 'kitchen')


def text(pdf):
    return '\n'.join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace('\n', '')


@tagged('post_install', '-at_install')
@freeze_time('2026-09-15')
class TestContractDocument(ContractCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in TEMPLATES:  # others may have changed the businesses of this database
            cls.env.ref(f'waste.business_{name}').write({
                'document_template_id': cls.env.ref(f'waste_contract.document_template_{name}').id,
                'document_template_ids': [Command.clear()]})
        cls.producer.write({'uscc': '91441900MA4UKRF42J', 'city': "东莞市", 'street': "长安镇振安中路 268 号"})

    def _new_version(self, template, words):
        draft = template._make_draft()
        draft.clause_ids.filtered(lambda clause: clause.kind == 'text')[0].body = f"<p>{words}</p>"
        draft.action_publish()
        return draft

    def test_the_paper_of_a_hazardous_contract(self):
        contract = self._contract(
            self._detail(floor_price=2471.0), self._detail(waste_name="含铜污泥", pricing_mode='negative', price_unit=-300.0))

        pdf = contract.with_user(self.salesperson)._get_document_pdf()

        paper = text(pdf)
        for words in ("危险废物委托处置合同", contract.name, "宏达电路板厂", "91441900MA4UKRF42J", "东莞市长安镇振安中路 268 号",
                      "废活性炭", "900-039-49", "2,800.00 元/吨", "300.00 元/吨", "电子签名", "联单", "贰万捌仟元整", "2026年12月31日"):
            self.assertIn(words.replace(' ', ''), paper.replace(' ', ''))
        self.assertNotIn("2,471", paper)
        self.assertNotIn("{{", paper)

    def test_kitchen_contracts_are_signed_by_three(self):
        contract = self._contract(
            self._detail(waste_code_id=False, waste_name="餐厨垃圾", pricing_mode='tier_excess', price_unit=300.0),
            business_id=self.kitchen.id, government_id=self.government.id)

        rendered = self.env['document.renderer']._render(contract._get_document_html())

        self.assertEqual(set(rendered.places), {'sig_party_a', 'sig_party_b', 'sig_party_c'})
        self.assertIn("餐厨垃圾收运处置三方协议", text(rendered.pdf))
        self.assertIn("南城城管分局", text(rendered.pdf))

    def test_signature_places_never_stand_alone_on_a_page(self):
        contract = self._contract()
        for count in (1, 4, 9, 14, 19):
            details = [self._detail(waste_name=f"废物 {number}") for number in range(count)]
            contract.order_line = [Command.clear(), *map(Command.create, details)]

            rendered = self.env['document.renderer']._render(contract._get_document_html())

            page = rendered.places['sig_party_a']['page']
            self.assertEqual(page, rendered.places['sig_party_b']['page'])
            last = PdfReader(io.BytesIO(rendered.pdf)).pages[page - 1].extract_text()
            self.assertIn("合同生效及其他", last.replace('\n', ''), count)

    def test_s0_3_2_1_h_new_contracts_use_the_new_version_those_in_signing_keep_theirs(self):
        template = self.hazardous.document_template_id
        first = template.version_id
        signing = self._walk(self._contract(), 'approving', 'customer_review', 'signing')
        second = self._new_version(template, "第二版")
        new = self._contract()

        self.assertIn("第二版", new._get_document_html())
        self.assertNotIn("第二版", signing._get_document_html())
        new.contract_state = 'approving'
        self.assertEqual((signing.document_version_id, new.document_version_id), (first, second))

    def test_s0_3_1_2_c_each_business_has_its_template_and_a_company_its_own(self):
        other = self._new_template("危废处置合同（东实）")
        self.env['waste.business.policy'].create({
            'business_id': self.hazardous.id, 'company_id': self.company.id, 'document_template_id': other.id})

        self.assertEqual(self._contract().document_template_id, other)
        self.assertEqual(
            self._contract(self._detail(waste_code_id=False), business_id=self.industrial.id).document_template_id,
            self.env.ref('waste_contract.document_template_industrial'))

    def _new_template(self, name):
        source = self.hazardous.document_template_id.version_id
        template = self.env['document.template'].create({'name': name, 'model': 'sale.order', 'version_ids': [Command.create(
            {'title': name, 'clause_ids': [Command.create(clause._copy_values()) for clause in source.clause_ids]})]})
        template.version_ids.action_publish()
        return template

    def test_another_template_only_where_the_business_allows(self):
        other = self._new_template("危废处置合同（简版）")
        contract = self._contract()
        with self.assertRaises(ValidationError):
            contract.document_template_id = other

        self.hazardous.document_template_ids = other
        contract.invalidate_recordset(['allowed_template_ids'])
        contract.document_template_id = other

        self.assertIn("危废处置合同（简版）", contract._get_document_html())
        contract.contract_state = 'approving'
        with self.assertRaises(UserError):
            contract.document_template_id = self.hazardous.document_template_id

    def test_what_the_producer_reads_stays_the_same_bytes(self):
        contract = self._walk(self._contract(), 'approving', 'customer_review')
        first = contract._get_document_pdf()
        self.producer.street = "搬家了"

        with patch.object(DocumentRenderer, '_render', side_effect=AssertionError("drawn twice")):
            self.assertEqual(contract.with_user(self.manager)._get_document_pdf(), first)
        rendition = contract.sudo().document_rendition_id
        self.assertEqual(rendition.version_id, contract.document_version_id)
        self.assertEqual((len(rendition.sha256), set(rendition.places)), (64, {'sig_party_a', 'sig_party_b'}))
        with self.assertRaises(UserError):
            rendition.attachment_id.raw = b'x'

    def test_nobody_writes_the_wording_or_the_file_of_a_paper_by_rpc(self):
        contract = self._walk(self._contract(), 'approving', 'customer_review')
        contract._get_document_pdf()
        for user in (self.salesperson, self.manager, self.users['admin']):
            for name in ('document_version_id', 'document_rendition_id', 'document_archive_id'):
                with self.subTest(user=user.login, field=name), self.assertRaises(UserError):
                    contract.with_user(user).write({name: contract.sudo().document_version_id.id})
            with self.assertRaises(UserError):
                contract.with_user(user).write({'document_rendition_id': False})
        self.assertTrue(contract.sudo().document_rendition_id)

    def test_s0_3_2_1_d_the_signed_file_is_archived_and_stays(self):
        contract = self._contract()
        with self.assertRaises(UserError):
            contract.with_user(self.salesperson).write({'signed_file': 'JVBERi0=', 'signed_file_name': "scan.pdf"})
        contract = self._contract(contract_state='active')
        mine = contract.with_user(self.salesperson)

        mine.write({'signed_file': 'JVBERi0=', 'signed_file_name': "scan.pdf"})

        archive = contract.sudo().document_archive_id
        file = archive.attachment_id
        self.assertRegex(mine.archive_number, r'^DA-2026-\d{5}$')
        self.assertEqual((file.name, file.is_locked, mine.archive_sha256), ("scan.pdf", True, archive.sha256))
        with self.assertRaises(UserError):
            mine.write({'signed_file': 'eA=='})
        for user in (self.salesperson, self.users['admin'], self.env.user):
            for attack in (file.with_user(user).unlink, lambda user=user: file.with_user(user).write({'raw': b'x'})):
                with self.assertRaises(UserError):
                    attack()
        with self.assertRaises(UserError):
            contract.with_user(self.manager)._unarchive_document("错误的扫描件")
        contract.with_user(self.users['admin'])._unarchive_document("错误的扫描件")
        self.assertFalse(contract.is_archived)
        self.assertIn("错误的扫描件", contract.message_ids[0].body)
        self.assertTrue(file.exists().is_locked)

    def test_back_to_the_author_the_paper_follows_again(self):
        contract = self._walk(self._contract(), 'approving', 'customer_review')
        first = contract._get_document_pdf()

        contract.action_refuse("单价要改")
        contract.order_line.price_unit = 2600.0

        self.assertFalse(contract.document_version_id)
        self.assertNotEqual(contract._get_document_pdf(), first)
        self.assertIn("2,600.00", contract._get_document_html())

    def test_a_draft_says_so(self):
        contract = self._contract()

        self.assertIn('class="draft"', contract._get_document_html())
        self._walk(contract, 'approving', 'customer_review')
        self.assertNotIn('class="draft"', contract._get_document_html())

    def test_the_preview_is_of_a_contract_of_the_template_that_the_user_may_read(self):
        own = self._contract()
        self._contract(business_id=self.industrial.id)
        other = self.env['res.company'].create({'name': "东实餐厨公司", 'currency_id': self.company.currency_id.id})
        foreign = self._contract(company_id=other.id, invoicing_company_id=other.id)
        version = self.hazardous.document_template_id.version_ids[:1].with_user(self.users['admin'])

        for chosen in (False, foreign.id):
            version.sudo().sample_id = chosen
            with self.subTest(chosen=chosen):
                self.assertEqual(version._get_sample(), own)
                self.assertIn(own.name, version.preview)

    def test_a_condition_is_told_in_words(self):
        clause = self.env['document.clause'].new({'model': 'sale.order', 'condition': str([
            ('lump_sum_amount', '>', 0), ('business_id.code', 'in', ['WF', 'GF']), ('settlement_cycle', '=', 'month')])})

        self.assertEqual(clause.condition_label, "Lump Sum > 0; Business › Code in WF, GF; Settlement Cycle = Monthly")

    def test_optional_clauses_follow_their_condition(self):
        plain = self._contract()
        lump = self._contract(self._detail(pricing_mode='lump_year', price_unit=3500.0), lump_sum_amount=8000, included_quantity_t=3)

        self.assertNotIn("包干费用", plain._get_document_html())
        self.assertIn("8,000.00", lump._get_document_html())

    def test_no_condition_asks_for_the_floor_price(self):
        template = self.hazardous.document_template_id
        draft = template._make_draft()
        for condition in ("[('order_line.floor_price', '>', 0)]", "[('order_line', 'any', [('floor_price', '>', 0)])]"):
            with self.subTest(condition=condition), self.assertRaises(ValidationError):
                draft.clause_ids[1].condition = condition

    def test_additional_terms_standard_or_custom(self):
        standard = self.env['document.clause'].create({'name': "检修", 'body': "<p>六月停炉十五日</p>"})
        contract = self._contract(clause_ids=[Command.create({'standard_id': standard.id})])

        self.assertEqual((contract.clause_ids.name, contract.has_custom_clauses), ("检修", False))
        contract.clause_ids.body = "<p>六月停炉三十日</p>"
        self.assertTrue(contract.has_custom_clauses)
        self.assertIn("停炉三十日", contract._get_document_html())
        standard.body = "<p>改了</p>"
        self.assertIn("停炉三十日", contract.clause_ids.body)
        # Terms of its own ask the general manager.
        self._new_user('user', 'h3_gm').group_ids += self.env.ref('waste_contract.group_director_approver')
        contract.contract_state = 'approving'
        for change in (lambda: contract.clause_ids.write({'body': "<p>x</p>"}), contract.clause_ids.unlink,
                       lambda: contract.write({'clause_ids': [Command.create({'name': "x"})]})):
            with self.assertRaises(UserError):
                change()

    def test_hostile_data_stays_data(self):
        self.producer.name = '<img src="file:///etc/passwd">{{total}}<script>1</script>'
        html = str(self._contract()._get_document_html())

        self.assertIn('&lt;img src="file:///etc/passwd"&gt;{{total}}&lt;script&gt;', html.replace('&#34;', '"'))

    def test_the_shipped_templates_could_be_published_today(self):
        for name in TEMPLATES:
            version = self.env.ref(f'waste_contract.document_template_{name}_v1')
            draft = version.template_id._make_draft()
            self.assertFalse(draft._get_publish_error(), name)
            self.assertTrue(version.published_at, name)

    def test_the_form_button_shows_the_pdf_to_readers_only(self):
        contract = self._contract()
        action = contract.with_user(self.salesperson).action_preview_document()
        stranger = self._new_user('salesperson', 'h3_doc_stranger')

        preview = self.env[action['res_model']].with_user(self.salesperson).browse(action['res_id'])
        self.assertTrue(preview.pdf)
        with self.assertRaises(UserError):
            contract.with_user(stranger).action_preview_document()
        with self.assertRaises(UserError):
            self.env[action['res_model']].with_user(stranger).browse(action['res_id']).read(['pdf'])

    def test_a_contract_without_template_says_what_to_do(self):
        self.hazardous.document_template_id = False

        with self.assertRaisesRegex(UserError, "template"):
            self._contract().with_context(lang='en_US').action_preview_document()

    def test_printing_is_for_portal_users_of_the_contract(self):
        portal = new_test_user(
            self.env, 'h3_doc_portal', 'base.group_portal', company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)], partner_id=self.env['res.partner'].create(
                {'name': "环保专员", 'parent_id': self.producer.id, 'email': 'doc@example.com'}).id)
        draft, reviewed = self._contract(), self._walk(self._contract(), 'approving', 'customer_review')

        self.assertTrue(reviewed.with_user(portal)._get_document_pdf().startswith(b'%PDF-1.7'))
        with self.assertRaises(UserError):
            draft.with_user(portal)._get_document_pdf()
