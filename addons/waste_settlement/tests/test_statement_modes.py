from collections import namedtuple
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.waste_contract.tests.test_pricing_modes import STRATEGIES, TERMS

from ..tools import month_bounds
from .common import SettlementCase

# One test case of data/reference/pricing_modes.csv:
# - details, order: what was agreed
# - typed: what is typed into the simulator, for each waste detail
# - batches: what is tracked: (waste detail, kg, packages, trip, laboratory items)
# - amounts: what the producer, we and the government owe
Case = namedtuple("Case", ["code", "details", "order", "typed", "batches", "amounts"])


def case(code, *details, order=None, typed=(), batches=(), receivable=0.0, payable=0.0, government=0.0):
    return Case(code, details, order or {}, typed, batches, (receivable, payable, government))


def tracked(kg, line=0, packages=0, trip=1, lab=()):
    return line, kg, packages, trip, lab


def tiers(*steps):
    return [Command.create(dict(zip(("from_t", "to_t", "price_unit", "is_excess"), step, strict=False))) for step in steps]


def detail(pricing_mode, price_unit, **values):
    return {"pricing_mode": pricing_mode, "price_unit": price_unit, "planned_quantity_t": 10.0, **values}


LUMP = {"lump_sum_amount": 8000.0, "included_quantity_t": 3.0}
BANDS = {"tier_ids": tiers((0, 3750, 2195.0), (3750, 0, 1995.0))}
HEAT = {"lab_item": "热值"}
COPPER = {"lab_item": "Cu", "index_metal": "Cu", "index_coefficient": 0.4}
APART = {"is_transport_included": False}
CASES = [
    case("UNIT_T", detail("unit_t", 2195.0), typed=[{"quantity_t": 4.236}], batches=[tracked(4236)], receivable=9298.02),
    case("UNIT_KG", detail("unit_kg", 67.0), typed=[{"quantity_t": 0.013}], batches=[tracked(13)], receivable=871.0),
    case("UNIT_PACK", detail("unit_package", 15.0), typed=[{"count": 120}], batches=[tracked(600, packages=120)], receivable=1800.0),
    case("PER_TRIP", detail("per_trip", 1500.0), typed=[{"count": 2}],
         batches=[tracked(500, trip=1), tracked(300, trip=1), tracked(800, trip=2)], receivable=3000.0),
    case("LUMP_YEAR", detail("lump_year", 3500.0), order=LUMP, typed=[{"quantity_t": 3.6}], batches=[tracked(3600)],
         receivable=10100.0),
    case("LUMP_YEAR", detail("lump_year", 3500.0), order={"lump_sum_amount": 500.0, "lump_sum_unit": "month", "included_quantity_t": 1.0},
         typed=[{"quantity_t": 1.2}], batches=[tracked(1200)], receivable=1200.0),
    case("LUMP_YEAR", detail("lump_year", 3500.0), order={"lump_sum_amount": 800.0, "lump_sum_unit": "trip", "included_quantity_t": 0.5},
         typed=[{"quantity_t": 0.7}], batches=[tracked(300), tracked(400)], receivable=1500.0),
    case("EXCESS", detail("lump_year", 3500.0), order=LUMP, typed=[{"quantity_t": 3}], batches=[tracked(3000)], receivable=8000.0),
    case("EXCESS", detail("lump_year", 3500.0), detail("lump_year", 3000.0), order=LUMP, typed=[{"quantity_t": 2}, {"quantity_t": 2}],
         batches=[tracked(2000), tracked(2000, line=1)], receivable=11000.0),
    case("MIXED", detail("unit_t", 2800.0), detail("unit_t", 1800.0), detail("unit_t", 2200.0), detail("lump_year", 3500.0), order=LUMP,
         typed=[{"quantity_t": 1}, {"quantity_t": 1}, {"quantity_t": 1}, {"quantity_t": 3.6}],
         batches=[tracked(1000), tracked(1000, line=1), tracked(1000, line=2), tracked(3600, line=3)], receivable=16900.0),
    case("TIER_ALL", detail("tier_all", 0.0), order={"tier_ids": tiers((0, 5, 200.0), (5, 0, 300.0))},
         typed=[{"quantity_t": 4.999}], batches=[tracked(4999)], receivable=999.8),
    case("TIER_MARGINAL", detail("tier_excess", 0.0), order={"tier_ids": tiers((0, 10, 300.0), (10, 0, 600.0))},
         typed=[{"quantity_t": 12}], batches=[tracked(12000)], receivable=4200.0),
    case("TIER_MARGINAL", detail("tier_quota", 0.0), order={"tier_ids": tiers((0, 5, 200.0), (5, 10, 300.0), (10, 0, 600.0, True))},
         typed=[{"quantity_t": 12}], batches=[tracked(12000)], receivable=4200.0),
    case("MIN_CHARGE", detail("unit_t", 3000.0), order={"minimum_charge_amount": 1500.0},
         typed=[{"quantity_t": 0.2, "count": 1}], batches=[tracked(200)], receivable=1500.0),
    case("MIN_CHARGE", detail("unit_t", 3000.0), order={"minimum_charge_amount": 1500.0, "minimum_charge_unit": "month"},
         typed=[{"quantity_t": 0.2}], batches=[tracked(50), tracked(150, trip=2)], receivable=1500.0),
    case("ANALYSIS_FEE", detail("unit_t", 100.0), detail("analysis_fee", 350.0, waived_over_t=10.0),
         typed=[{"quantity_t": 4}, {"count": 3}],
         batches=[tracked(2000, lab=[("pH", 7)]), tracked(1000, lab=[("pH", 8)]), tracked(1000, lab=[("pH", 6)])], receivable=1450.0),
    case("ANALYSIS_FEE", detail("unit_t", 100.0), detail("analysis_fee", 350.0, waived_over_t=10.0),
         typed=[{"quantity_t": 11}, {"count": 1}], batches=[tracked(11000, lab=[("pH", 7)])], receivable=1100.0),
    case("PRETREAT_FEE", detail("unit_t", 100.0), detail("pretreat_fee", 120.0),
         typed=[{"quantity_t": 2.5}, {}], batches=[tracked(2500)], receivable=550.0),
    case("PRETREAT_FEE", detail("unit_t", 100.0), detail("pretreat_fee", 120.0, price_basis="trip"),
         typed=[{"quantity_t": 2.5}, {"count": 2}], batches=[tracked(1500), tracked(1000, trip=2)], receivable=490.0),
    case("TRANSPORT_SEP", detail("unit_t", 1060.0), detail("transport_sep", 1090.0), order=APART,
         typed=[{"quantity_t": 2}, {"count": 1}], batches=[tracked(1200), tracked(800)], receivable=3210.0),
    case("TRANSPORT_SEP", detail("unit_t", 100.0), detail("transport_sep", 1.2, price_basis="tkm", distance_km=45.0), order=APART,
         typed=[{"quantity_t": 4}, {}], batches=[tracked(4000)], receivable=616.0),
    case("TRANSPORT_INC", detail("unit_t", 2800.0), typed=[{"quantity_t": 1, "count": 2}],
         batches=[tracked(400), tracked(600, trip=2)], receivable=2800.0),
    case("NEGATIVE", detail("negative", -300.0), typed=[{"quantity_t": 1.5}], batches=[tracked(1500)], payable=450.0),
    case("INDEXED", detail("indexed", -900.0, **COPPER), typed=[{"quantity_t": 1, "lab_value": 3.2, "day": "2026-09-10"}],
         batches=[tracked(1000, lab=[("pH", 7), ("Cu", 3.2)])], payable=921.6),
    case("FLOOR", detail("unit_t", 2195.0, floor_price=2000.0, commission_percent=10.0),
         typed=[{"quantity_t": 4.236}], batches=[tracked(4236)], receivable=9298.02),
    case("CALORIFIC", detail("calorific", 2100.0, **HEAT), order=BANDS, typed=[{"quantity_t": 1, "lab_value": 3749}],
         batches=[tracked(1000, lab=[("热值", 3749)])], receivable=2195.0),
    case("CALORIFIC", detail("calorific", 2100.0, **HEAT), order=BANDS, typed=[{"quantity_t": 1, "lab_value": 3750}],
         batches=[tracked(1000, lab=[("热值", 3750)])], receivable=1995.0),
    case("KITCHEN_BIN", detail("kitchen_bin", 11.0), typed=[{"count": 30}], batches=[tracked(3000, packages=30)], receivable=330.0),
    case("KITCHEN_BIN", detail("kitchen_bin", 100.0, price_basis="t"),
         typed=[{"count": 30}], batches=[tracked(3000, packages=30)], receivable=330.0),
    case("KITCHEN_FREE", detail("kitchen_free", 120.0), typed=[{"quantity_t": 2.3}], batches=[tracked(2300)], government=276.0),
]


