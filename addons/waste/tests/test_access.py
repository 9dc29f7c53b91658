from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import STAFF_GROUPS, WasteCommon

LISTS = (
    "waste.business", "waste.category", "waste.hazard", "waste.packaging", "waste.physical.form", "waste.transport.mode",
    "waste.disposal.method", "waste.region", "waste.party.role")
# model -> group -> what it may do: read, write, create, unlink
EXPECTED = {
    **{model: dict.fromkeys(STAFF_GROUPS, "r") | {"admin": "rwcu"} for model in LISTS},
    **{model: dict.fromkeys(STAFF_GROUPS, "r") | {"admin": "rwc"} for model in ("waste.code", "waste.catalogue.version")},
    "waste.licence": {
        "user": "r", "finance": "r", "salesperson": "rwc", "sales_manager": "rwc", "dispatcher": "rwc",
        "customer_service": "rwc", "admin": "rwcu"},
    "waste.assignment": dict.fromkeys(STAFF_GROUPS, "r") | {"sales_manager": "rwcu", "admin": "rwcu"},
    "waste.assignment.transfer": dict.fromkeys(STAFF_GROUPS, "") | {"sales_manager": "rwcu", "admin": "rwcu"},
    "waste.catalogue.import": dict.fromkeys(STAFF_GROUPS, "") | {"admin": "rwcu"},
}
ACTIONS = {"read": "r", "write": "w", "create": "c", "unlink": "u"}
OUTSIDERS = {"wim": "waste.group_wim_integrator", "portal": "base.group_portal", "public": "base.group_public"}
# Words on Odoo's own partners and order lines: every employee who reads or copies those reads them.
ON_STOCK_RECORDS = {"waste.hazard", "waste.party.role"}


@tagged("post_install", "-at_install")
class TestAccess(WasteCommon):
    def test_every_model_has_its_row_in_the_table(self):
        ours = self.env["ir.model"].search([("model", "=like", "waste.%"), ("abstract", "=", False)])
        own = ours.filtered(lambda model: model.modules.split(", ")[0] == "waste")

        self.assertEqual(set(own.mapped("model")), set(EXPECTED))

    def test_groups_may_do_what_the_table_says(self):
        for group in STAFF_GROUPS:
            user = self._make_user(f"table_{group}", group)
            for model, expected in EXPECTED.items():
                allowed = {letter for action, letter in ACTIONS.items() if self.env[model].with_user(user).has_access(action)}
                with self.subTest(group=group, model=model):
                    self.assertEqual(allowed, set(expected[group]))

    def test_outsiders_see_nothing(self):
        for login, group in OUTSIDERS.items():
            user = new_test_user(self.env, f"waste_test_{login}", groups=group)
            for model in EXPECTED:
                for action in ACTIONS:
                    expected = action == "read" and model in ON_STOCK_RECORDS and user._is_internal()
                    with self.subTest(group=group, model=model, action=action):
                        self.assertEqual(self.env[model].with_user(user).has_access(action), expected)

    def test_the_groups_imply_each_other(self):
        def implied(group):
            return self.env.ref(f"waste.group_{group}").all_implied_ids

        for group in STAFF_GROUPS[1:]:
            self.assertIn(self.env.ref("waste.group_user"), implied(group))
            self.assertIn(self.env.ref(f"waste.group_{group}"), implied("admin"))
        self.assertIn(self.env.ref("sales_team.group_sale_salesman"), implied("salesperson"))
        self.assertIn(self.env.ref("sales_team.group_sale_manager"), implied("sales_manager"))
        self.assertNotIn(self.env.ref("waste.group_wim_integrator"), implied("admin"))
        self.assertNotIn(self.env.ref("waste.group_user"), implied("wim_integrator"))

    def test_who_may_keep_partners(self):
        for group in STAFF_GROUPS:
            user = self._make_user(f"partner_{group}", group)
            with self.subTest(group=group):
                self.assertEqual(
                    self.env["res.partner"].with_user(user).has_access("create"), group not in ("user", "finance"))

    def test_company_b_never_sees_what_is_about_partners_of_a(self):
        company_b = self.env["res.company"].create({"name": "B"})
        self.hongda.company_id = self.env.company
        assignment = self._assign(self.hongda, self.zhang, self.hazardous)
        shared = self._assign(self.hengda, self.zhang, self.hazardous)
        licence = self.env["waste.licence"].create({
            "name": "A", "partner_id": self.hongda.id, "kind": "discharge_permit", "valid_from": "2024-01-01",
            "valid_to": "2030-01-01"})
        user_b = self._make_user(
            "company_b", "admin", company_id=company_b.id, company_ids=[(6, 0, company_b.ids)])

        found = self.assignments.with_user(user_b).search([("id", "in", (assignment | shared).ids)])

        self.assertEqual(found.ids, shared.ids)
        self.assertFalse(self.env["waste.licence"].with_user(user_b).search([("id", "=", licence.id)]))
        with self.assertRaises(AccessError):
            licence.with_user(user_b).read(["name"])
        names = [row["name"] for row in self.assignments.with_user(user_b).get_matrix(search="达")["producers"]]
        self.assertIn("恒达塑胶", names)
        self.assertNotIn("宏达电路板厂", names)
