import importlib.util
import unittest
from pathlib import Path

from odoo.modules.module import get_module_path
from odoo.tests import TransactionCase, tagged

GENERATOR = Path(get_module_path("waste")).parents[1] / "data" / "generate.py"


@tagged("post_install", "-at_install")
class TestReferenceData(TransactionCase):
    @unittest.skipUnless(GENERATOR.is_file(), "the sources are not beside the addons here")
    def test_room_files_are_what_the_sources_say(self):
        spec = importlib.util.spec_from_file_location("waste_generate", GENERATOR)
        generate = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(generate)

        for name in generate.FILES:
            with self.subTest(name=name):
                self.assertEqual((generate.TARGET / name).read_text(encoding="utf-8"), generate.render(name))

    def test_the_official_list_of_2021_is_complete(self):
        codes = self.env["waste.code"].search([("catalogue_version_id", "=", self.env.ref("waste.catalogue_version_2021").id)])

        self.assertEqual(len(codes.filtered(lambda code: not code.is_fallback)), 467)
        self.assertEqual(len(codes.category_id), 46)
        self.assertEqual(
            sorted(codes.filtered("is_fallback").mapped("code")), sorted(codes.category_id.mapped("fallback_code")))

    def test_a_code_has_the_words_of_the_list(self):
        self.assertRecordValues(self.env.ref("waste.code_841_001_01"), [{
            "code": "841-001-01", "name": "感染性废物", "industry": "卫生", "hazard_text": "In",
            "category_id": self.env.ref("waste.category_hw01").id, "hazard_ids": self.env.ref("waste.hazard_in").ids}])

    def test_the_list_in_force_is_shown_as_not_loaded(self):
        self.assertRecordValues(
            self.env.ref("waste.catalogue_version_2021") | self.env.ref("waste.catalogue_version_2025"),
            [{"official_count": 467, "code_count": 467, "status": "loaded"},
             {"official_count": 470, "code_count": 467, "status": "not_loaded"}])

    def test_the_other_lists_are_there(self):
        for model, count in (
            ("waste.business", 3), ("waste.hazard", 5), ("waste.packaging", 24), ("waste.physical.form", 4),
            ("waste.transport.mode", 9), ("waste.disposal.method", 27), ("waste.party.role", 7),
        ):
            with self.subTest(model=model):
                ours = self.env["ir.model.data"].search_count([("module", "=", "waste"), ("model", "=", model)])
                self.assertEqual(ours, count)
        regions = self.env["waste.region"]
        self.assertEqual(regions.search_count([("kind", "=", "city")]), 342)
        self.assertEqual(regions.search_count([("parent_id.code", "=", "4419")]), 36)

    def test_kitchen_waste_has_its_quota_and_its_review(self):
        self.assertRecordValues(self.env.ref("waste.business_kitchen"), [{
            "default_quota_t": 15, "excess_price_factor": 2, "needs_government_review": True, "needs_manifest": False}])
