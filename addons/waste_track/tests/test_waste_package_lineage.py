from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import START, WasteTrackCommon


@tagged("post_install", "-at_install")
class TestWastePackageLineage(WasteTrackCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second, cls.third = cls._make_batch(cls.line, 3, "WAREHOUSED").package_ids.sorted("name")

    def _edge(self, source, target, op_no="CF1"):
        return self.env["waste.package.lineage"].create({
            "op_no": op_no, "kind": "split", "op_at": START, "qty_kg": 5, "company_id": self.company.id,
            "from_package_id": source.id, "to_package_id": target.id,
        })

    def test_a_package_never_becomes_its_own_source(self):
        """I-16."""
        self._edge(self.first, self.second)
        self._edge(self.second, self.third)

        for target in (self.first, self.second, self.third):
            with (
                self.subTest(target=target.name),
                self.assertRaisesRegex(ValidationError, "its own source"), self.cr.savepoint(),
            ):
                self._edge(self.third, target, op_no="CF9")

        self.assertEqual(self.env["waste.package.lineage"].search_count([("op_no", "=", "CF9")]), 0)

    def test_two_ways_to_one_package_are_no_circle(self):
        self._edge(self.first, self.second)
        self._edge(self.first, self.third)

        edge = self._edge(self.second, self.third)

        self.assertEqual(self.third.parent_edge_ids.from_package_id, self.first + self.second)
        self.assertTrue(edge)

    def test_an_edge_is_told_once(self):
        self._edge(self.first, self.second)

        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._edge(self.first, self.second)
