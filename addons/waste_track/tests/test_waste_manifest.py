from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import WasteTrackCommon


@tagged("post_install", "-at_install")
class TestWasteManifest(WasteTrackCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.batch = cls._make_batch(cls.line, 3, "WAREHOUSED")
        cls.dispatcher = cls._make_staff("dispatcher")

    def test_number_has_fourteen_digits(self):
        with self.assertRaisesRegex(ValidationError, "2026441900001 must have 14 digits"):
            self._make_manifest(self.batch, "2026441900001")

    def test_number_names_a_city(self):
        with self.assertRaisesRegex(ValidationError, "9999 is not the code of a city"):
            self._make_manifest(self.batch, "20269999000001")

    def test_number_is_given_once(self):
        self._make_manifest(self.batch)

        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._make_manifest(self.batch)

    def test_number_is_sealed_when_the_vehicle_left(self):
        manifest = self._make_manifest(self.batch)
        manifest.name = "20264419000002"
        manifest.action_depart()

        with self.assertRaises(UserError):
            manifest.name = "20264419000003"

        self.assertEqual(manifest.name, "20264419000002")

    def test_received_too_little_is_told_in_kilograms_and_percent(self):
        manifest = self._make_manifest(self.batch, out_kg=3200, in_kg=3184)
        self.assertEqual((manifest.difference_kg, manifest.difference_percent), (0, 0))

        manifest.action_depart()
        manifest.action_receive()

        self.assertEqual(manifest.difference_kg, -16)
        self.assertEqual(manifest.difference_percent, -0.5)
        self.assertTrue(manifest.received_at)

    def test_a_major_difference_waits_for_its_answer(self):
        manifest, other = self._make_manifest(self.batch, has_major_difference=True), self._make_manifest(
            self.batch, "20264419000002", has_major_difference=True, difference_answer="settled")
        due = self.env["waste.manifest"].search([("is_answer_due", "=", True), ("batch_id", "=", self.batch.id)])
        self.assertEqual(due, manifest)
        self.assertFalse(other.is_answer_due)

        action = manifest.with_user(self.dispatcher).action_answer_difference()
        wizard = Form(self.env[action["res_model"]].with_user(self.dispatcher).with_context(**action["context"]))
        wizard.answer = "Producer corrects the declared weight."
        wizard.save().action_answer()

        self.assertEqual(manifest.difference_answer, "Producer corrects the declared weight.")
        self.assertFalse(manifest.is_answer_due)
        self.assertFalse(self.env["waste.manifest"].search_count(
            [("is_answer_due", "=", True), ("batch_id", "=", self.batch.id)]))

    def test_answering_what_nobody_asked_is_refused(self):
        manifest = self._make_manifest(self.batch)
        wizard = self.env["waste.manifest.answer"].create({"manifest_ids": manifest.ids, "answer": "…"})

        with self.assertRaisesRegex(UserError, "20264419000001 has no major difference"):
            wizard.action_answer()

        self.assertFalse(manifest.difference_answer)

    def test_finance_reads_but_does_not_answer(self):
        manifest = self._make_manifest(self.batch, has_major_difference=True)
        finance = self._make_staff("finance")

        with self.assertRaises(AccessError):
            manifest.with_user(finance).difference_answer = "…"

    def test_the_dispatcher_answers_what_wim_keeps(self):
        manifest = self._make_manifest(
            self.batch, has_major_difference=True, external_system="wim", external_key="20264419000001")

        manifest.with_user(self.dispatcher).difference_answer = "settled"
        with self.assertRaisesRegex(UserError, "WIM"):
            manifest.with_user(self.dispatcher).in_kg = 1

        self.assertEqual(manifest.difference_answer, "settled")
        self.assertEqual(manifest.in_kg, 0)

    def test_only_a_manifest_that_never_left_is_deleted(self):
        kept, dropped = self._make_manifest(self.batch), self._make_manifest(self.batch, "20264419000002")
        kept.action_depart()

        dropped.with_user(self.dispatcher).unlink()
        with self.assertRaisesRegex(UserError, "20264419000001 is evidence"):
            kept.with_user(self.dispatcher).unlink()

        self.assertTrue(kept.exists())
        self.assertFalse(dropped.exists())
