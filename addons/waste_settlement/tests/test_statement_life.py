from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date
from odoo.tests import freeze_time, tagged

from .common import SettlementCase

# Facts that say who, what and when; amounts follow from lines or from the other system and are sealed apart.
NEVER_SEALED = {
    "state", "approved_at", "confirmed_at", "confirmed_by_id", "dispute_reason",
    # computed from what is sealed, from invoices and from payments
    "business_id", "user_id", "team_id", "report_class_id", "run_id",
    "quantity_kg", "weighed_kg", "amount_total", "receivable_amount", "payable_amount", "amount_untaxed",
    "amount_tax", "problem", "computed_amount", "difference", "has_difference", "invoiced_amount", "received_amount", "open_amount",
    # who decided what of a difference, how often it was issued and reminded of
    "difference_decision", "difference_reason", "difference_decided_by_id", "difference_decided_at", "decided_difference",
    "has_open_difference", "issue_no", "reminded_at", "is_deemed_confirmed", "objection_ids", "adjustment_ids", "origin_id",
    # lines are frozen by their own write
    "line_ids", "invoice_ids", "allocation_ids", "invoice_application_ids",
}
TECHNICAL = {
    "id", "create_uid", "create_date", "write_uid", "write_date",
    "external_system", "external_key", "external_extra", "external_versions",
}


