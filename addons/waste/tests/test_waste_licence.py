from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common import WasteCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-01 04:00:00")
class TestWasteLicence(WasteCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.licences = cls.env["waste.licence"]
        cls.dispatcher = cls._make_user("dispatcher", "dispatcher", name="调度员")
        cls.carrier = cls._make_partner("粤运环保", "carrier")

    def _licence(self, valid_to, **vals):
        return self.licences.create({
            "name": f"YUNSHU-{valid_to}", "partner_id": self.carrier.id, "kind": "road_transport",
            "valid_from": "2023-01-01", "valid_to": valid_to, "user_id": self.dispatcher.id, **vals})

    def test_the_state_follows_from_the_calendar(self):
        licences = [
            (self._licence("2026-05-31"), "expired", -1),
            (self._licence("2026-06-01"), "expiring", 0),
            (self._licence("2026-07-31"), "expiring", 60),
            (self._licence("2026-08-01"), "valid", 61),
            (self._licence("2027-01-01", valid_from="2026-06-02"), "upcoming", 214),
            (self._licence("2028-01-01", is_suspended=True), "suspended", 579),
        ]

        for licence, state, days in licences:
            with self.subTest(licence=licence.name):
                self.assertEqual((licence.state, licence.days_left), (state, days))
                found = self.licences.search([("state", "=", state), ("partner_id", "=", self.carrier.id)])
                self.assertIn(licence, found)
                self.assertEqual(set(found.mapped("state")), {state})
        self.assertEqual(
            self.licences.search_count([("state", "in", ("valid", "expiring")), ("partner_id", "=", self.carrier.id)]), 3)
        self.assertEqual(self.licences.search_count([("state", "!=", "expired"), ("partner_id", "=", self.carrier.id)]), 5)

    def test_whoever_watches_it_is_warned_once_60_30_and_7_days_before(self):
        licence = self._licence("2026-07-21")
        far = self._licence("2027-07-21")
        suspended = self._licence("2026-07-22", is_suspended=True)
        warned = {}

        for day in ("2026-05-21", "2026-05-22", "2026-05-23", "2026-06-20", "2026-06-21", "2026-07-01", "2026-07-14",
                    "2026-07-15", "2026-07-21", "2026-07-22"):
            with freeze_time(f"{day} 04:00:00"):
                before = licence.activity_ids
                licence.invalidate_recordset()
                self.licences._cron_warn_expiring()
                if licence.activity_ids - before:
                    warned[day] = licence.warned_days

        self.assertEqual(warned, {"2026-05-22": 60, "2026-06-21": 30, "2026-07-14": 7})
        self.assertEqual(licence.activity_ids.user_id, self.dispatcher)
        self.assertEqual(set(licence.activity_ids.mapped("date_deadline")), {date(2026, 7, 21)})
        self.assertFalse((far | suspended).activity_ids)

    def test_a_licence_known_late_gets_the_last_warning_only(self):
        licence = self._licence("2026-06-05")

        self.licences._cron_warn_expiring()

        self.assertEqual((len(licence.activity_ids), licence.warned_days), (1, 7))

    def test_a_renewed_licence_is_warned_of_again(self):
        licence = self._licence("2026-06-05")
        self.licences._cron_warn_expiring()

        licence.valid_to = "2026-07-15"
        self.licences._cron_warn_expiring()

        self.assertEqual((len(licence.activity_ids), licence.warned_days), (2, 60))

    def test_the_cron_warns(self):
        licence = self._licence("2026-06-05")

        with self.enter_registry_test_mode():
            self.env.ref("waste.ir_cron_licence_warning").method_direct_trigger()

        self.assertEqual(len(licence.activity_ids), 1)

    def test_it_covers_categories_and_single_codes(self):
        copper = self.env.ref("waste.code_398_004_22")
        other = self.env.ref("waste.code_900_041_49")
        licence = self._licence("2028-01-01", category_ids=copper.category_id.ids, code_ids=other.ids)

        self.assertTrue(licence._covers(copper))
        self.assertTrue(licence._covers(other))
        self.assertFalse(licence._covers(self.env.ref("waste.code_900_039_49")))
        self.assertFalse(self.licences._covers(copper))

    def test_it_is_in_force_from_its_first_to_its_last_day(self):
        licence = self._licence("2026-06-05")

        self.assertEqual(licence._valid_on(date(2023, 1, 1)), licence)
        self.assertEqual(licence._valid_on(date(2026, 6, 5)), licence)
        self.assertFalse(licence._valid_on(date(2022, 12, 31)))
        self.assertFalse(licence._valid_on(date(2026, 6, 6)))
        licence.is_suspended = True
        self.assertFalse(licence._valid_on(date(2026, 6, 5)))

    def test_a_licence_can_not_end_before_it_starts(self):
        with self.assertRaises(ValidationError):
            self._licence("2022-12-31")
