from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import ROLES, START, WasteTrackCommon

READ_ONLY = {
    "waste.batch", "waste.package", "waste.package.event", "waste.package.lineage", "waste.inbound", "waste.lab",
    "waste.disposal", "waste.notice",
}
ADMIN_EDITED = {"waste.notice.rule"}
DISPATCHED = {"waste.pickup", "waste.manifest", "waste.weighing"}
WIZARDS = {"waste.manifest.answer", "waste.pickup.cancel"}
EVERYTHING = ("read", "write", "create", "unlink")


def allowed(role, model):
    """The table: which operations a role has on a model."""
    is_dispatcher = role in ("dispatcher", "admin")
    if model in WIZARDS:
        return EVERYTHING if is_dispatcher else ()
    if role not in (*ROLES, "user"):
        return ()
    if model in ADMIN_EDITED:
        return ("read", "write") if role == "admin" else ("read",)
    return EVERYTHING if is_dispatcher and model in DISPATCHED else ("read",)


@tagged("post_install", "-at_install")
class TestRights(WasteTrackCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.batch = cls._make_batch(cls.line, 2, "DISPOSED")
        cls._convert("SPLIT", cls._make_batch(cls.line, 1, "WAREHOUSED").package_ids, {"CF1": "5", "CF2": "15"})
        cls._make_manifest(cls.batch)
        cls._make_weighing(cls.batch.pickup_id)
        cls._make_disposal(cls.batch, 40)
        cls.env["waste.lab"].create({
            "name": "HY-1", "batch_id": cls.batch.id, "company_id": cls.company.id, "tested_at": "2026-07-03",
            "items": [["pH", 5, ""]], "is_qualified": True,
        })
        with freeze_time(START + timedelta(hours=1)):
            cls._make_pickup(cls.contract, "dispatched")

    def test_every_model_of_the_room_is_in_the_table(self):
        models = {
            model for model, module in self.env["ir.model.data"]._read_group(
                [("model", "=", "ir.model"), ("module", "=", "waste_track")], ["name", "module"])
        }
        ours = {
            model.model for model in self.env["ir.model"].search([])
            if f"model_{model.model.replace('.', '_')}" in models and model.model.startswith("waste.")
            and self.env[model.model]._original_module == "waste_track" and not self.env[model.model]._abstract
        }
        self.assertEqual(ours, READ_ONLY | ADMIN_EDITED | DISPATCHED | WIZARDS)

    def test_operations_of_every_role_on_every_model(self):
        users = {role: self._make_staff(role) for role in (*ROLES, "user", "wim_integrator")}
        users["employee"] = new_test_user(self.env, "employee_track", groups="base.group_user")
        users["portal"] = self._make_portal_user(self.producer)
        users["public"] = self.env.ref("base.public_user")
        for role, user in users.items():
            for model in READ_ONLY | ADMIN_EDITED | DISPATCHED | WIZARDS:
                for operation in EVERYTHING:
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation), operation in allowed(role, model))

    def test_roles_read_everything_of_their_company(self):
        for role in set(ROLES) - {"salesperson"}:
            user = self._make_staff(role)
            for model in READ_ONLY | DISPATCHED:
                with self.subTest(role=role, model=model):
                    records = self.env[model].search([])
                    self.assertTrue(records)
                    self.assertEqual(self.env[model].with_user(user).search([]), records)

    def test_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "固废公司"})
        for role in ROLES:
            user = self._make_staff(role, other)
            for model in READ_ONLY | DISPATCHED:
                with self.subTest(role=role, model=model):
                    self.assertEqual(self.env[model].with_user(user).search_count([]), 0)
                    record = self.env[model].search([], limit=1)
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["display_name"])
            with self.assertRaises(AccessError):
                self.env["waste.batch"].with_user(user).get_lifecycle(batch_id=self.batch.id)
            for text in (self.batch.name, self.batch.package_ids[0].name, "20264419000001", self.batch.pickup_id.name):
                self.assertEqual(self.env["waste.batch"].with_user(user).find_lifecycle(text), [])

    def test_a_number_is_found_whichever_company_is_switched_on(self):
        other = self.env["res.company"].create({"name": "固废公司"})
        user = self._make_staff("dispatcher")
        user.company_ids += other
        batches = self.env["waste.batch"].with_user(user).with_context(allowed_company_ids=other.ids)

        hits = batches.find_lifecycle(self.batch.name)

        self.assertEqual([hit["batch_id"] for hit in hits], self.batch.ids)
        self.assertEqual(batches.get_lifecycle(batch_id=self.batch.id)["batch"]["id"], self.batch.id)

    def test_a_salesperson_sees_his_contracts_and_the_producers_assigned_today(self):
        user = self._make_staff("salesperson")

        def seen():
            return {model: self.env[model].with_user(user).search_count([]) for model in READ_ONLY | DISPATCHED}

        everything = {model: self.env[model].search_count([]) for model in READ_ONLY | DISPATCHED}
        nothing = dict.fromkeys(everything, 0)
        self.assertEqual(seen(), nothing)
        self.contract.user_id = user
        self.assertEqual(seen(), everything)
        self.contract.user_id = False
        self.assertEqual(seen(), nothing)
        assignment = self.env["waste.assignment"].create({
            "producer_id": self.producer.id, "user_id": user.id, "business_id": self.hazardous.id,
            "date_from": "2026-01-01",
        })
        self.assertEqual(seen(), everything)
        assignment.date_to = "2026-01-31"
        self.assertEqual(seen(), nothing)

    def test_a_salesperson_reads_no_names_of_other_sources_in_a_mixed_package(self):
        user = self._make_staff("salesperson")
        self.contract.user_id = user
        foreign = self._make_batch(self._make_contract(self._make_producer("恒达塑胶")).order_line, 1, "WAREHOUSED")
        batch = self._make_batch(self.line, 1, "WAREHOUSED", weight="60")
        self._convert("MERGED", batch.package_ids + foreign.package_ids, {"HB1": None})

        page = self.env["waste.batch"].with_user(user).get_lifecycle(batch_id=batch.id)

        self.assertEqual(
            [{key: share.get(key) for key in ("name", "batch_id", "kg", "percent", "is_own")}
             for share in page["rows"][-1]["sources"]],
            [
                {"name": batch.package_ids[0].name, "batch_id": batch.id, "kg": 60, "percent": 75, "is_own": True},
                {"name": None, "batch_id": None, "kg": 20, "percent": 25, "is_own": False},
            ])
        self.assertNotIn(foreign.name, str(page))
        with self.assertRaises(AccessError):
            self.env["waste.batch"].with_user(user).get_lifecycle(batch_id=foreign.id)
