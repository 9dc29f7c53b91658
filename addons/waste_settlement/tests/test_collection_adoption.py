from odoo.exceptions import UserError, ValidationError
from odoo.fields import Date
from odoo.tests import freeze_time, tagged

from .common import SettlementCase


@freeze_time("2026-10-20 02:00:00")
@tagged("post_install", "-at_install")
class TestCollectionAdoption(SettlementCase):
    """I-34: a transfer that was registered by hand is not booked a second time when WIM tells of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._active()
        cls.statement = cls._external(cls.contract, 2800.0)

    def _collect(self, amount=1000.0, contract=None, **values):
        return self.env["waste.collection"].with_user(self.salesperson).create({
            "contract_id": (contract or self.contract).id, "amount": amount, "date": "2026-10-20", **values}).with_user(self.env.user)

    def _approved(self, amount=1000.0, **values):
        collection = self._collect(amount, **values)
        collection.action_submit()
        collection.with_user(self.finance).action_approve()
        return collection

    def _payments(self):
        return self.env["account.payment"].search([("partner_id", "=", self.producer.id)])

    def test_i_34_a_booked_collection_becomes_wims_with_the_same_reference(self):
        collection = self._approved(bank_ref="BK-1")

        payment = self._pay(self.statement, 1000.0, bank_ref="BK-1")

        self.assertEqual((payment, self._payments()), (collection.payment_id, payment))
        self.assertRecordValues(payment, [{"external_system": "wim", "external_key": "SK-1", "state": "in_process"}])
        self.assertEqual((self.contract.collected_amount, self.statement.received_amount), (1000.0, 1000.0))
        self.assertEqual(collection.state, "approved")

    def test_i_34_without_a_reference_by_hand_wims_number_is_taken(self):
        collection = self._approved()

        payment = self._pay(self.statement, 1000.0, bank_ref="BK-7")

        self.assertEqual((payment, collection.bank_ref), (collection.payment_id, "BK-7"))
        self.assertEqual(self.contract.collected_amount, 1000.0)
        self.assertIn("WIM tells of the same transfer as SK-1", collection.message_ids[0].body)

    def test_a_collection_that_waits_is_booked_by_what_wim_saw(self):
        collection = self._collect()
        collection.with_user(self.salesperson).action_submit()

        payment = self._pay(self.statement, 1000.0)

        self.assertRecordValues(collection, [{"state": "approved", "payment_id": payment.id, "counted_amount": 1000.0}])
        self.assertEqual(payment.waste_collection_ids, collection)

    def test_what_the_bank_saw_counts_and_who_typed_otherwise_has_a_to_do(self):
        self.salesperson.lang = "en_US"
        collection = self._collect(900.0, bank_ref="BK-1", date="2026-10-19")
        collection.with_user(self.salesperson).action_submit()

        payment = self._pay(self.statement, 1000.0, bank_ref="BK-1")

        self.assertRecordValues(collection, [{
            "state": "approved", "payment_id": payment.id, "amount": 1000.0, "date": Date.to_date("2026-10-20"),
            "counted_amount": 1000.0}])
        self.assertEqual(self.contract.collected_amount, 1000.0)
        to_do = collection.activity_ids.filtered(lambda activity: activity.user_id == self.salesperson)
        self.assertEqual(to_do.summary, "Bank reference BK-1: check what was typed")
        for words in ("900.00", "1,000.00", "10/19/2026", "10/20/2026"):
            self.assertIn(words, to_do.note)

    def test_the_bank_reference_decides_between_two_that_fit(self):
        nameless, named = self._collect(1000.0), self._collect(900.0, bank_ref="BK-1")

        payment = self._pay(self.statement, 1000.0, bank_ref="BK-1")

        self.assertEqual((named.payment_id, nameless.state), (payment, "draft"))

    def test_the_same_message_again_changes_nothing(self):
        collection = self._approved()
        payment = self._pay(self.statement, 1000.0)
        lines = payment.move_id.line_ids

        self.assertEqual(self._pay(self.statement, 1000.0), payment)

        self.assertEqual((payment.move_id.line_ids, payment.waste_collection_ids), (lines, collection))

    def test_wims_statement_goes_before_the_guess_made_by_hand(self):
        later = self._external(self.contract, 500.0, period="2026-10")
        self._approved(500.0)
        self.assertEqual((self.statement.received_amount, later.received_amount), (500.0, 0.0))

        self._pay(later, 500.0)

        self.assertEqual((self.statement.received_amount, later.received_amount), (0.0, 500.0))
        self.assertEqual(self.contract.collected_amount, 500.0)

    def test_where_wim_names_no_statement_the_one_chosen_by_hand_stays(self):
        collection = self._approved(bank_ref="BK-1")
        vals = {"key": "SK-1", "partner": self.producer, "amount": 1000.0, "date": Date.to_date("2026-10-20"), "bank_ref": False,
                "allocations": [], "company": self.company}
        for _time in range(2):
            payment = self.statements._register_external_payments("wim", [vals])[0]

        self.assertEqual((payment, payment.bank_ref), (collection.payment_id, "BK-1"))
        self.assertEqual((self.statement.received_amount, self.contract.collected_amount), (1000.0, 1000.0))

    def test_a_correction_by_wim_corrects_the_adopted_collection(self):
        collection = self._approved()
        self._pay(self.statement, 1000.0)

        self._pay(self.statement, 900.0)

        self.assertEqual((collection.amount, self.contract.collected_amount, self.statement.received_amount), (900.0, 900.0, 900.0))
        with self.assertRaisesRegex(UserError, "take that back instead"):
            collection.with_user(self.finance).action_reverse()

    def test_wim_moves_the_money_to_another_contract(self):
        collection = self._approved()
        self._pay(self.statement, 1000.0)
        other = self._active()

        self._pay(self._external(other, 1000.0), 1000.0)

        self.assertFalse(collection.exists())
        self.assertEqual((self.contract.collected_amount, other.collected_amount), (0.0, 1000.0))

    def test_what_differs_is_another_transfer(self):
        other = self._active()
        for number, (amount, values) in enumerate((
                (999.0, {}), (1000.0, {"date": "2026-10-19"}), (1000.0, {"bank_ref": "BK-OTHER"}), (1000.0, {"contract": other}),
                (1000.0, {"kind": "refund"}))):
            with self.subTest(values), self.cr.savepoint() as savepoint:
                collection = self._approved(amount, **values)
                payment = self._pay(self.statement, 1000.0, key=f"SK-{number}", bank_ref=f"BK-{number}")
                self.assertNotEqual(payment, collection.payment_id)
                savepoint.rollback()

    def test_two_that_fit_are_left_to_people(self):
        first, second = self._approved(), self._approved()

        payment = self._pay(self.statement, 1000.0)

        self.assertNotIn(payment, first.payment_id + second.payment_id)
        self.assertEqual(self.contract.collected_amount, 3000.0)

    def test_i_34_the_reference_of_another_amount_is_refused(self):
        self._approved(900.0, bank_ref="BK-1")
        with self.assertRaisesRegex(ValidationError, "Bank reference BK-1 is booked already"), self.cr.savepoint():
            self._pay(self.statement, 1000.0, bank_ref="BK-1")
        self.assertEqual(self.contract.collected_amount, 900.0)
