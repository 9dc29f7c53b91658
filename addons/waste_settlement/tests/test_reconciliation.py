import base64
from io import BytesIO
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.waste.tools import sheet

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestReconciliation(SettlementCase):
    """The other side's list against ours, row by row."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contract = cls._active()
        cls.first = cls._batch(contract, 1000)
        cls.second = cls._batch(contract, 500, day="2026-09-20 02:00:00")
        cls.third = cls._batch(contract, 200, day="2026-09-25 16:30:00")
        cls.statement = cls._make(contract)
        cls.statement.action_approve()

    def _upload(self, *rows, user=None):
        workbook = openpyxl.Workbook()
        for row in rows:
            workbook.active.append(row)
        content = BytesIO()
        workbook.save(content)
        return self.env["waste.reconciliation"].with_user(user or self.finance).create({
            "statement_id": self.statement.id, "file": base64.b64encode(content.getvalue()), "filename": "宏达9月.xlsx"})

    def test_equal_different_only_ours_and_only_theirs(self):
        found = self._upload(
            ["批次号", "重量（吨）"], [self.first.name, 1], [self.second.name, "0.48"], ["PC-未知", 0.3])

        self.assertEqual(
            {row.label: (row.result, row.their_kg, row.our_kg) for row in found.line_ids},
            {self.first.name: ("equal", 1000, 1000), self.second.name: ("different", 480, 500),
             "PC-未知": ("only_theirs", 300, 0), self.third.name: ("only_ours", 0, 200)})
        self.assertEqual(found.open_count, 3)

    def test_without_numbers_waste_and_local_day_decide(self):
        found = self._upload(
            ["废物名称", "日期", "重量(公斤)"], ["废活性炭", "2026/09/26", 200], ["废活性炭", "2026-09-10", 1000])

        self.assertEqual(found.line_ids.filtered(lambda row: row.result == "equal").batch_id, self.first + self.third)

    def test_what_differs_becomes_an_objection_or_is_accepted(self):
        rows = (["批次号", "重量(公斤)"], [self.first.name, 1000], [self.second.name, 480], [self.third.name, 200])
        accepted = self._upload(*rows)
        accepted.action_accept()
        self.assertEqual((accepted.open_count, self.statement.state), (0, "approved"))

        disputed = self._upload(*rows)
        disputed.action_dispute()
        self.assertEqual((disputed.open_count, self.statement.state), (0, "disputed"))
        self.assertIn(f"{self.second.name}: theirs 480 kg, ours 500.0 kg", self.statement.objection_ids.note)

    def test_a_row_that_can_not_be_read_is_named_and_nothing_is_kept(self):
        header = ["批次号", "重量(公斤)"]
        for rows, sentence in (
                ([header, ["a", 1], ["b", "很重"]], "Row 3: “很重” is not a weight"),
                ([header, ["a", -1]], "Row 2: “-1” is not a weight"),
                ([["废物名称", "日期", "公斤"], ["a", "昨天", 1]], "Row 2: “昨天” is not a day"),
                ([["x", "y"], ["a", 1]], "needs a first row with the names of the columns")):
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence), self.cr.savepoint():
                self._upload(*rows)
        self.assertFalse(self.env["waste.reconciliation"].search([]))

    def test_files_that_are_too_large_or_no_workbook_are_refused(self):
        with patch.object(sheet, "MAX_BYTES", 10), self.assertRaisesRegex(UserError, "larger than 5 MB"):
            self._upload(["批次号", "公斤"])
        with patch.object(sheet, "MAX_ROWS", 1), self.assertRaisesRegex(UserError, "more than 20,000 rows"):
            self._upload(["批次号", "公斤"], ["a", 1], ["b", 1])
        with self.assertRaisesRegex(UserError, "is no Excel workbook"):
            self.env["waste.reconciliation"].create({
                "statement_id": self.statement.id, "file": base64.b64encode(b"a,b"), "filename": "x.xlsx"})

    def test_only_finance_uploads(self):
        with self.assertRaises(AccessError):
            self._upload(["批次号", "公斤"], user=self.salesperson)
