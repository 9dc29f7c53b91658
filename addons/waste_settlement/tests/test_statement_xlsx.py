from io import BytesIO

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestStatementXlsx(SettlementCase):
    """The statement as a workbook: totals, lines with their calculation, batches with their weighings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._active(cls._detail(waste_name="=1+1"))
        pickup = cls.env["waste.pickup"].create({
            "name": "TD-1", "contract_id": cls.contract.id, "producer_id": cls.producer.id, "company_id": cls.company.id,
            "business_id": cls.hazardous.id, "planned_at": "2026-09-10 00:00:00"})
        cls.env["waste.weighing"].create({
            "name": "BD-1", "pickup_id": pickup.id, "company_id": cls.company.id, "plate": "粤S12345",
            "gross_kg": 9000, "tare_kg": 8000, "net_kg": 1000, "second_weighed_at": "2026-09-10 01:00:00"})
        cls.batch = cls._batch(cls.contract, 1000, packages=4, pickup_id=pickup.id)
        cls._batch(cls.contract, 500, day="2026-09-11 02:00:00")
        cls.statement = cls._make(cls.contract)

    def _workbook(self, statements, user=None):
        report = self.env["report.waste_settlement.statement_xlsx"].with_user(user or self.finance)
        content, kind = report.with_context(active_model="waste.statement").create_xlsx_report(statements.ids, {})
        self.assertEqual(kind, "xlsx")
        return openpyxl.load_workbook(BytesIO(content))

    def test_three_sheets_say_all_that_the_amount_is_made_of(self):
        workbook = self._workbook(self.statement)

        self.assertEqual(workbook.sheetnames, ["Totals", "Lines", "Batches and Weighings"])
        totals, lines, batches = ([[cell.value for cell in row] for row in sheet] for sheet in workbook)
        self.assertEqual(totals[1][0], self.statement.name)
        self.assertEqual(totals[1][10], 4200.0)
        self.assertEqual(lines[1][2:7], [1500.0, 4, 2, 2800.0, 4200.0])
        self.assertIn("1.5 t × 2,800 = 4,200.00", lines[1][7])
        self.assertEqual(batches[1][2], self.batch.name)
        self.assertEqual(str(batches[1][4]), "2026-09-10 10:00:00", "the clock of the trade")
        self.assertEqual(batches[1][5:], [1000.0, 4, "BD-1", "粤S12345", 9000.0, 8000.0, 1000.0])
        self.assertEqual(len(batches), 3)

    def test_text_that_looks_like_a_formula_is_text(self):
        cell = self._workbook(self.statement)["Lines"]["B2"]
        self.assertEqual((cell.value, cell.data_type), ("=1+1", "s"))
        self.assertTrue(cell.quotePrefix)

    def test_who_may_not_read_the_statement_gets_no_file(self):
        with self.assertRaises(AccessError):
            self._workbook(self.statement, user=self.users["dispatcher"])
