from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import ROLES, SettlementCase

NONE, READ, FULL = "----", "r---", "rwcu"
RIGHTS = {
    #                               user  sales manager dispatcher finance service admin integrator portal public accountant
    "waste.statement":              (NONE, READ, READ, NONE, FULL, READ, FULL, NONE, READ, NONE, NONE),
    "waste.statement.line":         (NONE, READ, READ, NONE, FULL, READ, FULL, NONE, READ, NONE, NONE),
    "waste.payment.allocation":     (NONE, READ, READ, NONE, FULL, READ, FULL, NONE, NONE, NONE, READ),
    "waste.invoice.application":    (NONE, FULL, FULL, NONE, FULL, READ, FULL, NONE, NONE, NONE, NONE),
    "waste.invoice.application.line": (NONE, FULL, FULL, NONE, FULL, READ, FULL, NONE, NONE, NONE, NONE),
    "waste.collection":             (NONE, FULL, FULL, NONE, FULL, READ, FULL, NONE, NONE, NONE, NONE),
    "waste.payment.plan":           (NONE, FULL, FULL, NONE, FULL, READ, FULL, NONE, NONE, NONE, NONE),
    "waste.payment.plan.allocation": (NONE, READ, READ, NONE, FULL, READ, FULL, NONE, NONE, NONE, NONE),
    "waste.money.refuse":           (NONE, NONE, NONE, NONE, FULL, NONE, FULL, NONE, NONE, NONE, NONE),
    "waste.payment.plan.make":      (NONE, FULL, FULL, NONE, FULL, NONE, FULL, NONE, NONE, NONE, NONE),
    "waste.dunning":                (NONE, READ, READ, NONE, READ, READ, READ, NONE, NONE, NONE, NONE),
    "waste.dunning.level":          (NONE, READ, READ, NONE, FULL, READ, FULL, NONE, NONE, NONE, NONE),
    "waste.collection.progress":    (NONE, READ, READ, NONE, READ, READ, READ, NONE, NONE, NONE, NONE),
    "waste.period":                 (NONE, READ, FULL, NONE, FULL, READ, FULL, NONE, NONE, NONE, NONE),
    "waste.volume.report":          (NONE, READ, READ, NONE, READ, READ, READ, NONE, NONE, NONE, NONE),
    "waste.ageing":                 (NONE, FULL, FULL, NONE, FULL, FULL, FULL, NONE, NONE, NONE, NONE),
    "waste.ageing.line":            (NONE, FULL, FULL, NONE, FULL, FULL, FULL, NONE, NONE, NONE, NONE),
    "waste.statement.make":         (NONE, NONE, NONE, NONE, FULL, NONE, FULL, NONE, NONE, NONE, NONE),
    "waste.statement.run":          (NONE, NONE, NONE, NONE, "rwc-", NONE, "rwc-", NONE, NONE, NONE, NONE),
    "waste.statement.run.skip":     (NONE, NONE, NONE, NONE, READ, NONE, READ, NONE, NONE, NONE, NONE),
    "waste.statement.objection":    (NONE, READ, READ, NONE, "rwc-", READ, "rwc-", NONE, READ, NONE, NONE),
    "waste.statement.offset":       (NONE, NONE, NONE, NONE, FULL, NONE, FULL, NONE, NONE, NONE, NONE),
    "waste.statement.offset.line":  (NONE, NONE, NONE, NONE, FULL, NONE, FULL, NONE, NONE, NONE, NONE),
    "waste.reconciliation":         (NONE, NONE, NONE, NONE, FULL, NONE, FULL, NONE, NONE, NONE, NONE),
    "waste.reconciliation.line":    (NONE, NONE, NONE, NONE, READ, NONE, READ, NONE, NONE, NONE, NONE),
    "waste.statement.difference":   (NONE, NONE, NONE, NONE, FULL, NONE, FULL, NONE, NONE, NONE, NONE),
    "waste.statement.adjust":       (NONE, NONE, NONE, NONE, FULL, NONE, FULL, NONE, NONE, NONE, NONE),
    "waste.statement.dispute":      (NONE, NONE, NONE, NONE, FULL, NONE, FULL, NONE, NONE, NONE, NONE),
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}


