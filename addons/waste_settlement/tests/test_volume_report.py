from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestVolumeReport(SettlementCase):
    """Volumes and amounts of a producer by the periods that the trade splits its years into."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.periods = cls.env["waste.period"]
        cls.periods.search([]).unlink()

    def _volumes(self, user=None, **domain):
        report = self.env["waste.volume.report"].with_user(user or self.finance)
        self.env.flush_all()
        return {
            (period.name or "-"): (quantity, amount) for period, quantity, amount in report._read_group(
                [("partner_id", "=", self.producer.id)], ["period_id"], ["quantity_t:sum", "receivable_amount:sum"])}

    def test_s1l_3_2_seasons_are_defined_and_overlaps_refused(self):
        self.periods.create([
            {"name": "2026春", "date_start": "2026-02-01", "date_end": "2026-07-31"},
            {"name": "2026秋", "date_start": "2026-08-01", "date_end": "2027-01-31"}])
        with self.assertRaisesRegex(ValidationError, "overlaps 2026秋 .*: a day belongs to one period"), self.cr.savepoint():
            self.periods.create({"name": "2027春", "date_start": "2027-01-31", "date_end": "2027-07-31"})
        self.assertEqual(len(self.periods.search([])), 2)

        contract = self._active(self._detail(price_unit=1500.0))
        # 23:59 and midnight of Dongguan.
        self._batch(contract, 1000, day="2026-07-31 15:59:59")
        self._batch(contract, 2000, day="2026-07-31 16:00:00")
        self.assertEqual(self._volumes(), {"2026春": (1.0, 0.0), "2026秋": (2.0, 0.0)})

    def test_s1l_3_3_the_volume_of_each_period_and_of_all(self):
        self.periods.create([
            {"name": "2024", "date_start": "2024-01-01", "date_end": "2024-12-31"},
            {"name": "2025", "date_start": "2025-01-01", "date_end": "2025-12-31"},
            {"name": "2026 Q1", "date_start": "2026-01-01", "date_end": "2026-03-31"}])
        contract = self._active(self._detail(price_unit=1500.0), date_start="2024-01-01", date_end="2026-12-31")
        for day, kilograms in (("2024-05-10", 18000), ("2025-05-10", 20000), ("2026-02-10", 4000), ("2026-02-20", 1000)):
            self._batch(contract, kilograms, day=f"{day} 02:00:00")
        for period in ("2024-05", "2025-05", "2026-02"):
            self._make(contract, period)

        volumes = self._volumes()

        self.assertEqual(volumes, {"2024": (18.0, 27000.0), "2025": (20.0, 30000.0), "2026 Q1": (5.0, 7500.0)})
        self.assertEqual(tuple(map(sum, zip(*volumes.values(), strict=True))), (43.0, 64500.0))

    def test_what_we_pay_is_no_receivable_and_a_fee_is_shared_evenly(self):
        contract = self._active(
            self._detail(waste_name="含铜污泥", pricing_mode="negative", price_unit=-300.0),
            self._detail(waste_name="运输费", waste_code_id=False, pricing_mode="transport_sep", price_unit=100.0, price_basis="trip"))
        self._batch(contract, 1000)
        self._batch(contract, 3000)
        self._make(contract)
        self.env.flush_all()
        rows = self.env["waste.volume.report"].search([("contract_id", "=", contract.id)], order="quantity_t")
        self.assertEqual(rows.mapped("payable_amount"), [300.0, 900.0])
        self.assertEqual(sum(rows.mapped("receivable_amount")), sum(
            contract.statement_ids.filtered(lambda each: each.direction == "receivable").mapped("amount_total")))

    def test_a_salesperson_sees_his_producers_only(self):
        self._batch(self._active(user_id=self.manager.id), 1000)
        own = self._active(user_id=self.salesperson.id)
        self._batch(own, 2000)
        self.env.flush_all()
        rows = self.env["waste.volume.report"].with_user(self.salesperson).search([("partner_id", "=", self.producer.id)])
        self.assertEqual(rows.contract_id, own)
