from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOW, ROLES, WorkbenchCase

TILES = {
    "salesperson": ["to_decide", "ending", "draft", "no_contract", "statements", "overdue", "pickups", "under_way", "active"],
    "sales_manager": ["to_decide", "to_approve", "no_salesperson", "assignments", "ending", "under_way", "active"],
    "dispatcher": ["to_decide", "overdue", "today", "differences", "pending", "licences", "coming", "on_the_road"],
    "finance": [
        "to_decide", "to_approve", "to_invoice", "applications", "to_issue", "collections", "disputed", "differences", "overdue",
        "waiting", "open"],
    "customer_service": ["to_decide", "pickups", "refused", "disputed", "tomorrow", "waiting"],
    "admin": ["to_decide", "rejected", "parked", "warned", "licences", "pending", "today"],
}
PANELS = {
    "salesperson": ["ending", "pickups", "statements", "no_contract"],
    "sales_manager": ["to_approve", "teams", "no_salesperson", "assignments"],
    "dispatcher": ["to_dispatch", "on_the_road", "differences", "licences"],
    "finance": ["to_invoice", "overdue", "disputed", "differences"],
    "customer_service": ["pickups", "refused", "disputed"],
    "admin": ["failures", "setup", "licences"],
}
SHORTCUTS = {
    "salesperson": ["contract", "quotations", "renewals", "agreements", "analysis", "producer"],
    "sales_manager": ["matrix", "assignment", "contract"],
    "dispatcher": ["pickup", "board", "licence"],
    "finance": ["make", "statements", "collection", "ageing"],
    "customer_service": ["producers", "lifecycle"],
    "admin": ["messages", "businesses", "codes"],
}
# Roles that a role includes come after it, as further tabs.
TABS = {
    "salesperson": ["salesperson"],
    "sales_manager": ["sales_manager", "salesperson"],
    "dispatcher": ["dispatcher"],
    "finance": ["finance"],
    "customer_service": ["customer_service"],
    "admin": ["admin", "sales_manager", "dispatcher", "salesperson", "finance", "customer_service"],
}


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestScrmWorkbench(WorkbenchCase):

    def test_each_role_gets_its_page(self):
        for role in ROLES:
            with self.subTest(role=role):
                home = self._home(role)

                self.assertEqual(home["role"], role)
                self.assertEqual([tab["key"] for tab in home["roles"]], TABS[role])
                for part, keys in (("tiles", TILES[role]), ("panels", PANELS[role]), ("shortcuts", SHORTCUTS[role])):
                    # rooms above add theirs behind
                    self.assertEqual([row["key"] for row in home[part]][:len(keys)], keys)

    def test_every_way_on_leads_to_what_was_counted(self):
        for role in ROLES:
            home = self._home(role)
            for tile in home["tiles"]:
                with self.subTest(role=role, tile=tile["key"]):
                    self.assertEqual(self.env.ref(tile["action"]).res_model, tile["model"])
                    self.assertIn(tile["tone"], ("danger", "warning", "info", "success"))
            ways = [shortcut["action"] for shortcut in home["shortcuts"]]
            for panel in home["panels"]:
                ways += [panel["more"]["action"]] if panel["kind"] == "records" else []
                ways += [step["action"] for step in panel.get("steps", ())]
            for way in ways:
                with self.subTest(role=role, way=way):
                    self.assertTrue(self.env.ref(way)._name.startswith("ir.actions."))

    def test_a_role_opens_another_one_that_it_includes(self):
        home = self._home("sales_manager", "salesperson")

        self.assertEqual(home["role"], "salesperson")
        self.assertEqual([tile["key"] for tile in home["tiles"]][:len(TILES["salesperson"])], TILES["salesperson"])

    def test_a_role_that_the_user_has_not_is_not_opened(self):
        home = self._home("dispatcher", "finance")

        self.assertEqual(home["role"], "dispatcher")

    def test_staff_without_a_role_are_told_so(self):
        home = self._home("user")

        self.assertEqual((home["roles"], home["role"], home["tiles"], home["panels"]), ([], False, [], []))

    def test_home_is_for_the_staff(self):
        strangers = [
            new_test_user(self.env, "home_portal", "base.group_portal"),
            new_test_user(self.env, "home_internal", "base.group_user"),
            self.users["wim_integrator"],
        ]
        for stranger in strangers:
            with self.subTest(login=stranger.login), self.assertRaises(AccessError):
                self.env["scrm.workbench"].with_user(stranger).get_home()

    def test_greeting_follows_the_clock_of_the_user(self):
        # UTC; Dongguan is eight hours ahead.
        for moment, greeting in (
                ("2026-03-10 20:59:00", "Good night, dispatcher"),
                ("2026-03-10 21:00:00", "Good morning, dispatcher"),
                ("2026-03-11 04:00:00", "Good day, dispatcher"),
                ("2026-03-11 06:00:00", "Good afternoon, dispatcher"),
                ("2026-03-11 10:00:00", "Good evening, dispatcher")):
            with self.subTest(moment=moment), freeze_time(moment):
                self.assertEqual(self._home("dispatcher")["greeting"], greeting)

    def test_checklist_of_the_administrator_says_what_is_missing(self):
        steps = {step["label"]: step["done"] for step in self._panel_of("admin", "setup")["steps"]}

        self.assertEqual(len(steps), 6)
        self.assertFalse(steps["Each company has its code"])
        self.assertTrue(steps["WIM has a user of its own"])
        self.assertFalse(steps["WIM has sent messages"])

        self._message("done")

        steps = {step["label"]: step["done"] for step in self._panel_of("admin", "setup")["steps"]}
        self.assertTrue(steps["WIM has sent messages"])
