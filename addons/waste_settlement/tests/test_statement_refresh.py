from odoo.exceptions import ValidationError
from odoo.fields import Command, Date
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestStatementRefresh(SettlementCase):
    """From accepted batches to lines and amounts."""

    def test_one_line_per_waste_detail_with_its_sentence(self):
        contract = self._active(
            self._detail(), self._detail(waste_name="废包装桶", pricing_mode="unit_package", price_unit=15.0))
        first = self._batch(contract, 1200.5, packages=3)
        second = self._batch(contract, 800, day="2026-09-20 02:00:00", packages=2)
        self._batch(contract, 60, packages=4, line=1)

        statement = self._make(contract)

        self.assertRecordValues(statement, [{
            "state": "draft", "direction": "receivable", "amount_total": 5661.40, "quantity_kg": 2060.5,
            "computed_amount": 5661.40, "difference": 0.0, "amount_untaxed": 5340.94, "amount_tax": 320.46,
            "partner_id": self.producer.id, "company_id": self.company.id, "tax_rate_percent": 6.0,
        }])
        self.assertRecordValues(statement.line_ids, [
            {"name": "废活性炭", "quantity_kg": 2000.5, "package_count": 5, "trip_count": 2, "amount": 5601.40},
            {"name": "废包装桶", "quantity_kg": 60.0, "package_count": 4, "trip_count": 1, "amount": 60.0},
        ])
        self.assertEqual(statement.line_ids[0].batch_ids, first + second)
        self.assertIn("2.0005 t × 2,800 = 5,601.40", statement.line_ids[0].explanation)

    def test_i32_amounts_round_half_up_at_half_a_cent(self):
        """0.005 is rounded up once per line, not to the even cent and not by the binary error of a float."""
        contract = self._active(self._detail(price_unit=1.0), self._detail(waste_name="废酸", price_unit=1.0))
        self._batch(contract, 2.675 * 1000)  # 2.675 t × 1.00: as a float 2.67499…
        self._batch(contract, 5, line=1)  # 0.005 t × 1.00

        statement = self._make(contract)

        self.assertEqual(statement.line_ids.mapped("amount"), [2.68, 0.01])
        self.assertEqual(statement.amount_total, 2.69)

    def test_i41_a_batch_counts_in_the_local_month(self):
        """23:30 of 31 August in Dongguan is 15:30 UTC; half an hour after local midnight is still August in UTC."""
        contract = self._active()
        self._batch(contract, 100, day="2026-08-31 15:30:00")
        late = self._batch(contract, 200, day="2026-08-31 16:30:00")
        self._batch(contract, 400, day="2026-09-30 16:00:00")

        statement = self._make(contract)

        self.assertEqual(statement.line_ids.batch_ids, late)
        self.assertEqual(statement.quantity_kg, 200)

    def test_i35_what_we_pay_is_a_statement_of_its_own(self):
        contract = self._active(self._detail(), self._detail(waste_name="含铜污泥", pricing_mode="negative", price_unit=-300.0))
        self._batch(contract, 1000)
        self._batch(contract, 2000, line=1)

        receivable, payable = self._make(contract)

        self.assertEqual((receivable.direction, receivable.amount_total), ("receivable", 2800.0))
        self.assertEqual((payable.direction, payable.amount_total), ("payable", 600.0))

    def test_tiers_count_the_year_and_quotas_the_cycle(self):
        tiers = self._active(
            self._detail(pricing_mode="tier_all", price_unit=0.0), business_id=self.industrial.id,
            tier_ids=[Command.create({"from_t": 0, "to_t": 10, "price_unit": 500}),
                      Command.create({"from_t": 10, "to_t": 0, "price_unit": 450})])
        self._batch(tiers, 9000, day="2026-02-10 02:00:00")
        self._batch(tiers, 2000)
        self.kitchen.write({"default_quota_t": 15, "excess_price_factor": 2})
        quota = self._active(
            self._detail(waste_code_id=False, pricing_mode="tier_excess", price_unit=300.0),
            business_id=self.kitchen.id, government_id=self.government.id, settlement_cycle="quarter")
        self._batch(quota, 20000, day="2026-06-30 02:00:00")
        self._batch(quota, 14000, day="2026-08-10 02:00:00")
        self._batch(quota, 3000)

        statements = self._make(tiers + quota)

        # 11 t this year: all of September at 450. 14 t this quarter: 1 t at 300, 2 t at 600.
        self.assertEqual({each.contract_id: each.amount_total for each in statements}, {tiers: 900.0, quota: 1500.0})
        self.assertEqual(statements.filtered(lambda each: each.contract_id == quota).line_ids.before_kg, 14000)

    def test_a_yearly_statement_prices_each_quarter_by_its_own_quota(self):
        self.kitchen.write({"default_quota_t": 15, "excess_price_factor": 2})
        contract = self._active(
            self._detail(waste_code_id=False, pricing_mode="tier_excess", price_unit=300.0),
            business_id=self.kitchen.id, government_id=self.government.id, settlement_cycle="quarter")
        self._batch(contract, 16000, day="2026-02-10 02:00:00")
        self._batch(contract, 10000, day="2026-05-10 02:00:00")

        statement = self.statements._make_statements(contract, Date.to_date("2026-01-01"), Date.to_date("2026-12-31"))

        self.assertEqual(statement.amount_total, 15 * 300 + 600 + 10 * 300)
        self.assertEqual(len(statement.line_ids), 1)
        self.assertEqual(len(statement.line_ids.explanation.splitlines()), 2)

    def test_lump_lines_share_the_included_quantity(self):
        contract = self._active(
            self._detail(pricing_mode="lump_year", price_unit=3500.0),
            self._detail(waste_name="废酸", pricing_mode="lump_year", price_unit=3000.0),
            lump_sum_amount=8000.0, included_quantity_t=3.0)
        self._batch(contract, 2000)
        self._batch(contract, 1600, line=1)

        statement = self._make(contract)
        again = self._make(contract, "2026-10")
        self._batch(contract, 500, day="2026-10-10 02:00:00")
        october = self._make(contract, "2026-10")

        # 3 t included in 8,000; 0.6 t above, of the second waste; in October everything is above.
        self.assertEqual(statement.line_ids.mapped("amount"), [8000.0, 0.0, 1800.0])
        self.assertFalse(again, "the lump sum of the year is charged and nothing moved")
        self.assertEqual(october.line_ids.mapped("amount"), [1750.0])

    def test_the_lump_sum_moves_to_the_earliest_statement_until_one_is_approved(self):
        contract = self._active(
            self._detail(pricing_mode="lump_year", price_unit=3500.0), lump_sum_amount=8000.0, included_quantity_t=3.0)
        self._batch(contract, 100, day="2026-08-10 02:00:00")
        self._batch(contract, 100)
        september = self._make(contract)
        august = self._make(contract, "2026-08")

        self.assertEqual(august.amount_total, 8000.0)
        self.assertEqual(september.amount_total, 0.0)

        august.action_approve()
        july = self.statements.create({
            "contract_id": contract.id, "period_start": "2026-07-01", "period_end": "2026-07-31"})
        self.statements._refresh(contract)
        self.assertEqual((july.amount_total, august.amount_total), (0.0, 8000.0))

    def test_a_late_batch_shows_as_a_difference_of_an_approved_statement(self):
        contract = self._active()
        self._batch(contract, 1000)
        statement = self._make(contract)
        statement.action_approve()
        self._batch(contract, 500)

        self.statements._refresh(contract)

        self.assertEqual((statement.amount_total, statement.computed_amount), (2800.0, 4200.0))
        self.assertTrue(statement.has_difference)
        self.assertEqual(len(statement.line_ids.batch_ids), 1)

    def test_i31_a_cent_is_no_difference_two_are(self):
        contract = self._active()
        self._batch(contract, 1000)
        near = self._external(contract, 2800.01)
        self._batch(contract, 1000, day="2026-08-10 02:00:00")
        far = self._external(contract, 2799.98, period="2026-08")

        self.assertRecordValues(near + far, [
            {"amount_total": 2800.01, "computed_amount": 2800.0, "difference": 0.01, "has_difference": False},
            {"amount_total": 2799.98, "computed_amount": 2800.0, "difference": -0.02, "has_difference": True},
        ])

    def test_nothing_is_made_twice_or_for_contracts_that_wim_keeps(self):
        contract = self._active()
        self._batch(contract, 1000)
        kept = self._active(external_system="wim", external_key="DS-X", name="DS-X")
        self._batch(kept, 1000)
        draft = self._contract()
        self._batch(draft, 1000)

        first = self._make(contract + kept + draft)
        second = self._make(contract + kept + draft)

        self.assertEqual(first.contract_id, contract)
        self.assertFalse(second)

    def test_two_statements_for_one_period_are_refused_with_the_sentence(self):
        contract = self._active()
        self._batch(contract, 1000)
        statement = self._make(contract)

        with self.assertRaisesRegex(ValidationError, rf"already has the Receivable statement {statement.name}"), \
                self.cr.savepoint():
            self.statements.create({
                "contract_id": contract.id, "period_start": "2026-09-15", "period_end": "2026-10-14"})

        statement.action_cancel()
        self.assertTrue(self._make(contract), "a cancelled statement frees its period")

    def test_made_by_the_clerk_with_the_wizard(self):
        contract = self._active()
        other = self._active(business_id=self.industrial.id)
        self._batch(contract, 1000)
        self._batch(other, 1000)
        wizard = self.env["waste.statement.make"].with_user(self.finance).create({
            "period_start": "2026-09-01", "period_end": "2026-09-30", "business_ids": self.hazardous.ids})

        action = wizard.action_make()

        statements = self.statements.search(action["domain"])
        self.assertEqual(statements.contract_id, contract)
        again = wizard.action_make()
        run = self.env["waste.statement.run"].browse(again["res_id"])
        self.assertEqual((run.state, run.statement_count), ("done", 0))
        self.assertEqual(run.skip_ids.filtered(lambda skip: skip.contract_id == contract).reason, "covered")

    def test_the_number_of_queries_does_not_grow_with_the_contracts(self):
        """Settlement with 1 and with 40 contracts: the same count, from making to a refresh that writes nothing."""
        contracts = self.env["sale.order"]
        for _number in range(41):
            contract = self._active(self._detail(), self._detail(waste_name="含铜污泥", pricing_mode="negative", price_unit=-300.0))
            self._batch(contract, 1000)
            self._batch(contract, 500, line=1)
            contracts += contract
        few = self._make(contracts[:1])
        many = self._make(contracts[1:])
        self.assertEqual((len(few), len(many)), (2, 80))

        first = {size: self._count_refresh(contracts[:size], change=True) for size in (1, 40)}
        again = {size: self._count_refresh(contracts[:size]) for size in (1, 40)}

        self.assertEqual(first[40], first[1])
        self.assertEqual(again[40], again[1])
        self.assertLessEqual(first[1], 35)
        self.assertLessEqual(again[1], 12)

    def _count_refresh(self, contracts, change=False):
        if change:
            for batch in self.env["waste.batch"].search([("contract_id", "in", contracts.ids)]):
                batch.accepted_kg += 100
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.statements._refresh(contracts)
        self.env.flush_all()
        return self.cr.sql_log_count - before
