from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import SettlementCase

WATCHED = (
    "sale.order", "sale.order.line", "waste.price.tier", "waste.statement", "waste.statement.line", "waste.collection",
    "waste.invoice.application", "waste.payment.plan", "account.move", "account.payment")


@freeze_time("2026-10-20 02:00:00")
@tagged("post_install", "-at_install")
class TestBadInput(SettlementCase):
    """What the issue names as bad input is refused by RPC and by import, with the sentence and nothing half-written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.usd = cls.env.ref("base.USD")
        cls.usd.active = True
        cls.admin_user = cls.users["admin"]
        cls.draft = cls._contract(
            cls._detail(pricing_mode="tier_all", price_unit=0.0, waste_code_id=False), business_id=cls.industrial.id)
        cls.active = cls._active()
        cls._batch(cls.active, 1000)
        cls.statement = cls._make(cls.active)
        cls.statement.action_approve()
        cls.statement.action_confirm()
        cls.statement.action_make_invoices()

    def _snapshot(self):
        self.env.flush_all()
        self.env.invalidate_all()
        facts = {model: self.env[model].sudo().with_context(active_test=False).search_count([]) for model in WATCHED}
        return facts, self.active.read(["date_end", "amount_total", "contract_state"]), self.statement.read(["amount_total", "state"])

    def _refused_by_rpc(self, sentence, model, method, *args, user=None):
        before = self._snapshot()
        records = self.env[model].with_user(user or self.finance).with_context(allowed_company_ids=self.company.ids)
        message = ""
        try:
            with mute_logger("odoo.sql_db"), self.cr.savepoint():
                call_kw(records, method, list(args), {})
        except UserError as error:
            message = str(error)
        except IntegrityError as error:
            # As Odoo's door words what the database refuses (odoo.service.model.retrying).
            message = records._sql_error_to_message(error)
        self.assertRegex(message, sentence)
        self.assertEqual(self._snapshot(), before)

    def _refused_by_import(self, sentence, model, names, *rows, user=None):
        before = self._snapshot()
        records = self.env[model].with_user(user or self.finance).with_context(allowed_company_ids=self.company.ids)
        with mute_logger("odoo.sql_db"):
            result = records.load(list(names), [list(map(str, row)) for row in rows])
        self.assertFalse(result["ids"])
        self.assertRegex(" ".join(message["message"] for message in result["messages"]), sentence)
        self.assertEqual(self._snapshot(), before)

    def test_overlapping_tiers_and_gaps(self):
        for sentence, second in (("overlap at 9 t", 9), ("leave a gap: 10 to 20 t", 20)):
            ladder = [(0, 10, 5), (second, 0, 4)]
            self._refused_by_rpc(sentence, "sale.order", "write", self.draft.ids, {"tier_ids": [
                Command.create({"from_t": low, "to_t": high, "price_unit": price}) for low, high, price in ladder]}, user=self.manager)
            self._refused_by_import(
                sentence, "sale.order", (".id", "tier_ids/from_t", "tier_ids/to_t", "tier_ids/price_unit"),
                (self.draft.id, *ladder[0]), ("", *ladder[1]), user=self.manager)

    def test_negative_quantities(self):
        line = self.draft.order_line
        self._refused_by_rpc("negative", "sale.order.line", "write", line.ids, {"planned_quantity_t": -1.0}, user=self.manager)
        self._refused_by_import("negative", "sale.order.line", (".id", "planned_quantity_t"), (line.id, -1), user=self.manager)
        self._refused_by_rpc("more than 0", "waste.collection", "create", [{"contract_id": self.active.id, "amount": -1.0}])
        self._refused_by_import(
            "more than 0", "waste.collection", ("contract_id/.id", "amount"), (self.active.id, -1))
        self._refused_by_import(
            "more than 0", "waste.payment.plan", ("contract_id/.id", "amount", "date_due"), (self.active.id, 0, "2026-11-01"))

    def test_currency_mix(self):
        for model, values in (
                ("waste.statement", {"direction": "receivable", "period_start": "2026-08-01", "period_end": "2026-08-31"}),
                ("waste.collection", {"amount": 10.0}),
                ("waste.invoice.application", {"fapiao_kind": "ordinary", "fapiao_title": "宏达"})):
            with self.subTest(model):
                values = {"contract_id": self.active.id, "currency_id": self.usd.id, **values}
                self._refused_by_rpc("is in USD, but .* is in CNY", model, "create", [values])
                names = [f"{name}/.id" if name.endswith("_id") else name for name in values]
                self._refused_by_import("is in USD, but .* is in CNY", model, names, values.values())

    def test_dates_outside_the_period(self):
        for first, last, sentence in (
                ("2027-02-01", "2027-02-28", "nothing of it is to be settled from 2027-02-01 to 2027-02-28"),
                ("2026-08-31", "2026-08-01", "must not end before it starts")):
            values = {"contract_id": self.active.id, "direction": "receivable", "period_start": first, "period_end": last}
            self._refused_by_rpc(sentence, "waste.statement", "create", [values])
            self._refused_by_import(
                sentence, "waste.statement", ("contract_id/.id", "direction", "period_start", "period_end"), values.values())

    def test_two_statements_for_one_period(self):
        values = {
            "contract_id": self.active.id, "direction": "receivable", "period_start": "2026-09-01", "period_end": "2026-09-15"}
        sentence = f"already has the Receivable statement {self.statement.name}"
        self._refused_by_rpc(sentence, "waste.statement", "create", [values])
        self._refused_by_rpc(sentence, "waste.statement", "create", [
            {**values, "period_start": "2026-07-01", "period_end": "2026-07-31"}, values])
        names = ("contract_id/.id", "direction", "period_start", "period_end")
        self._refused_by_import(sentence, "waste.statement", names, values.values())
        self._refused_by_import(
            sentence, "waste.statement", names, (self.active.id, "receivable", "2026-07-01", "2026-07-31"), values.values())

    def test_deleting_or_rewriting_an_invoiced_statement(self):
        line = self.statement.line_ids
        self._refused_by_rpc("is part of the books and can not be deleted", "waste.statement", "unlink", self.statement.ids)
        self._refused_by_rpc("its lines can no longer be changed", "waste.statement.line", "unlink", line.ids)
        self._refused_by_import("its lines can no longer be changed", "waste.statement.line", (".id", "amount"), (line.id, 1))
        self._refused_by_import("follows its invoices|can not become", "waste.statement", (".id", "state"), (self.statement.id, "settled"))
        self._refused_by_import("can no longer be changed", "waste.statement", (".id", "period_end"), (self.statement.id, "2026-10-31"))

    def test_editing_an_active_contract(self):
        line = self.active.order_line
        self._refused_by_rpc(
            "can no longer be changed", "sale.order", "write", self.active.ids, {"date_end": "2030-12-31"}, user=self.manager)
        self._refused_by_rpc(
            "can no longer be changed", "sale.order.line", "write", line.ids, {"price_unit": 1.0}, user=self.manager)
        self._refused_by_import(
            "can no longer be changed", "sale.order", (".id", "date_end"), (self.active.id, "2030-12-31"), user=self.manager)
        self._refused_by_import(
            "can no longer be changed", "sale.order.line", (".id", "price_unit"), (line.id, 1), user=self.manager)
        self._refused_by_import(
            "can no longer be changed", "sale.order", (".id", "order_line/.id", "order_line/price_unit"),
            (self.active.id, line.id, 1), user=self.manager)

    def test_the_next_good_row_comes_in(self):
        result = self.env["waste.collection"].with_user(self.finance).load(
            ["contract_id/.id", "amount", "date"], [[str(self.active.id), "10", "2026-10-20"]])
        self.assertEqual(len(result["ids"]), 1)
        with self.assertRaises(UserError):
            self.env["waste.collection"].browse(result["ids"]).with_user(self.salesperson).action_approve()
