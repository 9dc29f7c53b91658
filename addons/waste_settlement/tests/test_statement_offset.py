from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import OffsetCase


@tagged("post_install", "-at_install")
class TestStatementOffset(OffsetCase):
    """I-35: what a producer owes and what we owe it are set off only by a document that says so."""

    def _posted(self):
        offset = self._offset(consent_by="李工", consent_date="2026-10-19")
        offset.action_submit()
        offset.action_approve()
        offset.action_post()
        return offset

    def test_i35_nothing_is_set_off_without_the_document(self):
        self.assertEqual((self.receivable.open_amount, self.payable.open_amount), (2800.0, 600.0))
        self.assertEqual((self.receivable.received_amount, self.payable.received_amount), (0.0, 0.0))

    def test_i35_booked_it_settles_both_sides_with_one_entry(self):
        offset = self._posted()

        self.assertEqual(offset.state, "posted")
        self.assertRecordValues(offset.sudo().move_id, [{"move_type": "entry", "state": "posted", "company_id": self.company.id}])
        self.assertEqual(sum(offset.sudo().move_id.line_ids.mapped("debit")), 600.0)
        self.assertRecordValues(self.payable, [{"state": "settled", "open_amount": 0.0, "received_amount": 600.0}])
        self.assertRecordValues(self.receivable, [{"state": "invoiced", "open_amount": 2200.0, "received_amount": 600.0}])

    def test_reversed_both_sides_are_open_again(self):
        offset = self._posted()

        offset.action_reverse()

        self.assertEqual(offset.state, "reversed")
        self.assertEqual((self.receivable.open_amount, self.payable.open_amount), (2800.0, 600.0))
        self.assertEqual(self.payable.state, "invoiced")

    def test_unequal_sides_or_more_than_is_open_are_refused(self):
        for theirs, ours, sentence in ((500.0, 600.0, "both sides must be equal"), (601.0, 601.0, "only 600.00 is invoiced and unpaid")):
            offset = self._offset(theirs, ours)
            with self.assertRaisesRegex(UserError, sentence):
                offset.action_submit()
            self.assertEqual(offset.state, "draft")

    def test_without_the_producer_s_consent_nothing_is_booked(self):
        offset = self._offset()
        offset.action_submit()
        offset.action_approve()
        with self.assertRaisesRegex(UserError, "Nothing is set off without consent"):
            offset.action_post()
        self.assertEqual((offset.state, self.payable.open_amount), ("approved", 600.0))

    def test_it_is_approved_before_it_is_booked(self):
        offset = self._offset(consent_by="李工", consent_date="2026-10-19")
        with self.assertRaises(UserError):
            offset.action_post()
        offset.action_submit()
        with self.assertRaises(UserError):
            offset.write({"state": "posted"})
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            offset.line_ids[0].amount = 1.0
        with self.assertRaisesRegex(UserError, "can no longer be changed"), self.cr.savepoint():
            self._offset().line_ids[0].offset_id = offset
        self.assertFalse(offset.sudo().move_id)

    def test_statements_of_others_are_refused(self):
        stranger = self.env["res.partner"].create({"name": "另一家", "is_company": True})
        with self.assertRaisesRegex(ValidationError, "only such ones are set off"):
            self._offset(partner_id=stranger.id)

    def test_only_finance_of_the_company_sees_it(self):
        offset = self._offset()
        other = self._new_company("东实一般固废公司")
        clerk = self._new_user("finance", login="h5_offset_b", company=other)
        self.assertFalse(self.env["waste.statement.offset"].with_user(clerk).with_context(allowed_company_ids=other.ids).search([]))
        with self.assertRaises(AccessError):
            offset.with_user(self.salesperson).read(["name"])
        with self.assertRaises(AccessError):
            offset.with_user(self.salesperson).action_post()
