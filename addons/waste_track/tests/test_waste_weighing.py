from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import WasteTrackCommon


@tagged("post_install", "-at_install")
class TestWasteWeighing(WasteTrackCommon):
    """I-12: net = gross - tare; gross > tare >= 0; a road vehicle weighs at most 60 t."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pickup = cls._make_pickup(cls.contract)

    def _weigh(self, gross, tare, net):
        return self.env["waste.weighing"].create({
            "name": "ZBD-1", "pickup_id": self.pickup.id, "company_id": self.company.id,
            "gross_kg": gross, "tare_kg": tare, "net_kg": net,
        })

    def test_gross_minus_tare_is_net(self):
        self.assertEqual(self._weigh(7200.120, 4000.119, 3200.001).net_kg, 3200.001)

    def test_impossible_weights_are_refused(self):
        for gross, tare, net, sentence in (
            (7200, 4000, 3200.001, "is not gross minus tare"),
            (4000, 4000, 0, "must be above the tare"),
            (4000, 4001, -1, "must be above the tare"),
            (7200, -1, 7201, "between 0 and 60 t"),
            (60000.001, 4000, 56000.001, "between 0 and 60 t"),
        ):
            with (
                self.subTest(gross=gross, tare=tare),
                self.assertRaisesRegex(ValidationError, f"ZBD-1.*{sentence}"), self.cr.savepoint(),
            ):
                self._weigh(gross, tare, net)
        self.assertFalse(self.pickup.weighing_ids)

    def test_sixty_tons_are_possible(self):
        self.assertEqual(self._weigh(60000, 15000, 45000).net_kg, 45000)

    def test_a_ticket_without_number_gets_the_next_one_and_the_plate_of_its_pickup(self):
        form = Form(self.env["waste.weighing"].with_user(self._make_staff("dispatcher")))
        form.pickup_id = self.pickup
        form.gross_kg = 7200
        form.tare_kg = 4000

        weighing = form.save()

        self.assertRegex(weighing.name, r"^BD\d{6}\d{5}$")
        self.assertRecordValues(weighing, [{
            "plate": "粤S12345", "net_kg": 3200, "company_id": self.company.id, "producer_id": self.producer.id,
        }])
