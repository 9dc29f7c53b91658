from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..tools.mass import kg, shares


@tagged("post_install", "-at_install")
class TestMass(BaseCase):

    def test_a_stored_weight_is_exact_to_the_gram(self):
        self.assertEqual(kg(0.1 + 0.2), Decimal("0.300"))
        self.assertEqual(kg("312.1775"), Decimal("312.178"))
        self.assertEqual(kg(None), Decimal("0.000"))

    def test_the_last_share_takes_the_rest(self):
        self.assertEqual(shares(Decimal("100.000"), [Decimal(1)] * 3), [
            Decimal("33.333"), Decimal("33.333"), Decimal("33.334"),
        ])