@tagged("post_install", "-at_install")
class TestStatementLife(SettlementCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._active()
        cls._batch(cls.contract, 1000)
        cls.statement = cls._make(cls.contract)

    # TABLES --------------------------------------------------------------------

    def test_every_state_and_verb_obeys_the_table(self):
        states = self.statement._waste_states()
        for start in states:
            for verb, (starts, target) in self.statements._transitions.items():
                statement = self._born_in(start)
                with self.subTest(start=start, verb=verb):
                    if start == target:
                        self.assertFalse(statement._transition(verb))
                    elif start in starts:
                        self.assertEqual(statement._transition(verb), statement)
                        self.assertEqual(statement.state, target)
                    else:
                        with self.assertRaises(UserError):
                            statement._transition(verb)
                        self.assertEqual(statement.state, start)
                statement.unlink() if statement.state in ("draft", "cancelled") else self._remove(statement)

    def test_every_stored_field_is_sealed_or_known_never_to_be(self):
        own = {
            name for name, field in self.statements._fields.items()
            if field.store and not name.startswith(("message_", "activity_", "website_")) and name not in TECHNICAL}
        self.assertEqual(own - set(self.statements._sealed_from) - NEVER_SEALED, set())
        self.assertFalse(set(self.statements._sealed_from) & NEVER_SEALED)

    def test_sealed_fields_refuse_after_the_approval(self):
        self.statement.action_approve()
        for values in ({"period_end": "2026-10-01"}, {"direction": "payable"}, {"contract_id": self._active().id}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "can no longer be changed"):
                self.statement.write(values)

    def test_lines_can_not_be_changed_behind_an_approved_statement(self):
        line = self.statement.line_ids
        line.amount = 1.0
        self.statement.action_refresh()
        self.assertEqual(self.statement.amount_total, 2800.0)
        self.statement.action_approve()

        for act in (
                lambda: self.statement.line_ids.write({"amount": 1.0}),
                lambda: self.statement.line_ids.unlink(),
                lambda: self.statement.write({"line_ids": [Command.create({"name": "x", "amount": 5.0})]})):
            with self.assertRaisesRegex(UserError, "its lines can no longer be changed"), self.cr.savepoint():
                act()
        self.assertEqual(self.statement.amount_total, 2800.0)

    def test_only_the_money_makes_it_invoiced_or_settled(self):
        statement = self.statement.with_user(self.finance)
        statement.action_approve()
        for state in ("invoiced", "settled"):
            with self.assertRaisesRegex(UserError, "follows its invoices and payments"):
                statement.write({"state": state})

    # PEOPLE --------------------------------------------------------------------

    @freeze_time("2026-10-02 03:00:00")
    def test_from_draft_to_confirmed(self):
        statement = self.statement.with_user(self.finance)

        statement.action_approve()
        statement.action_confirm()
        statement.action_confirm()

        self.assertRecordValues(statement, [{
            "state": "confirmed", "confirmed_by_id": self.finance.id, "open_amount": 2800.0}])
        self.assertEqual(str(statement.confirmed_at), "2026-10-02 03:00:00")

    def test_a_statement_without_batches_is_not_approved(self):
        empty = self.statements.create({
            "contract_id": self.contract.id, "period_start": "2026-10-01", "period_end": "2026-10-31"})
        with self.assertRaisesRegex(UserError, "has nothing to settle"):
            empty.action_approve()

    def test_a_dispute_reaches_the_salesperson_and_is_settled(self):
        self.statement.action_approve()
        asked = self.statement.action_dispute()
        self.assertEqual(asked["res_model"], "waste.statement.dispute")

        wizard = self.env["waste.statement.dispute"].with_context(**asked["context"]).create({"reason": " 重量不对 "})
        wizard.action_dispute()

        self.assertEqual((self.statement.state, self.statement.dispute_reason), ("disputed", "重量不对"))
        self.assertEqual(self.statement.activity_ids.user_id, self.salesperson)
        self.statement.action_resolve()
        self.assertEqual(self.statement.state, "approved")
        self.assertFalse(self.statement.activity_ids)

    def test_taken_back_to_draft_it_takes_the_late_batch(self):
        self.statement.action_approve()
        self._batch(self.contract, 500)
        self.statement.action_dispute(reason="少了一批")

        self.statement.action_revise()

        self.assertEqual((self.statement.state, self.statement.amount_total), ("draft", 4200.0))
        self.assertFalse(self.statement.has_difference)

    def test_a_zero_statement_is_settled_by_the_confirmation(self):
        contract = self._active(self._detail(price_unit=0.0))
        self._batch(contract, 1000)
        statement = self._make(contract)
        statement.action_approve()
        self.assertEqual(statement.state, "approved", "the producer is asked about the weights all the same")

        statement.action_confirm()

        self.assertEqual(statement.state, "settled")

    def test_an_approved_statement_is_not_deleted(self):
        self.statement.action_approve()
        with self.assertRaisesRegex(UserError, "Cancel it instead"):
            self.statement.unlink()
        self.assertTrue(self.statement.exists())

    @freeze_time("2026-10-12 03:00:00")
    def test_an_unanswered_statement_is_brought_to_mind_once(self):
        self.statement.action_approve()
        self.statement.approved_at = "2026-10-05 03:00:01"
        self._follow_up()
        self.assertFalse(self.statement.reminded_at, "a second is left")
        self.statement.approved_at = "2026-10-05 03:00:00"

        self._follow_up()
        self._follow_up()

        self.assertRecordValues(self.statement, [{"state": "approved", "is_deemed_confirmed": False}])
        self.assertEqual(self.statement.activity_ids.user_id, self.salesperson)
        self.assertEqual(len(self.statement.activity_ids), 1)
        self.statement.reminded_at = "2026-10-01 00:00:00"
        self._follow_up()
        self.assertEqual(self.statement.state, "approved", "silence confirms only where the business says so")

    @freeze_time("2026-10-20 03:00:00")
    def test_silence_confirms_where_the_contract_says_so(self):
        self.hazardous.is_deemed_confirmed = True
        self.statement.action_approve()
        self.statement.write({"approved_at": "2026-10-05 03:00:00", "reminded_at": "2026-10-13 03:00:00"})

        self._follow_up()

        self.assertRecordValues(self.statement, [{
            "state": "confirmed", "is_deemed_confirmed": True, "confirmed_by_id": False}])

    def _follow_up(self):
        with patch.object(self.registry["ir.cron"], "_commit_progress", lambda *_args, **_kwargs: float("inf")):
            self.statements._cron_follow_up()

    def test_an_objection_is_answered_with_words_and_closed_with_the_dispute(self):
        self.statement.action_approve()
        self.statement.action_dispute(reason="重量不对")
        objection = self.statement.objection_ids
        with self.assertRaisesRegex(UserError, "Write the answer"):
            objection.action_reject()
        objection.answer = "磅单无误"
        objection.action_reject()
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            objection.answer = "改口"
        self.assertRecordValues(objection, [{"state": "rejected", "answered_by_id": self.env.uid}])
        self.statement.action_resolve()
        self.assertEqual(self.statement.state, "approved")

    # THE OTHER SYSTEM ----------------------------------------------------------

    def test_what_wim_keeps_is_not_typed_over(self):
        contract = self._active()
        statement = self._external(contract, 100.0).with_user(self.finance)
        for act in (
                lambda: statement.write({"external_amount": 90.0}),
                lambda: statement.action_revise(),
                lambda: statement.write({"external_system": False})):
            with self.assertRaisesRegex(UserError, "is kept by WIM; change it there"), self.cr.savepoint():
                act()

    def test_wim_moves_a_statement_forward_only(self):
        statement = self._external(self._active(), 100.0, state="draft")

        statement._update_external({"state": "confirmed", "external_amount": 120.0})
        self.assertEqual((statement.state, statement.amount_total), ("confirmed", 120.0))

        statement._update_external({"state": "draft"})
        self.assertEqual(statement.state, "confirmed")
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            statement._update_external({"external_amount": 130.0})

    def test_a_corrected_amount_answers_the_dispute(self):
        statement = self._external(self._active(), 100.0)
        statement.action_dispute(reason="多算了")

        statement._update_external({"external_amount": 90.0, "state": "approved"})

        self.assertEqual((statement.state, statement.amount_total), ("approved", 90.0))
        self.assertFalse(statement.activity_ids)

    def test_wim_takes_over_our_draft_but_not_our_approved_one(self):
        taken = self._external(self.contract, 2800.0, number="JSD-1")
        self.assertEqual(taken, self.statement)
        self.assertRecordValues(taken, [{"name": "JSD-1", "state": "approved", "external_key": "JSD-1", "amount_total": 2800.0}])

        contract = self._active()
        self._batch(contract, 1000)
        self._make(contract).action_approve()
        with self.assertRaisesRegex(UserError, "already has the Receivable statement"):
            self._external(contract, 2800.0)

    def test_created_by_a_user_it_starts_as_a_draft(self):
        values = {"contract_id": self.contract.id, "period_start": "2026-10-01", "period_end": "2026-10-31"}
        with self.assertRaisesRegex(UserError, "create it as"):
            self.statements.with_user(self.finance).create({**values, "state": "confirmed"})
        with self.assertRaises(AccessError):
            self.statements.with_user(self.salesperson).create(values)

    # HELPERS -------------------------------------------------------------------

    def _born_in(self, state):
        return self.statements.sudo().create({
            "contract_id": self.contract.id, "state": state,
            "period_start": Date.to_date("2026-11-01"), "period_end": Date.to_date("2026-11-30")})

    def _remove(self, statement):
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM waste_statement WHERE id = %s", [statement.id])
        self.env.invalidate_all()
