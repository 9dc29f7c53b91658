from odoo.tests import BaseCase, tagged

from ..tools.manifest_number import split_manifest_number


@tagged("post_install", "-at_install")
class TestManifestNumber(BaseCase):

    def test_year_city_and_serial(self):
        self.assertEqual(split_manifest_number("20264419000001"), (2026, "4419", "000001"))

    def test_other_forms_are_no_numbers(self):
        for number in ("2026441900001", "202644190000011", "2026-419000001", "", None, "２０２６４４１９０００００１x"):
            with self.subTest(number=number):
                self.assertIsNone(split_manifest_number(number) or None)
