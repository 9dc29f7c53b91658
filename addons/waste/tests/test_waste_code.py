from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestWasteCode(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.codes = cls.env["waste.code"]
        cls.version = cls.env.ref("waste.catalogue_version_2021")

    def _create(self, code, category, **vals):
        return self.codes.create({
            "code": code, "name": "…", "category_id": self.env.ref(f"waste.category_{category}").id,
            "catalogue_version_id": self.version.id, "valid_from": "2026-01-01", **vals})

    def test_codes_are_found_by_the_day_of_the_document(self):
        found = self.codes._find(["398-004-22", "900-000-22", "900-041-59", ""], date(2026, 6, 1))

        self.assertEqual(found, {
            "398-004-22": self.env.ref("waste.code_398_004_22"), "900-000-22": self.env.ref("waste.code_900_000_22")})
        self.assertEqual(self.codes._find(["398-004-22"], date(2020, 12, 31)), {})
        self.assertEqual(self.codes._find([], date(2026, 6, 1)), {})

    def test_a_closed_code_is_valid_up_to_its_last_day(self):
        code = self.env.ref("waste.code_398_004_22")
        code.valid_to = "2026-12-31"

        self.assertEqual(self.codes._find(["398-004-22"], date(2026, 12, 31)), {"398-004-22": code})
        self.assertEqual(self.codes._find(["398-004-22"], date(2027, 1, 1)), {})
        self.assertEqual(code._valid_on(date(2026, 12, 31)), code)
        self.assertFalse(code._valid_on(date(2027, 1, 1)))

    def test_invalid_codes_of_real_reports_are_refused(self):
        """Invariant I-02: the last two digits name the category."""
        for code in ("900-041-59", "900-041-09", "900-41-49", "900-041-4９", "398-004-22 ", "900-041-H49"):
            with self.subTest(code=code), self.assertRaises(ValidationError):
                self._create(code, "hw49")

    def test_solid_waste_codes_of_2024_have_their_own_form(self):
        plastics = self.env["waste.category"].create({
            "code": "SW17", "name": "可再生类废物", "business_id": self.env.ref("waste.business_industrial").id})

        code = self.codes.create({
            "code": "900-003-S17", "name": "废塑料", "category_id": plastics.id, "valid_from": "2024-01-01",
            "catalogue_version_id": self.version.id})

        self.assertEqual(code.business_id, self.env.ref("waste.business_industrial"))
        self.assertEqual(code.display_name, "900-003-S17 废塑料")

    def test_one_code_is_valid_once_a_day(self):
        code = self.env.ref("waste.code_398_004_22")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self._create("398-004-22", "hw22")
        code.valid_to = "2026-01-01"
        with self.assertRaises(ValidationError):
            self._create("398-004-22", "hw22")
        code.valid_to = "2025-12-31"

        newer = self._create("398-004-22", "hw22")

        self.assertEqual(self.codes._find(["398-004-22"], date(2025, 12, 31)), {"398-004-22": code})
        self.assertEqual(self.codes._find(["398-004-22"], date(2026, 1, 1)), {"398-004-22": newer})

    def test_people_find_codes_by_code_and_by_words(self):
        code = self.env.ref("waste.code_398_004_22")

        self.assertIn(code.id, dict(self.codes.name_search("398-004")))
        self.assertIn(code.id, dict(self.codes.name_search("酸性蚀刻")) or dict(self.codes.name_search(code.name[:8])))
        self.assertLessEqual(len(code.display_name), len("398-004-22 ") + 33)
