from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Date
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import SettlementCase


@freeze_time("2026-10-20 02:00:00")
@tagged("post_install", "-at_install")
class TestReceivables(SettlementCase):
    """What is overdue: by age, in words to the customer, and what each salesperson collected."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._active(cls._detail(price_unit=3000.0))
        cls.env["waste.dunning.level"].search([]).active = False
        cls.env.flush_all()
        cls.levels = cls.env["waste.dunning.level"].create([
            {"name": "一级", "days": 3, "body": "{customer}：{amount}，逾期 {days} 天\n{items}"},
            {"name": "二级", "days": 15, "body": "二 {salesperson}"},
            {"name": "三级", "days": 30, "body": "三 {company}"}])
        cls.dunning = cls.env["waste.dunning"]

    @classmethod
    def _plan(cls, day, amount=1000.0, contract=None):
        return cls.env["waste.payment.plan"].create({
            "contract_id": (contract or cls.contract).id, "amount": amount, "date_due": day})

    @classmethod
    def _collect(cls, amount, day="2026-10-20", contract=None, **values):
        collection = cls.env["waste.collection"].create({
            "contract_id": (contract or cls.contract).id, "amount": amount, "date": day, **values})
        collection.action_submit()
        collection.action_approve()
        return collection

    def _mine(self):
        return self.dunning.search([("partner_id", "=", self.producer.id)])

    # AGEING --------------------------------------------------------------------

    def _ages(self, day, user=None, **values):
        ageing = self.env["waste.ageing"].with_user(user or self.finance).create({"date": day, **values})
        ageing.action_show()
        lines = ageing.line_ids.filtered(lambda line: line.partner_id == self.producer)
        return [(line.bucket, line.overdue_days, line.amount) for line in lines.sorted(lambda line: (line.date_due, line.id))]

    def test_items_fall_into_their_age(self):
        for day in ("2026-10-20", "2026-10-19", "2026-09-20", "2026-09-19", "2026-08-21", "2026-08-20", "2026-07-22", "2026-07-21"):
            self._plan(day)
        self.assertEqual(self._ages("2026-10-20", is_only_overdue=False), [
            ("more", 91, 1000.0), ("d90", 90, 1000.0), ("d90", 61, 1000.0), ("d60", 60, 1000.0),
            ("d60", 31, 1000.0), ("d30", 30, 1000.0), ("d30", 1, 1000.0), ("not_due", 0, 1000.0)])
        self.assertEqual(len(self._ages("2026-10-20")), 7)

    def test_as_of_a_day_the_money_of_later_days_had_not_come(self):
        plan = self._plan("2026-09-01")
        self._collect(600.0, "2026-09-10", plan_id=plan.id)
        self._collect(400.0, "2026-10-01", plan_id=plan.id)
        self.assertEqual(self._ages("2026-09-05"), [("d30", 4, 1000.0)])
        self.assertEqual(self._ages("2026-09-30"), [("d30", 29, 400.0)])
        self.assertEqual(self._ages("2026-10-01"), [])

    def test_without_a_plan_the_invoices_count(self):
        statement = self._external(self.contract, 1000.0)
        move = self._invoice(statement, 1000.0)  # of 7 October, due at once
        self._pay(statement, 300.0, values={})
        self.assertEqual(move.invoice_date_due, Date.to_date("2026-10-07"))
        self.assertEqual(self._ages("2026-10-19"), [("d30", 12, 1000.0)])
        self.assertEqual(self._ages("2026-10-20"), [("d30", 13, 700.0)])
        self.assertEqual(self.contract.overdue_amount, 700.0)

    def test_a_salesperson_sees_the_age_of_his_own_contracts(self):
        other = self._active(user_id=self.manager.id, partner_id=self.env["res.partner"].create({"name": "别家", "is_company": True}).id)
        self._plan("2026-10-01")
        self._plan("2026-10-01", contract=other)
        ageing = self.env["waste.ageing"].with_user(self.salesperson).create({"date": "2026-10-20"})
        ageing.action_show()
        self.assertEqual(ageing.line_ids.contract_id, self.contract)
        with self.assertRaises(AccessError):
            self.env["waste.ageing"].with_user(self.users["dispatcher"]).create({"date": "2026-10-20"})

    # DUNNING -------------------------------------------------------------------

    def test_a_customer_hears_each_level_once(self):
        self._plan("2026-10-15")
        self.dunning._cron_dun()
        self.dunning._cron_dun()
        self.assertRecordValues(self._mine(), [{
            "level_id": self.levels[0].id, "overdue_days": 5, "amount": 1000.0, "date_oldest": Date.to_date("2026-10-15")}])
        message = self._mine().message_ids.filtered("partner_ids")
        self.assertEqual(message.partner_ids, self.producer)
        self.assertIn("逾期 5 天", message.body)

        with freeze_time("2026-10-30 02:00:00"):
            self.dunning._cron_dun()
            self.dunning._cron_dun()
        self.assertEqual(self._mine().level_id, self.levels[:2])

    def test_below_the_first_level_nobody_is_written_to(self):
        self._plan("2026-10-18")
        self.dunning._cron_dun()
        self.assertFalse(self._mine())

    def test_paid_is_not_dunned(self):
        plan = self._plan("2026-10-01")
        self._collect(1000.0, plan_id=plan.id)
        self.dunning._cron_dun()
        self.assertFalse(self._mine())

    def test_who_disputes_a_statement_is_left_alone(self):
        self._plan("2026-10-01")
        self._external(self.contract, 100.0)._dispute("重量不对")
        self.dunning._cron_dun()
        self.assertFalse(self._mine())

    def test_the_stop_list_holds_until_its_day(self):
        self._plan("2026-10-01")
        self.producer.write({"is_dunning_stopped": True, "dunning_stop_until": "2026-10-20"})
        self.dunning._cron_dun()
        self.assertFalse(self._mine())
        with freeze_time("2026-10-21 02:00:00"):
            self.dunning._cron_dun()
        self.assertEqual(len(self._mine()), 1)

    def test_the_database_keeps_it_to_once(self):
        self._plan("2026-10-01")
        self.dunning._cron_dun()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.cr.savepoint():
            self._mine().copy()
            self.env.flush_all()

    def test_a_text_with_unknown_words_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "can not be filled in: use {customer}"):
            self.levels[0].body = "{customer.password}"

    def test_many_customers_take_no_more_queries_to_find(self):
        def groups(count):
            for _number in range(count):
                partner = self.env["res.partner"].create({"name": "客户", "is_company": True})
                self._plan("2026-10-01", contract=self._active(partner_id=partner.id))
            self.env.flush_all()
            self.env.invalidate_all()
            contracts = self.env["sale.order"].search([("partner_id.name", "=", "客户")])
            before = self.cr.sql_log_count
            items = contracts._get_open_items()
            self.assertEqual(len(items), len(contracts))
            return self.cr.sql_log_count - before

        self.assertEqual(groups(1), groups(9))

    # PROGRESS ------------------------------------------------------------------

    def _assign(self, user, share, start="2026-01-01", end=False):
        return self.env["waste.assignment"].create({
            "producer_id": self.producer.id, "business_id": self.hazardous.id, "user_id": user.id, "share_percent": share,
            "date_from": start, "date_to": end})

    def _shares(self, collection):
        rows = self.env["waste.collection.progress"].search([("collection_id", "=", collection.id)])
        return {row.user_id: row.amount for row in rows}

    def test_i_40_money_counts_by_the_shares_of_its_day(self):
        second = self._new_user("salesperson", login="h5_second")
        self._assign(self.salesperson, 100, end="2026-05-31")
        self._assign(self.salesperson, 60, start="2026-06-01")
        self._assign(second, 40, start="2026-06-01")

        early, late = self._collect(1000.0, "2026-05-31"), self._collect(1000.0, "2026-06-01")

        self.assertEqual(self._shares(early), {self.salesperson: 1000.0})
        self.assertEqual(self._shares(late), {self.salesperson: 600.0, second: 400.0})

    def test_the_cent_that_is_left_goes_to_the_largest_share(self):
        others = [self._new_user("salesperson", login=f"h5_share_{number}") for number in range(2)]
        self._assign(self.salesperson, 33.34)
        for other in others:
            self._assign(other, 33.33)

        shares = self._shares(self._collect(0.05))

        self.assertEqual([shares[user] for user in (self.salesperson, *others)], [0.01, 0.02, 0.02])
        self.assertEqual(round(sum(shares.values()), 2), 0.05)

    def test_what_nobody_has_is_shown_as_nobodys(self):
        self._assign(self.salesperson, 70)
        nobody = self.env["res.users"]
        self.assertEqual(self._shares(self._collect(1000.0)), {self.salesperson: 700.0, nobody: 300.0})
        self.assertEqual(self._shares(self._collect(100.0, kind="refund")), {self.salesperson: -70.0, nobody: -30.0})

    def test_returned_or_pending_money_is_no_progress(self):
        collection = self.env["waste.collection"].create({"contract_id": self.contract.id, "amount": 10.0})
        collection.action_submit()
        self.env.flush_all()
        self.assertFalse(self._shares(collection))

    def test_a_salesperson_reads_his_own_part(self):
        self._assign(self.salesperson, 70)
        self._collect(1000.0)
        rows = self.env["waste.collection.progress"].with_user(self.salesperson).search([])
        self.assertEqual((rows.user_id, rows.amount), (self.salesperson, 700.0))
