import io
from unittest.mock import patch

from pypdf import PdfReader, PdfWriter

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.base.models.ir_actions_report import IrActionsReport

from .common import paper_text
from .test_agreement import AgreementCase


@tagged('post_install', '-at_install')
@freeze_time('2026-09-15')
class TestAgreementPaper(AgreementCase):

    def test_a_supplement_says_old_and_new(self):
        agreement = self._agreement(
            {'line_id': self.line.id, 'price_unit': 3000.0, 'planned_quantity_t': 20.0},
            {'kind': 'add', 'waste_name': "含铜污泥", 'price_unit': 1500.0, 'planned_quantity_t': 5.0},
            date_effective='2026-10-01', date_end='2026-11-30')

        paper = paper_text(agreement.with_user(self.salesperson)._get_document_pdf())

        for words in ("补充协议", agreement.name, self.contract.name, "2026年10月1日", "市场价上涨", "废活性炭", "2,800", "3,000",
                      "含铜污泥", "1,500.00", "宏达电路板厂", "第五百四十三条", "电子签名"):
            self.assertIn(words, paper)
        self.assertNotIn("{{", paper)
        rows = agreement._get_document_lines()
        self.assertEqual([row.number for row in rows], list(range(1, len(rows) + 1)))
        self.assertIn(("废活性炭", "2,800", "3,000"), [(row.target, row.old, row.new) for row in rows])

    def test_a_termination_has_its_own_paper(self):
        agreement = self._agreement(kind='termination', date_effective='2026-10-01', reason="停产搬迁")

        rendered = self.env['document.renderer']._render(agreement._get_document_html())

        paper = paper_text(rendered.pdf)
        for words in ("终止协议", self.contract.name, "停产搬迁", "2026年10月1日", "第五百六十二条", "第五百六十七条"):
            self.assertIn(words, paper)
        self.assertEqual(set(rendered.places), {'sig_party_a', 'sig_party_b'})

    def test_a_voiding_agreement_has_its_own_paper(self):
        agreement = self._agreement(kind='void', date_effective='2026-10-01', reason="合同主体填写错误")

        rendered = self.env['document.renderer']._render(agreement._get_document_html())

        paper = paper_text(rendered.pdf)
        for words in ("作废协议", self.contract.name, "合同主体填写错误", "2026年10月1日", "第五百六十二条",
                      "第五百六十六条", "全额无息退还"):
            self.assertIn(words, paper)
        self.assertEqual(set(rendered.places), {'sig_party_a', 'sig_party_b'})

    def test_what_the_producer_reads_stays(self):
        agreement = self._price_change(date_effective='2026-10-01')
        draft = agreement._get_document_html()
        agreement.state = 'approving'
        agreement.state = 'customer_review'
        first = agreement._get_document_pdf()
        self.producer.name = "改名了"

        self.assertIn('class="draft"', draft)
        self.assertEqual(agreement._get_document_pdf(), first)
        self.assertTrue(agreement.document_version_id)
        agreement.action_refuse("太贵")
        agreement.action_reset()
        self.assertFalse(agreement.document_version_id)

    def test_only_a_template_for_agreements(self):
        agreement = self._price_change(date_effective='2026-10-01')
        with self.assertRaises(ValidationError):
            agreement.document_template_id = self.env.ref('waste_contract.document_template_hazardous')

    def test_the_shipped_templates_could_be_published_today(self):
        for name in ('supplement', 'termination', 'void', 'quotation'):
            version = self.env.ref(f'waste_contract.document_template_{name}_v1')
            self.assertTrue(version.published_at)
            self.assertFalse(version.template_id._make_draft()._get_publish_error())

    def test_fixing_the_wording_of_many_contracts_asks_as_often_as_of_one(self):
        self.hazardous.document_template_id = self.env.ref('waste_contract.document_template_hazardous')
        contracts = self.env['sale.order'].concat(*(self._contract() for _number in range(22)))

        def queries(orders):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            orders._pin_document()
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        queries(contracts[0])  # what is read once for all
        one, twenty = queries(contracts[1]), queries(contracts[2:])

        self.assertEqual(one, twenty)
        self.assertEqual(len(contracts.document_version_id), 1)

    def test_printing_several_orders_gives_each_its_own_paper(self):
        self.hazardous.document_template_id = self.env.ref('waste_contract.document_template_hazardous')
        contracts = self._contract() | self._contract()
        order = self.env['sale.order'].create({'partner_id': self.producer.id})
        pages = sum(len(PdfReader(io.BytesIO(contract._get_document_pdf())).pages) for contract in contracts)
        blank = PdfWriter()
        blank.add_blank_page(width=595, height=842)
        odoo_pdf = io.BytesIO()
        blank.write(odoo_pdf)
        report = self.env['ir.actions.report']

        several, kind = report._render_qweb_pdf('sale.report_saleorder', res_ids=contracts.ids)
        with patch.object(IrActionsReport, '_render_qweb_pdf', autospec=True, return_value=(odoo_pdf.getvalue(), 'pdf')) as odoo:
            mixed, _kind = report._render_qweb_pdf('sale.report_saleorder', res_ids=(contracts | order).ids)

        self.assertEqual((kind, len(PdfReader(io.BytesIO(several)).pages)), ('pdf', pages))
        self.assertEqual(len(PdfReader(io.BytesIO(mixed)).pages), pages + 1)
        self.assertEqual(odoo.call_args.kwargs['res_ids'], order.ids)
        for contract in contracts:
            self.assertIn(contract.name.replace(' ', ''), paper_text(several))