class ModesCase(SettlementCase):
    """Contracts of any pricing mode, and what is tracked of them in September 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.hazardous | cls.kitchen).pricing_mode_ids = False
        cls.env["waste.price.index"].search([]).unlink()
        cls.env["waste.price.index"].create(
            {"metal": "Cu", "date": "2026-05-01", "price_unit": 72000.0, "currency_id": cls.env.ref("base.CNY").id})

    def _agreed(self, *details, **order):
        """Return a contract in force; kitchens' prices make it one of a kitchen."""
        is_kitchen = details[0]["pricing_mode"].startswith("kitchen")
        business = {"business_id": self.kitchen.id, "government_id": self.government.id} if is_kitchen else {}
        return self._active(
            *(self._detail(**{"waste_code_id": False, "waste_name": f"废物{number}", **values}) for number, values in enumerate(details)),
            **business, **order)

    def _track(self, contract, batches):
        """Store batches on 10 September, those of one trip with one pickup."""
        pickups = {trip: self.env["waste.pickup"].create({
            "contract_id": contract.id, "producer_id": contract.partner_id.id, "business_id": contract.business_id.id,
            "company_id": contract.company_id.id, "planned_at": "2026-09-10 00:00:00", "loaded_at": "2026-09-10 01:00:00",
            "vehicle_plate": "粤S12345", "driver_name": "张师傅", "state": "done"}) for trip in {row[3] for row in batches}}
        for line, kg, packages, trip, lab in batches:
            batch = self._batch(contract, kg, line=line, packages=packages, pickup_id=pickups[trip].id)
            if lab:
                self._lab(batch, *lab)

    def _lab(self, batch, *items):
        number = next(self._numbers)
        return self.env["waste.lab"].create({
            "name": f"HY-{number}", "batch_id": batch.id, "company_id": batch.company_id.id,
            "items": [[item, value, ""] for item, value in items], "is_qualified": True, "tested_at": "2026-09-12 02:00:00"})


