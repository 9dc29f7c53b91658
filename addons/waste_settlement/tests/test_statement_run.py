from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..models import waste_statement_run
from .common import SettlementCase


@tagged("post_install", "-at_install")
@freeze_time("2026-10-02 03:00:00")
class TestStatementRun(SettlementCase):
    """The statements of all contracts in one run: complete, restartable, never twice, in the rights of who started it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.runs = cls.env["waste.statement.run"]
        cls.monthly = cls._active()
        cls._batch(cls.monthly, 1000)
        cls.idle = cls._active()
        cls.quarterly = cls._active(settlement_cycle="quarter")
        cls._batch(cls.quarterly, 2000, day="2026-07-10 02:00:00")
        cls.yearly = cls._active(settlement_cycle="year")
        cls._batch(cls.yearly, 2000)
        cls.kept = cls._active(external_system="wim", external_key="DS-X", name="DS-X")
        cls._batch(cls.kept, 1000)

    def _run(self, **values):
        return self.runs.with_user(self.finance).create({
            "period_start": "2026-09-01", "period_end": "2026-09-30", "company_ids": self.company.ids, **values})

    def test_each_contract_by_its_own_cycle_and_the_others_with_the_reason(self):
        run = self._run()

        run.action_start()

        self.assertRecordValues(run, [{"state": "done", "total_count": 5, "done_count": 5, "progress_percent": 100.0}])
        periods = {
            statement.contract_id: (str(statement.period_start), str(statement.period_end), statement.amount_total)
            for statement in run.statement_ids}
        self.assertEqual(periods, {
            self.monthly: ("2026-09-01", "2026-09-30", 2800.0),
            self.quarterly: ("2026-07-01", "2026-09-30", 5600.0),
        })
        self.assertEqual({skip.contract_id: skip.reason for skip in run.skip_ids}, {
            self.idle: "nothing", self.yearly: "no_period", self.kept: "external"})

    def test_run_again_it_makes_only_what_is_missing(self):
        run = self._run()
        run.action_start()
        self._batch(self.idle, 500)

        run.action_restart()

        self.assertEqual(run.state, "done")
        self.assertEqual(run.statement_ids.contract_id, self.monthly + self.quarterly + self.idle)
        self.assertEqual(len(run.statement_ids), 3)
        self.assertEqual(run.skip_ids.filtered(lambda skip: skip.contract_id == self.monthly).reason, "covered")

    def test_a_long_run_waits_for_the_queue_and_goes_on_where_it_stopped(self):
        with patch.object(waste_statement_run, "AT_ONCE", 0):
            run = self._run()
            run.action_start()
        self.assertEqual((run.state, run.statement_count), ("queued", 0))

        run._process_slice(2)
        self.assertEqual((run.done_count, run.progress_percent, run.state), (2, 40.0, "queued"))
        made = run.statement_ids
        with patch.object(self.registry["ir.cron"], "_commit_progress", lambda *_args, **_kwargs: float("inf")):
            self.runs._cron_process()

        self.assertRecordValues(run, [{"state": "done", "done_count": 5}])
        self.assertEqual(len(run.statement_ids), 2)
        self.assertLessEqual(made, run.statement_ids)

    def test_stopped_it_keeps_what_it_made(self):
        with patch.object(waste_statement_run, "AT_ONCE", 0):
            run = self._run()
            run.action_start()
        run._process_slice(1)

        run.action_stop()

        with patch.object(self.registry["ir.cron"], "_commit_progress", lambda *_args, **_kwargs: float("inf")):
            self.runs._cron_process()
        self.assertEqual((run.state, run.statement_count), ("cancelled", 1))

    def test_a_contract_that_fails_is_left_out_with_the_sentence_and_the_others_are_made(self):
        """Tiers that end at 10 t: what the 11th tonne costs nobody agreed."""
        broken = self._active(
            self._detail(pricing_mode="tier_all", price_unit=0.0, planned_quantity_t=5.0), business_id=self.industrial.id)
        broken.tier_ids.create({"order_id": broken.id, "from_t": 0, "to_t": 10, "price_unit": 500})
        self._batch(broken, 11000)
        run = self._run()

        run.action_start()

        skip = run.skip_ids.filtered(lambda skip: skip.contract_id == broken)
        self.assertEqual(skip.reason, "error")
        self.assertIn("No price tier of contract", skip.explanation)
        self.assertEqual(run.statement_ids.contract_id, self.monthly + self.quarterly)

    def test_off_cycle_the_days_are_taken_as_they_are(self):
        run = self._run(is_by_cycle=False, contract_ids=self.yearly.ids, period_start="2026-09-05", period_end="2026-09-20")

        run.action_start()

        self.assertRecordValues(run.statement_ids, [{"contract_id": self.yearly.id, "amount_total": 5600.0}])
        self.assertEqual(str(run.statement_ids.period_start), "2026-09-05")

    def test_all_companies_that_the_user_may_work_in_and_no_other(self):
        other = self._new_company("东实一般固废公司")
        foreign = self._active(company_id=other.id, invoicing_company_id=other.id)
        self._batch(foreign, 1000)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._run(company_ids=(self.company + other).ids)
        self.finance.company_ids += other

        run = self.runs.with_user(self.finance).with_context(allowed_company_ids=(self.company + other).ids).create({
            "period_start": "2026-09-01", "period_end": "2026-09-30"})
        run.action_start()

        self.assertEqual(run.statement_ids.company_id, self.company + other)

    def test_only_the_finance_runs_it(self):
        with self.assertRaises(AccessError):
            self.runs.with_user(self.salesperson).create({"period_start": "2026-09-01", "period_end": "2026-09-30"})
        run = self._run(user_id=self.users["admin"].id)
        self.assertEqual(run.user_id, self.finance, "whatever name was given: the queue works in his rights")
        with self.assertRaises(AccessError):
            run.write({"user_id": self.users["admin"].id})
        for action in ("action_start", "action_restart", "action_stop"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(run.with_user(self.salesperson), action)()
        self.assertEqual(run.state, "draft")

    def test_the_scope_of_a_run_is_frozen_once_it_started(self):
        run = self._run()
        run.action_start()
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            run.write({"period_end": "2026-12-31"})

    def test_the_number_of_queries_does_not_grow_with_the_contracts(self):
        contracts = self.env["sale.order"]
        for _number in range(42):
            contract = self._active(self._detail(), self._detail(waste_name="含铜污泥", pricing_mode="negative", price_unit=-300.0))
            self._batch(contract, 1000)
            self._batch(contract, 500, line=1)
            contracts += contract
        counts = {len(part): self._count_run(part) for part in (contracts[:1], contracts[1:2], contracts[2:])}  # the first fills the caches

        self.assertEqual(counts[40], counts[1])
        self.assertLessEqual(counts[1], 45)

    def _count_run(self, contracts):
        run = self._run(contract_ids=contracts.ids)
        run._transition("start")
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        run._process_slice(1000)
        self.env.flush_all()
        queries = self.cr.sql_log_count - before
        self.assertEqual(run.statement_count, 2 * len(contracts))
        return queries

    def test_twelve_contracts_take_as_many_queries_as_two(self):
        """Bench row ``statements``: terms, batches and checks are read for all contracts together."""
        counts = []
        for size in (1, 2, 12):  # the first warms the caches
            contracts = self.env["sale.order"].union(*(self._active() for _number in range(size)))
            for contract in contracts:
                self._batch(contract, 1000)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count

            statements = self._make(contracts)

            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(statements), size)
        self.assertLessEqual(counts[2], counts[1])
        self.assertLessEqual(counts[2], 25)
