import base64
from io import BytesIO

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ContractCase


@tagged('post_install', '-at_install')
class TestContractSheet(ContractCase):
    """The waste details of a contract out to Excel and in again: all rows or none, each wrong one named."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(cls._detail(waste_name="=HYPERLINK(1)"), user=cls.salesperson)

    def _sheet(self, user=None):
        return self.env['waste.contract.sheet'].with_user(user or self.salesperson).create({'order_id': self.contract.id})

    def _rows(self):
        return openpyxl.load_workbook(BytesIO(base64.b64decode(self._sheet().out_file))).active

    def _import(self, *rows, user=None):
        workbook = openpyxl.Workbook()
        workbook.active.append([cell.value for cell in self._rows()[1]])
        for row in rows:
            workbook.active.append(row)
        content = BytesIO()
        workbook.save(content)
        wizard = self._sheet(user)
        wizard.file = base64.b64encode(content.getvalue())
        return wizard.action_import()

    def test_out_it_holds_the_terms_and_no_formula(self):
        row = self._rows()[2]
        self.assertEqual([cell.value for cell in row][:6], [
            self.contract.order_line.line_no, "=HYPERLINK(1)", '900-039-49', "Per tonne", 2800, 10])
        self.assertEqual(row[1].data_type, 's')

    def test_in_it_changes_known_details_and_adds_the_others(self):
        line = self.contract.order_line

        self._import(
            [line.line_no, "废活性炭", '900-039-49', "Per tonne", "2,900", 12, None],
            [None, "废包装桶", None, "Per package", 15, None, 120])

        self.assertRecordValues(self.contract.order_line, [
            {'waste_name': "废活性炭", 'price_unit': 2900.0, 'planned_quantity_t': 12.0, 'pricing_mode': 'unit_t'},
            {'waste_name': "废包装桶", 'price_unit': 15.0, 'planned_quantity_t': 0.0, 'pricing_mode': 'unit_package'}])
        self.assertEqual(self.contract.order_line[1].planned_count, 120)

    def test_wrong_rows_are_named_and_nothing_is_written(self):
        for row, sentence in (
                ([None, "废酸", '999-999-99', "Per tonne", 1, 1, None], "Row 3: waste code 999-999-99 is unknown"),
                ([None, "废酸", None, "By luck", 1, 1, None], "Row 3: there is no price “By luck”"),
                ([None, "废酸", None, "Per tonne", "many", 1, None], "Row 3: “many” is not a number"),
                ([None, "废酸", None, "Per tonne", 1, 1, 1.5], "Row 3: “1.5” is not a whole number"),
                ([None, None, None, "Per tonne", 1, 1, None], "Row 3: the name of the waste is missing"),
                ([None, "废酸", None, "Per tonne", 1, -5, None], "Row 3: The planned quantity")):
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                self._import([None, "好的", None, "Per tonne", 1, 1, None], row)
            self.assertEqual(len(self.contract.order_line), 1)

    def test_a_contract_in_force_is_not_changed_by_an_import(self):
        self._walk(self.contract.sudo(), 'approving', 'customer_review', 'signing')
        with self.assertRaises(UserError):
            self._import([None, "废酸", None, "Per tonne", 1, 1, None])
        self.assertEqual(len(self.contract.order_line), 1)

    def test_who_may_not_write_the_contract_imports_nothing(self):
        with self.assertRaises(AccessError):
            self._import([None, "废酸", None, "Per tonne", 1, 1, None], user=self.users['dispatcher'])