@tagged("post_install", "-at_install")
class TestStatementModes(ModesCase):
    """Every code of data/reference/pricing_modes.csv: the same amount in the simulator and on the statement."""

    def test_every_code_of_the_trade_has_a_case(self):
        # The deposit is a life of its own: `test_deposit_…`.
        self.assertEqual({each.code for each in CASES} | {"DEPOSIT"}, STRATEGIES.keys() | TERMS.keys())

    def test_statement_and_simulator_come_to_the_amount_of_the_test_case(self):
        for number, each in enumerate(CASES):
            with self.subTest(each.code, number=number):
                contract = self._agreed(*each.details, **each.order)
                self._track(contract, each.batches)

                simulation = self._simulate(contract, each.typed)
                statements = self._make(contract)

                statement, asked = statements[:1], statements[1:]
                direction = "payable" if each.amounts[1] else "receivable"
                self.assertEqual(
                    statements.mapped("direction"), [direction, "government"] if each.code == "KITCHEN_FREE" else [direction])
                self.assertEqual(
                    (statement.receivable_amount, statement.payable_amount, sum(statement.line_ids.mapped("government_amount"))),
                    each.amounts)
                self.assertEqual(sum(asked.mapped("amount_total")), each.amounts[2])
                self.assertEqual(
                    (simulation.receivable_amount, simulation.payable_amount, simulation.government_amount), each.amounts)
                self.assertEqual(statement.quantity_kg, sum(row[1] for row in each.batches), "each kilogram counts once")
                self.assertTrue(all(statement.line_ids.mapped("explanation")))
                if each.code == "FLOOR":
                    self.assertNotIn("2,000", "".join(statement.line_ids.mapped("explanation")))

    def _simulate(self, contract, typed):
        simulation = self.env["waste.price.simulation"].create({"order_id": contract.id})
        for line, values in zip(simulation.line_ids, typed, strict=True):
            line.write({"quantity_t": 0.0, "count": 0, **values})
        return simulation

    def test_deposit_too_much_is_refunded_as_the_simulator_says(self):
        contract = self._agreed(detail("unit_t", 300.0), settlement_cycle="prepaid", deposit_amount=3600.0)
        with freeze_time("2026-01-05 03:00:00"):
            advance = self._make_by_cycle(contract, "2026-01")
            advance.action_approve()
        self._track(contract, [tracked(10000)])

        with freeze_time("2027-01-05 03:00:00"):
            settlement = self._make_by_cycle(contract, "2026-12")

        self.assertEqual((advance.amount_total, settlement.amount_total), (3600.0, -600.0))
        self.assertIn("to refund 600.00", self._simulate(contract, [{"quantity_t": 10}]).charges)

    def test_an_advance_on_a_laboratory_price_takes_the_expected_one(self):
        contract = self._agreed(detail("calorific", 2100.0, **HEAT), settlement_cycle="prepaid", **BANDS)

        with freeze_time("2026-01-05 03:00:00"):
            advance = self._make_by_cycle(contract, "2026-01")

        self.assertEqual(advance.amount_total, 21000.0)

    def _make_by_cycle(self, contract, period):
        start, end = month_bounds(period)
        return self.statements._make_periods(self.statements._get_cycle_periods(contract, start, end))[0]


