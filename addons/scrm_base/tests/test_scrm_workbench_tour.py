from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.waste_track.tests.common import WasteTrackFactory


class WorkbenchTour(WasteTrackFactory, HttpCase):
    """A dispatcher comes to work: his home page, the overdue pickup, back, and the life cycle of a batch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_factory()
        cls.user = new_test_user(cls.env, "home_dispatcher", "waste.group_dispatcher", name="何调度", tz="Asia/Shanghai")
        contract = cls._make_contract(cls._make_producer("宏达电路板厂"), name="DS-HOME-0001")
        cls._make_pickup(contract, state="to_dispatch", at=fields.Datetime.now() - timedelta(days=2))
        cls._make_batch(contract.order_line, 1, "WAREHOUSED", name="PC-HOME-1")

    def _run(self):
        self.start_tour("/odoo", "scrm_base_workbench", login=self.user.login)


@tagged("post_install", "-at_install")
class TestWorkbenchTour(WorkbenchTour):

    def test_dispatcher_starts_the_day(self):
        self._run()


@tagged("post_install", "-at_install")
class TestWorkbenchTourOnPhone(WorkbenchTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_dispatcher_starts_the_day(self):
        self._run()
