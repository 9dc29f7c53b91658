from odoo.tests import freeze_time, tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestLifecycle(SettlementCase):
    """S0-3.2.2-f/g: the life-cycle page says what came in and who invoiced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._active(cls._detail(price_unit=1590.0))
        cls.batch = cls._batch(cls.contract, 3000)

    def _step(self, key, user=None):
        user = user or self.finance
        batch = self.batch.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        steps = batch.sudo()._lifecycle_progress()
        return next((step for step in steps if step["key"] == key), None)

    def _facts(self, step):
        return dict(step["facts"])

    def test_before_the_statement(self):
        self.assertEqual(self._step("collection")["text"], "No statement yet")
        self.assertEqual(self._step("invoice")["state"], "todo")
        self._make(self.contract)
        self.assertEqual(self._step("collection")["text"], "No statement yet", "a draft is nobody's debt")

    @freeze_time("2026-10-10 02:00:00")
    def test_s0_3_2_2_f_g_receivable_collected_and_due(self):
        statement = self._external(self.contract, 4770.0)
        move = self._invoice(statement, 4770.0, fapiao_no="24441234")
        self._pay(statement, 2000.0)

        collection, invoice = self._step("collection"), self._step("invoice")

        facts = self._facts(collection)
        self.assertIn("4,770.00", facts["Receivable"])
        self.assertRegex(facts["Collected"], r"2,000\.00.* \(41\.9 %\)")
        self.assertEqual(facts["Due"], self.batch.with_user(self.finance)._lifecycle_day(move.invoice_date))
        self.assertEqual((collection["state"], collection["text"], collection["date"]), ("alert", "Overdue", "2026-10-20"))
        facts = self._facts(invoice)
        self.assertEqual((facts["Invoice No."], facts["Issued by"]), ("24441234", self.company.name))
        self.assertIn("4,770.00", facts["Amount"])
        self.assertEqual((invoice["state"], invoice["date"]), ("done", str(move.invoice_date)))

    def test_settled_and_red(self):
        statement = self._external(self.contract, 4770.0)
        self._invoice(statement, 4770.0, key="K-1")
        self._pay(statement, 4770.0)
        self.assertEqual((self._step("collection")["state"], self._step("collection")["text"]), ("done", "Settled"))

        self._invoice(statement, -4770.0, key="K-1R", red_of="K-1")

        step = self._step("invoice")
        self.assertEqual((step["state"], step["text"], len(step["facts"])), ("doing", "Red-lettered", 8))

    def test_a_dispute_is_an_alert(self):
        statement = self._external(self.contract, 4770.0)
        statement.action_dispute(reason="x")
        self.assertEqual((self._step("collection")["state"], self._step("collection")["text"]), ("alert", "Disputed"))

    def test_s0_3_2_2_a_money_is_shown_to_those_who_may_read_statements(self):
        self._external(self.contract, 4770.0)
        stranger = self._new_user("salesperson", login="h5_other_salesperson")
        portal = self._portal_user(self.producer)
        self.assertIsNone(self._step("collection", self.users["dispatcher"]))
        self.assertEqual(self._step("collection", stranger)["facts"], [])
        self.assertIn("4,770.00", self._facts(self._step("collection", self.salesperson))["Receivable"])
        self.assertIn("4,770.00", self._facts(self._step("collection", portal))["Receivable"])

    def test_the_whole_page_stays_within_its_queries(self):
        statement = self._external(self.contract, 4770.0)
        self._invoice(statement, 4770.0)
        self._pay(statement, 2000.0)
        few = self._count()
        for month in range(1, 9):
            other = self._external(self._active(), 100.0, period=f"2026-0{month}")
            other.line_ids.create({"statement_id": other.id, "name": "x", "batch_ids": self.batch.ids})
            self._invoice(other, 100.0, key=f"M-{month}")
            self._pay(other, 50.0, key=f"P-{month}")
        many = self._count()

        self.assertEqual(few, many)
        self.assertLessEqual(many, 22)

    def _count(self):
        """Return the queries of both steps for the clerk, caches of rules and translations warm, records cold."""
        batch = self.batch.with_user(self.finance).sudo()
        for _turn in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            steps = batch._lifecycle_progress()
            count = self.cr.sql_log_count - before
        self.assertTrue(steps)
        return count
