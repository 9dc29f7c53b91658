import base64
import csv
import io
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

COLUMNS = (
    "category_code", "category_name", "industry_source", "waste_code", "description", "hazard_raw", "hazard_all", "source")


@tagged("post_install", "-at_install")
class TestCatalogueImport(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hazardous = cls.env.ref("waste.business_hazardous")
        cls.codes = cls.env["waste.code"]
        listed = cls.codes.search([("business_id", "=", cls.hazardous.id), ("is_fallback", "=", False)], order="code")
        cls.rows = [{
            "category_code": code.category_id.code, "category_name": code.category_id.name,
            "industry_source": code.industry, "waste_code": code.code, "description": code.name,
            "hazard_raw": code.hazard_text, "hazard_all": "|".join(code.hazard_ids.mapped("code")), "source": "…",
        } for code in listed]
        cls.admin = new_test_user(cls.env, "waste_test_catalogue", groups="waste.group_admin")

    def _file(self, rows, encoding="utf-8"):
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
        return base64.b64encode(text.getvalue().encode(encoding))

    def _import(self, rows, encoding="utf-8", **vals):
        wizard = self.env["waste.catalogue.import"].with_user(self.admin).create({
            "version_name": "2025", "order": "令第36号", "valid_from": "2025-01-01", "file": self._file(rows, encoding),
            **vals})
        wizard.action_import()
        return wizard

    def _row(self, code, **vals):
        return {
            "category_code": f"HW{code[-2:]}", "category_name": "含锡废物", "industry_source": "锡冶炼", "waste_code": code,
            "description": "锡冶炼烟尘", "hazard_raw": "T", "hazard_all": "T", **vals}

    def _snapshot(self):
        return self.codes.search_read([], ["code", "name", "valid_from", "valid_to"], order="id")

    def test_new_rows_open_same_rows_stay_vanished_rows_close(self):
        """The shape of the step 2021 to 2025: two merged, one reworded, four new."""
        kept = [dict(row) for row in self.rows if row["waste_code"] not in ("398-004-22", "398-005-22")]
        reworded = next(row for row in kept if row["waste_code"] == "900-041-49")
        reworded["description"] = "新的说法"
        new = [self._row(f"321-03{n}-48", category_name="有色金属采选和冶炼废物") for n in range(5, 9)]
        vanished = self.env.ref("waste.code_398_004_22") | self.env.ref("waste.code_398_005_22")
        old_wording = self.env.ref("waste.code_900_041_49")
        fallback = self.env.ref("waste.code_900_000_22")

        wizard = self._import(kept + new)

        self.assertRecordValues(wizard, [{
            "state": "done", "created_count": 4, "changed_count": 1, "kept_count": 464, "closed_ids": vanished.ids}])
        self.assertEqual(vanished.mapped("valid_to"), [date(2024, 12, 31)] * 2)
        self.assertEqual(old_wording.valid_to, date(2024, 12, 31))
        self.assertFalse(fallback.valid_to)
        found = self.codes._find(["398-004-22", "900-041-49", "321-035-48"], date(2025, 1, 1))
        self.assertEqual(set(found), {"900-041-49", "321-035-48"})
        self.assertEqual(found["900-041-49"].name, "新的说法")
        self.assertEqual(found["321-035-48"].hazard_ids, self.env.ref("waste.hazard_t"))
        version = self.env.ref("waste.catalogue_version_2025")
        self.assertEqual((version.code_count, version.status), (469, "partial"))  # official: 470
        self.assertEqual(self.codes._find(["900-041-49"], date(2024, 12, 31)), {"900-041-49": old_wording})

    def test_importing_the_same_list_again_changes_nothing(self):
        rows = [*self.rows, self._row("321-035-48", category_name="有色金属采选和冶炼废物")]
        self._import(rows)
        before = self._snapshot()

        wizard = self._import(rows)

        self.assertRecordValues(wizard, [{"created_count": 0, "changed_count": 0, "kept_count": 468, "closed_ids": []}])
        self.assertEqual(self._snapshot(), before)

    def test_a_new_category_comes_with_its_fallback_code(self):
        self._import([*self.rows, self._row("321-001-51")])

        category = self.env["waste.category"].search([("code", "=", "HW51")])
        self.assertRecordValues(category, [{
            "name": "含锡废物", "fallback_code": "900-000-51", "business_id": self.hazardous.id}])
        self.assertEqual(set(self.codes._find(["321-001-51", "900-000-51"], date(2025, 1, 1))), {"321-001-51", "900-000-51"})

    def test_a_list_of_another_business_leaves_the_hazardous_codes_alone(self):
        before = self._snapshot()
        industrial = self.env.ref("waste.business_industrial")

        self._import(
            [self._row("900-003-S17", category_code="SW17", category_name="可再生类废物", description="废塑料",
                       hazard_raw="", hazard_all="")],
            version_name="2024", valid_from="2024-01-22", business_id=industrial.id)

        self.assertEqual(self._snapshot()[:len(before)], before)
        found = self.codes._find(["900-003-S17"], date(2026, 1, 1))["900-003-S17"]
        self.assertRecordValues(found, [{"business_id": industrial.id, "name": "废塑料", "hazard_text": False}])
        self.assertFalse(found.category_id.fallback_code)

    def test_files_saved_by_chinese_excel_are_read(self):
        wizard = self._import(self.rows, encoding="gb18030")

        self.assertEqual(wizard.kept_count, 467)

    def test_a_bad_file_names_its_line_and_writes_nothing(self):
        before = self._snapshot()
        bad = [
            (self._row("900-041-4"), "Line 3: “900-041-4” is not a waste code such as 398-004-22."),
            (self._row("900-041-49", category_code="HW59"), "Line 3: waste code 900-041-49 does not belong to category “HW59”."),
            (self._row("321-035-48", description=" "), "Line 3: waste code 321-035-48 has no description."),
            (self._row("321-035-48", hazard_all="T|X"), "Line 3: “X” is no known hazard mark."),
            (dict(self.rows[0]), f"Line 3: waste code {self.rows[0]['waste_code']} is in the file twice."),
        ]
        for row, sentence in bad:
            with self.subTest(sentence=sentence), self.assertRaises(UserError) as refusal, self.env.cr.savepoint():
                self._import([self.rows[0], row])
            self.assertEqual(str(refusal.exception), sentence)
        with self.assertRaises(UserError):
            self._import([])
        with self.assertRaises(UserError):
            self._import(self.rows, file=base64.b64encode(b"a,b\n1,2\n"))
        with self.assertRaises(UserError):
            self._import(self.rows, file=base64.b64encode(b"\xff\xfe\x81\x00"))

        self.assertEqual(self._snapshot(), before)

    def test_an_older_list_can_not_follow_a_newer_one(self):
        before = self._snapshot()

        with self.assertRaises(UserError):
            self._import(self.rows, version_name="2016", valid_from="2016-08-01")
        with self.assertRaises(UserError):
            self._import(self.rows, version_name="2021", valid_from="2022-01-01")

        self.assertEqual(self._snapshot(), before)

    def test_a_list_that_takes_back_its_own_rows_is_refused(self):
        self._import([*self.rows, self._row("321-035-48", category_name="有色金属采选和冶炼废物")])

        with self.assertRaises(UserError) as refusal:
            self._import(self.rows)

        self.assertIn("321-035-48", str(refusal.exception))

    def test_only_administrators_import(self):
        manager = new_test_user(self.env, "waste_test_no_import", groups="waste.group_sales_manager")

        with self.assertRaises(AccessError):
            self.env["waste.catalogue.import"].with_user(manager).create({
                "version_name": "2025", "valid_from": "2025-01-01", "file": self._file(self.rows)})
