from odoo.tests import tagged

from .common import FeedCase


@tagged("post_install", "-at_install")
class TestFeedStatements(FeedCase):
    """The feed's 101 statements, computed from its accepted batches, to the cent (I-31)."""

    def test_every_statement_of_the_feed_is_computed_exactly(self):
        statements = self.statements._create_external(self._statement_values(self.feed["statements"]))

        self.statements._refresh(self.contracts)

        differing = {
            statement.name: (statement.amount_total, statement.computed_amount)
            for statement in statements if statement.difference}
        self.assertEqual(len(statements), 101)
        self.assertEqual(differing, {})
        self.assertFalse(any(statements.mapped("has_difference")))
        for statement in statements:
            self.assertAlmostEqual(sum(statement.line_ids.mapped("quantity_kg")), statement.quantity_kg, 3, statement.name)

    def test_order_of_arrival_changes_nothing(self):
        values = self._statement_values(self.feed["statements"])
        for vals in reversed(values):
            self.statements._create_external([vals])
            self.statements._refresh(self.env["sale.order"].browse(vals["contract_id"]))

        statements = self.statements.search([("contract_id", "in", self.contracts.ids)])

        self.assertEqual(len(statements), 101)
        self.assertFalse(any(statements.mapped("difference")))

    def test_our_own_statements_come_to_the_same_amounts(self):
        """The same contracts, kept here: made month by month instead of taken over."""
        made = self.statements
        for period in ("2026-07", "2026-08", "2026-09"):
            made += self._make(self.contracts, period)

        ours = {
            (statement.contract_id.name, statement.direction, str(statement.period_start)[:7]): statement.amount_total
            for statement in made}
        theirs = {
            (contract, {"应收": "receivable", "应付": "payable"}[direction], period): float(amount)
            for _number, contract, direction, period, _quantity, amount, *_rest in self.feed["statements"]}
        extra = {key: amount for key, amount in ours.items() if key not in theirs}
        self.assertEqual({key: ours.get(key) for key in theirs}, theirs)
        # Lump sums that are due although nothing moved and WIM made no statement, and nothing else.
        self.assertTrue(all(amount == 8000.0 for amount in extra.values()), extra)

    def test_known_amounts(self):
        statements = self.statements._create_external(self._statement_values(self.feed["statements"]))
        self.statements._refresh(self.contracts)
        amounts = {
            (statement.contract_id.name, statement.direction, str(statement.period_start)[:7]): statement.computed_amount
            for statement in statements}

        self.assertEqual(amounts["T-DSGF-2026-0003", "receivable", "2026-07"], 430.96)
        self.assertEqual(
            [amounts["T-DSWF-2026-0004", "receivable", f"2026-0{month}"] for month in (7, 8, 9)], [4507.72, 5051.35, 12577.94])
        self.assertEqual(
            [amounts["T-DSWF-2026-0004", "payable", f"2026-0{month}"] for month in (8, 9)], [2071.90, 1830.00])
        # Quota of 15 t a quarter: 12.124 t at 300; then 2.876 at 300 and the rest at 600; then all at 600.
        self.assertEqual(
            [amounts["T-DSCC-2026-0009", "receivable", f"2026-0{month}"] for month in (7, 8, 9)], [3637.20, 5635.20, 6928.20])

    def test_the_lump_sum_is_charged_once_even_where_no_lump_line_moved(self):
        statements = self.statements._create_external(self._statement_values(self.feed["statements"]))
        self.statements._refresh(self.contracts)
        of_contract = statements.filtered(lambda statement: statement.contract_id.name == "T-DSWF-2026-0030").sorted("period_start")

        lumps = of_contract.line_ids.filtered(lambda line: line.kind == "lump")

        self.assertEqual(lumps.statement_id, of_contract[0])
        self.assertEqual(lumps.mapped("amount"), [of_contract.contract_id.lump_sum_amount])
        self.assertNotIn("lump_year", of_contract[0].line_ids.filtered("contract_line_id").mapped("pricing_mode"))

    def test_a_second_refresh_writes_nothing(self):
        self.statements._create_external(self._statement_values(self.feed["statements"]))
        statements = self.statements._refresh(self.contracts)
        lines = statements.line_ids

        self.statements._refresh(self.contracts)

        self.assertEqual(statements.line_ids, lines)
