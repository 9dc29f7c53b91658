from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import WasteCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-01 04:00:00")
class TestWasteExternalMixin(WasteCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._make_user("dispatcher", "dispatcher", name="调度员")
        cls.licence = cls.env["waste.licence"].create({
            "name": "441900DEMO02", "partner_id": cls.hongda.id, "kind": "hw_collection", "valid_from": "2024-01-01",
            "valid_to": "2026-08-16", "external_system": "wim", "external_key": "L001",
            "external_extra": {"审核状态": "通过", "mode": "收集"}})
        cls.as_dispatcher = cls.licence.with_user(cls.dispatcher)

    def test_what_the_other_system_owns_is_changed_there(self):
        with self.assertRaises(UserError) as refusal:
            self.as_dispatcher.valid_to = "2027-08-16"
        with self.assertRaises(UserError):
            self.as_dispatcher.external_key = "L002"
        with self.assertRaises(UserError):
            self.as_dispatcher.external_system = False

        self.assertEqual(
            str(refusal.exception),
            "Valid To of Hazardous waste collection 441900DEMO02 is kept by WIM; change it there.")
        self.assertEqual(str(self.licence.valid_to), "2026-08-16")

    def test_the_same_value_again_is_no_change(self):
        self.as_dispatcher.write({"valid_to": "2026-08-16", "name": "441900DEMO02", "partner_id": self.hongda.id})

        self.assertEqual(self.licence.external_key, "L001")

    def test_the_rest_is_ours(self):
        self.as_dispatcher.write({"note": "called", "user_id": self.dispatcher.id})

        self.assertEqual(self.licence.note, "called")

    def test_the_job_of_the_other_system_writes(self):
        self.as_dispatcher.sudo().valid_to = "2027-08-16"

        self.assertEqual(str(self.licence.valid_to), "2027-08-16")

    def test_it_is_not_deleted_here(self):
        admin = self._make_user("admin", "admin")

        with self.assertRaises(UserError):
            self.licence.with_user(admin).unlink()

        self.assertTrue(self.licence.exists())

    def test_records_of_our_own_are_free(self):
        own = self.env["waste.licence"].with_user(self.dispatcher).create({
            "name": "OWN", "partner_id": self.hongda.id, "kind": "discharge_permit", "valid_from": "2024-01-01",
            "valid_to": "2026-08-16"})

        own.valid_to = "2027-01-01"

        self.assertFalse(own.is_external)

    def test_records_are_found_by_where_they_are_kept(self):
        licences = self.env["waste.licence"]
        own = licences.create({
            "name": "OWN", "partner_id": self.hongda.id, "kind": "discharge_permit", "valid_from": "2024-01-01",
            "valid_to": "2026-08-16"})
        ours = [("id", "in", (own | self.licence).ids)]

        self.assertEqual(licences.search([*ours, ("is_external", "=", True)]), self.licence)
        self.assertEqual(licences.search([*ours, ("is_external", "=", False)]), own)
        self.assertEqual(licences.search([*ours, ("is_external", "in", [True, False])]), own | self.licence)
        self.assertEqual(self.licence.external_extra_text, "mode: 收集\n审核状态: 通过")

    def test_a_key_is_used_once_per_system(self):
        values = {
            "name": "441900DEMO03", "partner_id": self.hongda.id, "kind": "hw_collection", "valid_from": "2024-01-01",
            "valid_to": "2026-08-16", "external_key": "L001"}
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["waste.licence"].create({**values, "external_system": "wim"})

        other = self.env["waste.licence"].create({**values, "external_system": "erp"})

        self.assertTrue(other.is_external)

    def test_a_copy_belongs_to_us(self):
        copy = self.licence.copy({"valid_from": "2026-08-17", "valid_to": "2029-08-16"})

        self.assertRecordValues(copy, [{"external_system": False, "external_key": False, "external_extra": False}])
