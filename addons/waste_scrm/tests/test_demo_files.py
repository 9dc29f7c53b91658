import importlib.util
from pathlib import Path

from odoo.modules import Manifest
from odoo.tests import BaseCase, tagged

ROOM = Path(__file__).resolve().parents[1]
GENERATOR = ROOM.parents[1] / "data" / "generate_demo.py"


@tagged("post_install", "-at_install")
class TestDemoFiles(BaseCase):

    def test_files_of_the_feed_are_what_the_generator_writes(self):
        if not GENERATOR.exists():
            self.skipTest("The sources of the demo files are not in this installation.")
        spec = importlib.util.spec_from_file_location("generate_demo", GENERATOR)
        generator = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(generator)

        for name, text in generator.build().items():
            with self.subTest(file=name):
                self.assertEqual((ROOM / "demo" / name).read_text(encoding="utf-8"), text)

    def test_manifest_names_every_demo_file_once(self):
        named = Manifest.for_addon("waste_scrm")["demo"]
        found = [f"demo/{path.name}" for path in (ROOM / "demo").iterdir()]

        self.assertEqual(sorted(named), sorted(found))
