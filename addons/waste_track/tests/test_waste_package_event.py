from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import WasteTrackCommon


@tagged("post_install", "-at_install")
class TestWastePackageEvent(WasteTrackCommon):
    """I-25: events are evidence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.package = cls._make_batch(cls.line, 1, "WEIGHED").package_ids
        cls.event = cls.package.event_ids[-1]

    def test_nobody_changes_an_event(self):
        with self.assertRaises(UserError):
            self.event.with_user(self._make_staff("admin")).place = "elsewhere"
        with self.assertRaisesRegex(UserError, "never changed"):
            self.event.sudo().write({"qty_kg": 1})
        self.assertEqual(self.event.qty_kg, 20)

    def test_nobody_deletes_an_event(self):
        with self.assertRaisesRegex(UserError, "never deleted"):
            self.event.sudo().unlink()
        with self.assertRaises(AccessError):
            self.event.with_user(self._make_staff("admin")).unlink()
        self.assertTrue(self.event.exists())

    def test_nobody_but_jobs_writes_events(self):
        for role in ("dispatcher", "admin"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.env["waste.package.event"].with_user(self._make_staff(role)).create({
                    "package_id": self.package.id, "company_id": self.company.id, "kind": "DISPOSED",
                    "occurred_at": self.event.occurred_at,
                })

    def test_a_package_with_events_is_not_deleted(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.package.unlink()
        self.assertTrue(self.package.exists())
