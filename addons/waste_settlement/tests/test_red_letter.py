from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common import SettlementCase


@freeze_time("2026-10-08 02:00:00")
@tagged("post_install", "-at_install")
class TestRedLetter(SettlementCase):
    """A red-letter fapiao has its own number, the tax office's notice, and names the fapiao that it takes back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.statement = cls._external(cls._active(), 1000.0, state="confirmed")
        cls.original = cls._invoice(cls.statement, 1000.0, fapiao_no="24440001")

    def _reverse(self, **values):
        return self.original._reverse_moves([{"invoice_date": "2026-10-08", **values}], cancel=True)

    def test_i_33_the_red_letter_fapiao_names_its_original(self):
        red = self._reverse()
        red.with_user(self.finance).write({"fapiao_no": "24440002", "red_notice_no": "4419012610000001"})

        self.assertRecordValues(red, [{"original_fapiao_no": "24440001", "reversed_entry_id": self.original.id}])
        self.assertRecordValues(self.original, [{"red_fapiao_numbers": "24440002", "fapiao_state": "red"}])

    def test_a_part_taken_back_leaves_the_rest_issued(self):
        red = self.original._reverse_moves([{"invoice_date": "2026-10-08"}])
        red.invoice_line_ids.price_unit = 400.0
        red.action_post()
        self.assertEqual((self.original.fapiao_state, self.statement.invoiced_amount), ("issued", 600.0))

    def test_the_number_of_the_original_is_not_its_own(self):
        red = self._reverse()
        with self.assertRaisesRegex(ValidationError, "is the number of the original fapiao"), self.cr.savepoint():
            red.fapiao_no = "24440001"
        self.assertFalse(red.fapiao_no)

    def test_a_number_without_an_original_is_refused(self):
        red = self._reverse()
        red.reversed_entry_id = False
        with self.assertRaisesRegex(ValidationError, "name the invoice that it takes back"), self.cr.savepoint():
            red.fapiao_no = "24440003"
        self.assertFalse(red.fapiao_no)

    def test_the_application_shows_the_red_letter_number(self):
        statement = self._external(self._active(), 500.0, state="confirmed")
        application = self.env["waste.invoice.application"].create({"statement_id": statement.id, "fapiao_kind": "ordinary"})
        application.action_submit()
        application.action_approve()
        move = self._invoice(statement, 500.0, key="K-2", fapiao_no="24440010")

        move._reverse_moves([{"invoice_date": "2026-10-08"}], cancel=True).fapiao_no = "24440011"

        self.assertRecordValues(application, [{"state": "red", "fapiao_no": "24440010", "red_fapiao_numbers": "24440011"}])
