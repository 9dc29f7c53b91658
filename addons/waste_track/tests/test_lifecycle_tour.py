from odoo.tests import HttpCase, no_retry, tagged

from odoo.addons.web.tests.test_js import unit_test_error_checker

from .common import WasteTrackFactory


def hoot_id(name):
    """Return the id under which HOOT runs one suite (web/tests/test_js.py, HOOTCommon)."""
    number = 0
    for char in name:
        number = (number * 31 + ord(char)) & 0xFFFFFFFF
    return f"{number:08x}"


class LifecycleTour(WasteTrackFactory, HttpCase):
    """From the contract to the life cycle of its waste, and to the facts of one node."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_factory()
        cls.user = cls._make_staff("dispatcher")
        cls.user.password = cls.user.login
        contract = cls._make_contract(cls._make_producer(), name="DS-TOUR-0001")
        batch = cls._make_batch(contract.order_line, 3, "WAREHOUSED", name="PC-TOUR-1")
        first, second, third = batch.package_ids.sorted("name")
        for at, package in enumerate((first, second, third), 1):
            package.name = f"TOUR{at}"
        cls._convert("SPLIT", first, {"TOUR1-A": "5", "TOUR1-B": "15"})
        cls._tell(second, ["ISSUED", "DISPOSED"])
        cls.action = cls.env.ref("waste_contract.sale_order_action")
        cls.contract = contract

    def _run(self):
        self.start_tour(f"/odoo/action-{self.action.id}/{self.contract.id}", "waste_track_lifecycle", login=self.user.login)


@tagged("post_install", "-at_install")
class TestLifecycleTour(LifecycleTour):

    def test_from_contract_to_node(self):
        self._run()


@tagged("post_install", "-at_install")
class TestLifecycleTourOnPhone(LifecycleTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_from_contract_to_node(self):
        self._run()


@tagged("post_install", "-at_install")
class TestLifecycleUnits(HttpCase):

    @no_retry
    def test_s0_3_2_2_j_rows_and_page(self):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={hoot_id('@waste_track')}", "", "",
            login="admin", timeout=300, success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker)