@tagged("post_install", "-at_install")
class TestAccess(SettlementCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._portal_user(cls.producer)
        cls.public = cls.env.ref("base.public_user")
        cls.accountant = new_test_user(
            cls.env, "h5_accountant", "account.group_account_invoice", company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)])
        cls.contract = cls._active(user_id=cls.salesperson.id)
        cls._batch(cls.contract, 1000)
        cls.statement = cls._make(cls.contract)
        cls.foreign_producer = cls.env["res.partner"].create({"name": "另一家", "is_company": True})
        cls.foreign = cls._active(user_id=cls.manager.id, partner_id=cls.foreign_producer.id)
        cls._batch(cls.foreign, 1000)
        cls.foreign_statement = cls._make(cls.foreign)
        (cls.statement + cls.foreign_statement).action_approve()

    def test_rights_table_of_every_model(self):
        users = [*(self.users[role] for role in ROLES if role != "wim_integrator"),
                 self.users["wim_integrator"], self.portal, self.public, self.accountant]
        for model, rights in RIGHTS.items():
            for user, letters in zip(users, rights, strict=True):
                expected = {OPERATIONS[letter] for letter in letters if letter != "-"}
                allowed = {
                    operation for operation in OPERATIONS.values()
                    if self.env["ir.model.access"].with_user(user).check(model, operation, raise_exception=False)}
                self.assertEqual(allowed, expected, f"{model} for {user.login}")

    def test_finance_is_an_invoicing_clerk(self):
        self.assertTrue(self.finance.has_group("account.group_account_invoice"))
        self.assertFalse(self.users["customer_service"].has_group("account.group_account_invoice"))

    def test_a_salesperson_sees_his_contracts_only(self):
        mine = self.statements.with_user(self.salesperson).search([])
        self.assertEqual(mine, self.statement)
        self.assertEqual(mine.line_ids, self.statement.line_ids)
        with self.assertRaises(AccessError):
            self.foreign_statement.with_user(self.salesperson).amount_total  # noqa: B018
        self.assertEqual(self.env["waste.statement.line"].with_user(self.salesperson).search_count([]), 1)
        self.assertEqual(
            self.statements.with_user(self.salesperson)._read_group([], [], ["__count"]), [(1,)])
        for role in ("sales_manager", "customer_service", "finance"):
            self.assertEqual(self.statements.with_user(self.users[role]).search_count([]), 2, role)

    def test_each_role_opens_the_screens(self):
        """Form and list with all their fields, without a field that the role may not read."""
        self._pay(self.statement, 100.0)
        self._invoice(self.statement, 2800.0)
        for role in ("salesperson", "sales_manager", "customer_service", "finance"):
            with self.subTest(role):
                form = Form(self.statement.with_user(self.users[role]))
                self.assertEqual(form.received_amount, 100.0)
        form = Form(self.statement.invoice_ids.with_user(self.accountant))
        self.assertEqual(form.fapiao_no, "2644KPTZ-1")
        form = Form(self.statement.allocation_ids.payment_id.with_user(self.accountant))
        self.assertEqual(form.bank_ref, "BK-SK-1")

    def test_a_salesperson_presses_no_button_of_the_finance(self):
        statement = self.statement.with_user(self.salesperson)
        for action in ("action_approve", "action_confirm", "action_dispute", "action_resolve", "action_revise",
                       "action_cancel", "action_refresh", "action_make_invoices"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(statement, action)()
        self.assertEqual(self.statement.state, "approved")

    def test_i36_a_producer_sees_only_its_own_released_statements(self):
        self._batch(self.contract, 500, day="2026-08-10 02:00:00")
        draft = self._make(self.contract, "2026-08")
        statements = self.statements.with_user(self.portal).with_context(allowed_company_ids=[])

        self.assertEqual(statements.search([]), self.statement)
        self.assertEqual(statements.search_count([]), 1)
        self.assertEqual(statements._read_group([], ["partner_id"], ["amount_total:sum"]), [(self.producer, 2800.0)])
        self.assertEqual(statements.env["waste.statement.line"].search([]), self.statement.line_ids)
        for other in (self.foreign_statement, draft):
            with self.assertRaises(AccessError):
                statements.browse(other.id).read(["name"])
            with self.assertRaises(UserError):
                statements.browse(other.id).export_data(["name"])

    def test_what_is_ours_alone_is_closed_to_the_producer(self):
        statement = self.statement.with_user(self.portal).with_context(allowed_company_ids=[])
        for name in ("computed_amount", "difference", "has_difference", "external_extra", "external_extra_text", "external_versions"):
            with self.subTest(name):
                self.assertNotIn(name, statement.fields_get())
                with self.assertRaises(AccessError):
                    statement.read([name])
        with self.assertRaises(AccessError):
            statement.write({"state": "confirmed"})
        with self.assertRaises(AccessError):
            statement.action_confirm()
        self.assertEqual(self.statement.state, "approved")

    def test_company_b_never_sees_company_a(self):
        other = self._new_company("东实一般固废公司")
        clerk = self._new_user("finance", login="h5_clerk_b", company=other)
        self.statement._create_invoices([{"statement": self.statement, "amount": None, "date": "2026-10-01"}])
        self._pay(self.statement, 100.0)
        env = self.env(user=clerk, context={"allowed_company_ids": other.ids})

        for model in ("waste.statement", "waste.statement.line", "waste.payment.allocation"):
            self.assertEqual(env[model].search_count([]), 0, model)
        for records in (self.statement, self.statement.line_ids, self.statement.allocation_ids):
            with self.assertRaises(AccessError):
                records.with_env(env).read(["company_id"])
        self.assertEqual(env["account.move"].search_count([("waste_statement_id", "!=", False)]), 0)
        self.assertEqual(env["sale.order"].search_count([]), 0)

    def test_an_accountant_without_our_groups_works_as_before(self):
        move = self.env["account.move"].with_user(self.accountant).create({
            "move_type": "out_invoice", "partner_id": self.producer.id, "invoice_date": "2026-10-01",
            "invoice_line_ids": [Command.create({"name": "x", "quantity": 1, "price_unit": 5.0, "tax_ids": False})]})
        move.action_post()
        payment = self.env["account.payment.register"].with_user(self.accountant).with_context(
            active_model="account.move", active_ids=move.ids).create({})._create_payments()
        self.assertEqual((move.payment_state, payment.state), ("paid", "paid"))
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual(move.payment_state, "not_paid")

    def test_an_accountant_may_take_back_the_invoice_of_a_statement_he_does_not_see(self):
        self.statement._create_invoices([{"statement": self.statement, "amount": None, "date": "2026-10-01"}])
        self.assertEqual(self.statement.state, "invoiced")
        self.statement.invoice_ids.with_user(self.accountant).button_draft()
        self.assertEqual(self.statement.state, "approved")