@tagged("post_install", "-at_install")
class TestStatementFacts(ModesCase):
    """What the prices take from tracking, and what happens while a fact is missing."""

    def test_each_batch_is_priced_by_its_own_laboratory_value(self):
        contract = self._agreed(detail("calorific", 2100.0, **HEAT), **BANDS)
        self._track(contract, [tracked(1000, lab=[("热值", 3749)]), tracked(2000, lab=[("热值", 3750)])])

        statement = self._make(contract)

        self.assertEqual(statement.amount_total, 2195.0 + 2 * 1995.0)
        self.assertEqual(len(statement.line_ids.explanation.splitlines()), 2)

    def test_a_batch_without_its_laboratory_value_is_not_settled(self):
        contract = self._agreed(detail("calorific", 2100.0, **HEAT), **BANDS)
        self._track(contract, [tracked(1000)])

        with self.assertRaisesRegex(UserError, "no laboratory report says it"):
            self._make(contract)

    def test_a_batch_may_come_before_its_report_and_the_draft_waits_for_it(self):
        contract = self._agreed(detail("calorific", 2100.0, **HEAT), **BANDS)
        self._track(contract, [tracked(1000, lab=[("热值", 3749)])])
        draft = self._make(contract)
        late = self._batch(contract, 2000)

        self.statements._refresh(contract)

        self.assertEqual(draft.amount_total, 2195.0)
        self.assertIn("no laboratory report says it", draft.problem)
        with self.assertRaisesRegex(UserError, "can not be calculated"):
            draft.action_approve()
        report = self._lab(late, ("热值", 3750))
        self.env.cr.precommit.run()
        self.assertFalse(draft.problem)
        self.assertEqual(draft.amount_total, 2195.0 + 2 * 1995.0)
        report.items = [["热值", 3700, ""]]
        self.env.cr.precommit.run()
        self.assertEqual(draft.amount_total, 3 * 2195.0)
        draft.action_approve()
        self.assertEqual(draft.state, "approved")

    def test_a_report_after_the_approval_shows_as_a_difference(self):
        contract = self._agreed(detail("unit_t", 100.0), detail("analysis_fee", 350.0))
        self._track(contract, [tracked(1000, lab=[("pH", 7)])])
        statement = self._make(contract)
        statement.action_approve()

        self._lab(statement.line_ids.batch_ids, ("Cu", 1))
        self.env.cr.precommit.run()

        self.assertRecordValues(statement, [{"amount_total": 450.0, "computed_amount": 800.0, "has_difference": True}])

    def test_the_minimum_charge_of_each_trip_is_topped_up(self):
        contract = self._agreed(detail("unit_t", 3000.0), minimum_charge_amount=1500.0)
        self._track(contract, [tracked(200), tracked(1000, trip=2)])

        statement = self._make(contract)

        # 600 and 3,000: only the first trip is below 1,500.
        self.assertEqual(statement.line_ids.mapped("amount"), [3600.0, 900.0])

    def test_the_minimum_charge_of_a_trip_counts_its_own_packages_and_transport(self):
        contract = self._agreed(
            detail("unit_package", 15.0), detail("transport_sep", 500.0), minimum_charge_amount=1500.0, **APART)
        self._track(contract, [tracked(900, packages=10), tracked(100, packages=90, trip=2)])

        statement = self._make(contract)

        # 150 + 500 → 850 more; 1,350 + 500 is enough, though its drums weigh less.
        self.assertEqual(statement.line_ids.mapped("amount"), [1500.0, 1000.0, 850.0])

    def test_the_minimum_charge_of_the_whole_contract_is_topped_up_at_its_end(self):
        contract = self._agreed(
            detail("unit_t", 3000.0), minimum_charge_amount=5000.0, minimum_charge_unit="contract", date_end="2026-10-31")
        self._batch(contract, 1000)
        self._batch(contract, 500, day="2026-10-10 02:00:00")

        statements = self._make(contract) + self._make(contract, "2026-10")

        self.assertEqual(statements.mapped("amount_total"), [3000.0, 2000.0])

    def test_a_lump_sum_of_each_month_is_charged_though_nothing_moved(self):
        contract = self._agreed(detail("lump_year", 0.0), lump_sum_amount=500.0, lump_sum_unit="month")

        statements = self._make(contract) + self._make(contract, "2026-10")

        self.assertEqual(statements.mapped("amount_total"), [500.0, 500.0])
        self.assertIn("1 × 500.00 = 500.00", statements[0].line_ids.explanation)

    def test_a_lump_sum_of_each_trip_with_its_included_quantity(self):
        contract = self._agreed(
            detail("lump_year", 2000.0), lump_sum_amount=800.0, lump_sum_unit="trip", included_quantity_t=0.5)
        self._track(contract, [tracked(400), tracked(700, trip=2)])

        statement = self._make(contract)

        # Two trips; only the second is above half a tonne, by 0.2 t.
        self.assertEqual(sorted(statement.line_ids.mapped("amount")), [400.0, 1600.0])

    def test_each_supply_is_invoiced_at_its_own_vat_rate(self):
        contract = self._agreed(detail("unit_t", 1060.0), detail("transport_sep", 1090.0), **APART)
        self._track(contract, [tracked(2000)])
        statement = self._make(contract)

        self.assertEqual(statement.line_ids.mapped("tax_rate_percent"), [6.0, 9.0])
        self.assertEqual((statement.amount_untaxed, statement.amount_tax), (3000.0, 210.0))
        statement.action_approve()
        statement.action_confirm()
        statement.action_make_invoices()

        lines = statement.invoice_ids.invoice_line_ids
        self.assertEqual([(line.price_total, line.tax_ids.amount) for line in lines], [(2120.0, 6.0), (1090.0, 9.0)])
        self.assertEqual((statement.invoice_ids.amount_tax, statement.invoiced_amount), (210.0, 3210.0))

    def test_the_application_asks_for_the_rates_of_the_statement(self):
        contract = self._agreed(detail("unit_t", 1060.0), detail("transport_sep", 1090.0), **APART)
        self._track(contract, [tracked(2000)])
        statement = self._make(contract)
        statement.action_approve()
        statement.action_confirm()

        application = self.env["waste.invoice.application"].create({"statement_id": statement.id})

        self.assertEqual(application.line_ids.mapped("tax_rate_percent"), [6.0, 9.0])
        self.assertEqual(application.amount_tax, statement.amount_tax)

    def test_tax_of_mixed_rates_is_rounded_as_the_invoicing_company_sets(self):
        for method, tax in (("round_per_line", 0.04), ("round_globally", 0.05)):
            self.company.tax_calculation_rounding_method = method
            split = self.statements._split_tax([(0.25, 6.0), (0.25, 6.0), (0.25, 9.0)], self.company)
            with self.subTest(method):
                self.assertEqual(Decimal(str(split[0])) + Decimal(str(split[1])), Decimal("0.75"))
                self.assertEqual(split[1], tax)

    def test_the_number_of_queries_does_not_grow_with_the_contracts(self):
        contracts = self.env["sale.order"]
        for _number in range(14):  # 84 lines: one INSERT takes a hundred
            contract = self._agreed(
                detail("calorific", 2100.0, **HEAT), detail("indexed", -900.0, **COPPER), detail("analysis_fee", 350.0),
                detail("transport_sep", 500.0), detail("lump_year", 100.0), minimum_charge_amount=9000.0, lump_sum_amount=500.0,
                lump_sum_unit="month", minimum_charge_unit="contract", date_end="2026-09-30", **BANDS, **APART)
            self._track(contract, [
                tracked(1000, lab=[("热值", 3750)]), tracked(500, lab=[("热值", 3749)], trip=2), tracked(800, line=1, lab=[("Cu", 3.2)])])
            contracts += contract
        # The first fills the caches.
        counts = {len(part): self._count_queries(part) for part in (contracts[:1], contracts[1:2], contracts[2:])}

        self.assertEqual(counts[12], counts[1])

    def _count_queries(self, contracts):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        statements = self._make(contracts)
        self.env.flush_all()
        queries = self.cr.sql_log_count - before
        self.assertEqual(len(statements), 2 * len(contracts))
        return queries
