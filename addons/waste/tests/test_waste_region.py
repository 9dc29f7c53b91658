from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestWasteRegion(TransactionCase):
    def test_cities_carry_their_province(self):
        self.assertEqual(self.env.ref("waste.region_1101").display_name, "北京市市辖区")
        self.assertEqual(self.env.ref("waste.region_441900114").display_name, "黄江镇")

    def test_the_length_of_a_code_follows_from_the_kind(self):
        for code, kind in (("441", "city"), ("44190011A", "town"), ("4499", "province")):
            with self.subTest(code=code), self.assertRaises(ValidationError):
                self.env["waste.region"].create({"code": code, "name": "某地", "kind": kind})

    def test_a_region_is_no_part_of_itself(self):
        with self.assertRaises(ValidationError):
            self.env.ref("waste.region_44").parent_id = self.env.ref("waste.region_4419")
