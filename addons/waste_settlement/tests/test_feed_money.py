import random

from odoo.tests import tagged

from .common import FeedCase


@tagged("post_install", "-at_install")
class TestFeedMoney(FeedCase):
    """Invoices and payments of the feed lead to statements.csv, whatever the order of arrival."""

    def _apply(self, rows):
        """Apply (kind, row) in the order given; what waits for something unknown is tried again after each success."""
        waiting = []
        for number, (kind, row) in enumerate(rows):
            if number % 40 == 20:  # or the planner takes the tables for empty: nobody else sees this transaction's rows
                self.env.cr.execute("ANALYZE account_move, account_move_line, account_partial_reconcile, account_payment")
            waiting.append((kind, row))
            progress = True
            while progress:
                progress = False
                for item in list(waiting):
                    if getattr(self, f"_apply_{item[0]}")(item[1]):
                        waiting.remove(item)
                        progress = True
        self.assertEqual(waiting, [])

    def _apply_statement(self, row):
        return self.statements._create_external(self._statement_values([row]))

    def _apply_invoice(self, row):
        key, moment, payload = row
        return self.statements._register_external_invoices("wim", [{
            "key": key,
            "state": payload["state"],
            "statement": self._statement(payload.get("statement_no")),
            "amount": float(payload["amount_total"]) if "amount_total" in payload else None,
            "fapiao_no": payload.get("invoice_no"),
            "red_of": payload.get("red_of"),
            "date": self._day(moment),
        }])[0]

    def _apply_payment(self, row):
        key, moment, partner, amount, bank_ref, allocated = row
        allocations = [(self._statement(number), float(share)) for number, share in allocated]
        if not all(statement for statement, _share in allocations):
            return False
        return self.statements._register_external_payments("wim", [{
            "key": key, "partner": self.producers[partner], "amount": float(amount), "date": self._day(moment),
            "bank_ref": bank_ref, "allocations": allocations}])[0]

    def _statement(self, number):
        return self.statements.search([("name", "=", number)])

    def _rows(self):
        return [
            *(("statement", row) for row in self.feed["statements"]),
            *(("invoice", row) for row in self.feed["invoices"]),
            *(("payment", row) for row in self.feed["payments"]),
        ]

    def _check_end_state(self):
        statements = self.statements.search([("contract_id", "in", self.contracts.ids)])
        statements = {statement.name: statement for statement in statements}
        self.assertEqual(len(statements), 101)
        for number, _contract, direction, _period, _quantity, amount, received, state in self.feed["statements"]:
            statement = statements[number]
            self.assertEqual(statement.amount_total, float(amount), number)
            if direction == "应收":
                self.assertEqual(statement.received_amount, float(received), number)
                self.assertEqual(statement.state == "settled", state == "settled", number)
                self.assertIn(statement.state, ("settled", "approved", "invoiced"), number)
        invoices = self.env["account.move"].search([("waste_statement_id", "in", [each.id for each in statements.values()])])
        self.assertEqual(len(invoices), 74)
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        payments = self.env["account.payment"].search([("external_system", "=", "wim"), ("company_id", "=", self.company.id)])
        self.assertEqual(len(payments), 61)
        red = statements["T-JSD-202609-00017"]
        self.assertEqual(red.invoiced_amount, 0)
        self.assertEqual(red.state, "settled")
        self.assertEqual(set(red.invoice_ids.mapped("payment_state")), {"reversed", "paid"})
        # Everything paid and invoiced is matched: nothing is left open but what is not paid, and the money of the red one.
        for statement in set(statements.values()) - {red}:
            open_invoices = sum(statement.invoice_ids.mapped("amount_residual"))
            if statement.invoice_ids:
                self.assertAlmostEqual(open_invoices, statement.open_amount, 2, statement.name)

    def test_in_the_order_of_the_feed(self):
        self._apply(self._rows())
        self._check_end_state()

    def test_shuffled(self):
        rows = self._rows()
        random.Random(20261121).shuffle(rows)
        self._apply(rows)
        self._check_end_state()

    def test_the_whole_again_changes_nothing(self):
        rows = self._rows()
        self._apply(rows)
        moves = self.env["account.move"].search_count([("company_id", "=", self.company.id)])

        for kind, row in rows:
            if kind != "statement":
                getattr(self, f"_apply_{kind}")(row)

        self.assertEqual(self.env["account.move"].search_count([("company_id", "=", self.company.id)]), moves)
        self._check_end_state()
