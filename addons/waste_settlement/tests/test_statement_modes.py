from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestStatementModes(SettlementCase):
    """What single pricing modes need of tracking: trips, laboratory values, the waste that a fee is for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.hazardous | cls.kitchen).pricing_mode_ids = False

    def _lab(self, batch, *items):
        number = next(self._numbers)
        return self.env["waste.lab"].create({
            "name": f"HY-{number}", "batch_id": batch.id, "company_id": batch.company_id.id,
            "items": [list(item) for item in items], "is_qualified": True, "tested_at": "2026-09-12 02:00:00"})

    def test_each_batch_is_priced_by_its_own_laboratory_value(self):
        contract = self._active(self._detail(pricing_mode="calorific", price_unit=2100.0, lab_item="热值"), tier_ids=[
            Command.create({"from_t": 0, "to_t": 3750, "price_unit": 2195.0}),
            Command.create({"from_t": 3750, "to_t": 0, "price_unit": 1995.0})])
        self._lab(self._batch(contract, 1000), ("热值", 3749, "kcal/kg"))
        self._lab(self._batch(contract, 2000), ("热值", 3750, "kcal/kg"))

        statement = self._make(contract)

        self.assertEqual(statement.amount_total, 2195.0 + 2 * 1995.0)
        self.assertEqual(len(statement.line_ids.explanation.splitlines()), 2)

    def test_a_batch_without_its_laboratory_value_is_not_settled(self):
        contract = self._active(self._detail(pricing_mode="calorific", price_unit=2100.0, lab_item="热值"), tier_ids=[
            Command.create({"from_t": 0, "to_t": 0, "price_unit": 2195.0})])
        self._batch(contract, 1000)

        with self.assertRaisesRegex(UserError, "no laboratory report says it"):
            self._make(contract)

    def test_fees_follow_the_waste_and_do_not_count_its_tonnes_again(self):
        contract = self._active(
            self._detail(price_unit=1000.0),
            self._detail(waste_name="运输费", waste_code_id=False, pricing_mode="transport_sep", price_unit=500.0),
            self._detail(waste_name="化验费", waste_code_id=False, pricing_mode="analysis_fee", price_unit=350.0),
            is_transport_included=False)
        self._lab(self._batch(contract, 1000), ("pH", 7, ""))
        self._batch(contract, 500)

        statement = self._make(contract)

        self.assertEqual(statement.line_ids.mapped("amount"), [1500.0, 1000.0, 350.0])
        self.assertEqual(statement.quantity_kg, 1500)

    def test_the_minimum_charge_of_each_trip_is_topped_up(self):
        contract = self._active(self._detail(price_unit=3000.0), minimum_charge_amount=1500.0)
        self._batch(contract, 200)
        self._batch(contract, 1000)

        statement = self._make(contract)

        # 600 and 3,000: only the first trip is below 1,500.
        self.assertEqual(statement.line_ids.mapped("amount"), [3600.0, 900.0])
        self.assertEqual(statement.amount_total, 4500.0)

    def test_a_lump_sum_of_each_month_is_charged_though_nothing_moved(self):
        contract = self._active(
            self._detail(pricing_mode="lump_year", price_unit=0.0), lump_sum_amount=500.0, lump_sum_unit="month")

        statements = self._make(contract) + self._make(contract, "2026-10")

        self.assertEqual(statements.mapped("amount_total"), [500.0, 500.0])

    def test_a_lump_sum_of_each_trip_with_its_included_quantity(self):
        contract = self._active(
            self._detail(pricing_mode="lump_year", price_unit=2000.0), lump_sum_amount=800.0, lump_sum_unit="trip",
            included_quantity_t=0.5)
        self._batch(contract, 400)
        self._batch(contract, 700)

        statement = self._make(contract)

        # Two trips; only the second is above half a tonne, by 0.2 t.
        self.assertEqual(sorted(statement.line_ids.mapped("amount")), [400.0, 1600.0])

    def test_bins_of_a_kitchen_and_free_collection(self):
        values = {"business_id": self.kitchen.id, "government_id": self.government.id}
        bins = self._active(self._detail(waste_code_id=False, pricing_mode="kitchen_bin", price_unit=11.0), **values)
        free = self._active(self._detail(waste_code_id=False, pricing_mode="kitchen_free", price_unit=120.0), **values)
        self._batch(bins, 3300, packages=30)
        self._batch(free, 2300)

        statements = self._make(bins + free)

        amounts = {statement.contract_id: (statement.amount_total, statement.quantity_kg) for statement in statements}
        self.assertEqual(amounts, {bins: (330.0, 3300.0), free: (0.0, 2300.0)})
