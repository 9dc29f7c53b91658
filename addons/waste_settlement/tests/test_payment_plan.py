from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Date
from odoo.tests import freeze_time, tagged

from .common import SettlementCase


@freeze_time("2026-03-20 02:00:00")
@tagged("post_install", "-at_install")
class TestPaymentPlan(SettlementCase):
    """What a customer is to pay and when, and what came of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._active(cls._detail(price_unit=3000.0))
        cls.plans = cls.env["waste.payment.plan"]
        cls.collections = cls.env["waste.collection"]

    @classmethod
    def _plan(cls, *days, amount=10000.0, contract=None, **values):
        return cls.plans.create([
            {"contract_id": (contract or cls.contract).id, "amount": amount, "date_due": day, **values} for day in days])

    @classmethod
    def _collect(cls, amount=10000.0, user=None, **values):
        return cls.collections.with_user(user or cls.salesperson).create({
            "contract_id": cls.contract.id, "amount": amount, "date": "2026-03-20", **values}).with_user(cls.env.user)

    def _approved(self, amount=10000.0, **values):
        collection = self._collect(amount, **values)
        collection.with_user(self.salesperson).action_submit()
        collection.with_user(self.finance).action_approve()
        return collection

    # ALLOCATION ----------------------------------------------------------------

    def test_s0_2_q_twelve_thousand_on_three_instalments(self):
        plans = self._plan("2026-02-28", "2026-03-10", "2026-04-30")

        self._approved(12000.0, plan_id=plans[0].id)

        self.assertEqual(plans.mapped("state"), ["paid", "part", "open"])
        self.assertEqual(plans.mapped("paid_amount"), [10000.0, 2000.0, 0.0])
        self.assertEqual(plans.mapped("is_overdue"), [False, True, False])
        self.assertEqual((self.contract.collected_amount, self.contract.overdue_amount), (12000.0, 8000.0))
        self.assertEqual(self.plans.search([("is_overdue", "=", True)]) & plans, plans[1])

    def test_s3_con_pay_c_money_without_an_instalment_counts_and_is_linked_later(self):
        plans = self._plan("2026-04-30")

        collection = self._approved(2000.0)
        self.assertEqual((self.contract.collected_amount, plans.paid_amount, collection.unlinked_amount), (2000.0, 0.0, 2000.0))
        collection.with_user(self.finance).plan_id = plans

        self.assertEqual((plans.paid_amount, plans.state, collection.unlinked_amount), (2000.0, "part", 0.0))
        collection.plan_id = False
        self.assertEqual((plans.paid_amount, plans.state), (0.0, "open"))

    def test_shares_by_hand_stay_within_money_and_instalment(self):
        plans = self._plan("2026-04-30", "2026-05-31", amount=1000.0)
        collection = self._approved(1500.0)
        allocations = self.env["waste.payment.plan.allocation"].with_user(self.finance)

        allocations.create({"collection_id": collection.id, "plan_id": plans[1].id, "amount": 1000.0})
        for plan, amount, sentence in ((plans[0], 500.01, "can not pay instalments with 1500.01"),):
            with self.assertRaisesRegex(ValidationError, sentence), self.cr.savepoint():
                allocations.create({"collection_id": collection.id, "plan_id": plan.id, "amount": amount})
        second = self._approved(500.0)
        with self.assertRaisesRegex(ValidationError, "would be paid with 1000.01"), self.cr.savepoint():
            allocations.create({"collection_id": second.id, "plan_id": plans[1].id, "amount": 0.01})
        self.assertEqual(plans.mapped("paid_amount"), [0.0, 1000.0])

    def test_an_instalment_of_another_contract_is_refused(self):
        foreign = self._plan("2026-04-30", contract=self._active())
        with self.assertRaisesRegex(ValidationError, "of another contract than"):
            self._collect(plan_id=foreign.id)

    def test_money_that_wim_saw_pays_the_oldest_instalments(self):
        plans = self._plan("2026-02-28", "2026-03-10")
        statement = self._external(self.contract, 12000.0)

        payment = self._pay(statement, 12000.0)

        self.assertEqual(plans.mapped("paid_amount"), [10000.0, 2000.0])
        self.assertEqual(self.contract.collected_amount, 12000.0)
        self.assertRecordValues(payment.waste_collection_ids, [{
            "contract_id": self.contract.id, "amount": 12000.0, "is_automatic": True, "state": "approved", "bank_ref": "BK-SK-1"}])

    # THE PLAN ------------------------------------------------------------------

    def test_s3_cust_pay_a_plan_needs_its_contract(self):
        with self.assertRaisesRegex(UserError, "belongs to a contract: choose the contract first"):
            self.plans.create({"amount": 10000.0, "date_due": "2026-04-30"})
        self._plan("2026-04-30", "2026-05-31", "2026-06-30")
        self.assertEqual(len(self.producer.payment_plan_ids), 3)

    def test_instalments_are_numbered_by_their_day(self):
        plans = self._plan("2026-05-31", "2026-04-30")
        self.assertEqual(plans.mapped("number"), [2, 1])
        self.assertEqual(self._plan("2026-01-31").number, 3)

    def test_s3_con_pay_b_the_salesperson_is_reminded_three_days_before_once(self):
        plan = self._plan("2026-04-30", way="transfer", remind_days=3)
        with freeze_time("2026-04-26 02:00:00"):
            self.plans._cron_remind()
            self.assertFalse(plan.activity_ids)
        with freeze_time("2026-04-27 02:00:00"):
            self.plans._cron_remind()
            self.plans._cron_remind()
        self.assertRecordValues(plan.activity_ids, [{
            "user_id": self.salesperson.id, "date_deadline": Date.to_date("2026-04-30")}])
        self.assertIn("10000.00", plan.activity_ids.summary)

        self._approved(10000.0, plan_id=plan.id)
        self.assertFalse(plan.activity_ids)

    def test_equal_instalments_are_proposed_from_the_contract(self):
        wizard = self.env["waste.payment.plan.make"].with_user(self.salesperson).create({
            "contract_id": self.contract.id, "count": 7, "months": 1, "date_first": "2026-01-31"})
        self.assertEqual(wizard.amount, 30000.0)

        wizard.action_make()

        plans = self.contract.payment_plan_ids
        self.assertEqual(plans.mapped("amount"), [4285.71] * 6 + [4285.74])
        self.assertEqual([str(day) for day in plans.mapped("date_due")][:3], ["2026-01-31", "2026-02-28", "2026-03-31"])
        self.assertFalse(self.contract.plan_warning)

    def test_the_deposit_is_planned_on_account(self):
        contract = self._active(self._detail(price_unit=3000.0), deposit_amount=2000.0, settlement_cycle="quarter")
        self.env["waste.payment.plan.make"].create({"contract_id": contract.id}).action_make()
        plans = contract.payment_plan_ids
        self.assertEqual(plans.mapped("kind"), ["deposit"] + ["payment"] * 4)
        self.assertEqual(plans.mapped("amount"), [2000.0] + [7000.0] * 4)
        self.assertEqual(plans[0].date_due, contract.date_start)

    def test_the_cycle_decides_the_proposal(self):
        for cycle, count, first in (("month", 12, "2026-01-31"), ("quarter", 4, "2026-03-31"), ("prepaid", 1, "2026-01-01")):
            contract = self._active(settlement_cycle=cycle)
            wizard = self.env["waste.payment.plan.make"].create({"contract_id": contract.id})
            self.assertEqual((wizard.count, str(wizard.date_first)), (count, first), cycle)

    def test_a_plan_that_is_not_the_contracts_sum_is_warned_of(self):
        self._plan("2026-04-30", amount=12000.0)
        self.assertIn("12000.00, the contract to 30000.00", self.contract.plan_warning)

    def test_what_was_paid_is_not_planned_away(self):
        plan = self._plan("2026-04-30")
        self._approved(6000.0, plan_id=plan.id)
        with self.assertRaisesRegex(ValidationError, "has 6000.00 paid already"), self.cr.savepoint():
            plan.amount = 5999.99
        with self.assertRaisesRegex(UserError, "Take them off first"):
            plan.unlink()

    def test_s1b_4_2_a_deposit_that_does_not_come_is_listed_and_then_flagged(self):
        order = self._contract(contract_state="signing")
        deposit = self._plan("2026-03-16", amount=2000.0, contract=order, kind="deposit", remind_days=0)
        self.plans._cron_remind()
        self.assertEqual((deposit.is_overdue, deposit.overdue_days, len(deposit.activity_ids)), (True, 4, 1))

        collection = self._approved(2000.0, contract_id=order.id, kind="deposit", plan_id=deposit.id)

        self.assertEqual((deposit.state, deposit.is_overdue, deposit.collection_numbers), ("paid", False, collection.name))

    # RIGHTS --------------------------------------------------------------------

    def test_company_b_sees_nothing_of_company_a(self):
        self._plan("2026-04-30")
        self._approved()
        clerk = self._new_user("finance", login="h5_clerk_b", company=self._new_company("餐厨公司"))
        env = self.env(user=clerk, context={"allowed_company_ids": clerk.company_ids.ids})
        for model in ("waste.payment.plan", "waste.payment.plan.allocation", "waste.collection"):
            self.assertEqual(env[model].search_count([("contract_id", "=", self.contract.id)]), 0, model)

    def test_a_salesperson_plans_for_his_contracts_only(self):
        foreign = self._active(user_id=self.manager.id, partner_id=self.env["res.partner"].create({"name": "别家", "is_company": True}).id)
        with self.assertRaises(AccessError):
            self.plans.with_user(self.salesperson).create({"contract_id": foreign.id, "amount": 1.0, "date_due": "2026-04-30"})
