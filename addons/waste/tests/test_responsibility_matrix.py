from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from odoo.addons.web.tests import test_js

from .common import WasteCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-15 04:00:00")
class TestResponsibilityMatrix(WasteCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.meiwei = cls._make_partner("美味酒楼", "producer", external_system="wim", external_key="P99017")
        cls._make_partner("某环保", "competitor")
        copper = cls.env.ref("waste.category_hw22")
        cls.running = cls._assign(cls.hongda, cls.zhang, cls.hazardous, share=60)
        cls._assign(cls.hongda, cls.wang, cls.hazardous, category_id=copper.id)
        cls._assign(cls.hongda, cls.li, cls.kitchen, date_to="2026-05-14")
        cls.upcoming = cls._assign(cls.hongda, cls.li, cls.kitchen, date_from="2026-06-01")
        cls._assign(cls.hengda, cls.li, cls.industrial)
        cls.matrix = cls.assignments.with_user(cls.manager)
        # Other rooms may have brought producers along: the page below is about ours.
        others = cls.env["res.partner"].search([("party_role_ids.code", "=", "producer")])
        (others - cls.hongda - cls.hengda - cls.meiwei).party_role_ids = False

    def _names(self, **filters):
        return [row["name"] for row in self.matrix.get_matrix(**filters)["producers"]]

    def test_cells_hold_who_serves_and_who_will(self):
        matrix = self.matrix.get_matrix()
        row = next(row for row in matrix["producers"] if row["id"] == self.hongda.id)

        self.assertEqual((matrix["total"], matrix["can_edit"]), (3, True))
        self.assertEqual([business["name"] for business in matrix["businesses"]], [
            "Hazardous waste", "General industrial waste", "Kitchen waste"])
        hazardous = row["cells"][str(self.hazardous.id)]
        self.assertEqual(
            [(chip["name"], chip["category"], chip["share"]) for chip in hazardous], [("张伟", "", 60), ("王强", "HW22", 100)])
        self.assertEqual(row["cells"][str(self.kitchen.id)], [{
            "id": self.upcoming.id, "user_id": self.li.id, "name": "李娜", "category": "", "share": 100,
            "date_from": "2026-06-01", "date_to": "", "is_upcoming": True}])
        self.assertNotIn(str(self.industrial.id), row["cells"])

    def test_filters(self):
        everybody = ["宏达电路板厂", "恒达塑胶", "美味酒楼"]

        self.assertCountEqual(self._names(), everybody)
        self.assertCountEqual(self._names(search="达"), everybody[:2])
        self.assertEqual(self._names(search="P99017"), ["美味酒楼"])
        self.assertEqual(self._names(user_id=self.li.id), ["恒达塑胶"])
        self.assertEqual(self._names(business_id=self.hazardous.id), ["宏达电路板厂"])
        self.assertEqual(self._names(only_gaps=True), ["美味酒楼"])
        self.assertCountEqual(self._names(only_gaps=True, business_id=self.hazardous.id), everybody[1:])
        self.assertEqual(self._names(user_id=self.li.id, business_id=self.kitchen.id), [])
        self.assertEqual(
            [business["id"] for business in self.matrix.get_matrix(business_id=self.kitchen.id)["businesses"]], self.kitchen.ids)

    def test_pages(self):
        first = self.matrix.get_matrix(limit=2)
        second = self.matrix.get_matrix(limit=2, offset=2)

        self.assertEqual((first["total"], second["total"]), (3, 3))
        self.assertEqual([len(first["producers"]), len(second["producers"])], [2, 1])
        self.assertFalse({row["id"] for row in first["producers"]} & {row["id"] for row in second["producers"]})

    def _queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        matrix = self.matrix.get_matrix()
        return self.env.cr.sql_log_count - before, len(matrix["producers"])

    def test_six_queries_for_one_producer_or_forty(self):
        self.matrix.get_matrix()
        few, shown = self._queries()
        self.assertEqual(shown, 3)
        producers = self.env["res.partner"].create([
            {"name": f"产废单位{number:03d}", "is_company": True,
             "party_role_ids": self.env.ref("waste.party_role_producer").ids} for number in range(100)])
        self.assignments.create([
            {"producer_id": producer.id, "business_id": business.id, "user_id": user.id, "share_percent": 50,
             "date_from": "2026-01-01"}
            for producer in producers for business in (self.hazardous, self.kitchen) for user in (self.zhang, self.li)])

        many, shown = self._queries()

        self.assertEqual(shown, 40)
        self.assertLessEqual(few, 6)
        self.assertEqual(many, 6)

    def test_salespeople_read_and_outsiders_do_not(self):
        self.assertFalse(self.assignments.with_user(self.zhang).get_matrix()["can_edit"])
        portal = new_test_user(self.env, "waste_test_matrix_portal", groups="base.group_portal")

        with self.assertRaises(AccessError):
            self.assignments.with_user(portal).get_matrix()


@tagged("post_install", "-at_install")
class TestResponsibilityMatrixTour(HttpCase):
    def test_a_manager_assigns_a_salesperson_in_the_matrix(self):
        new_test_user(self.env, "waste_tour_manager", groups="waste.group_sales_manager", name="Tour Manager")
        new_test_user(self.env, "waste_tour_zhang", groups="waste.group_salesperson", name="Tour Zhang")
        producer = self.env["res.partner"].create({
            "name": "Tour Producer", "is_company": True, "party_role_ids": self.env.ref("waste.party_role_producer").ids})

        self.start_tour("/odoo/waste-matrix", "waste_responsibility_matrix", login="waste_tour_manager")

        self.assertRecordValues(producer.assignment_ids, [{
            "business_id": self.env.ref("waste.business_kitchen").id, "share_percent": 60.0,
            "user_id": self.env["res.users"].search([("login", "=", "waste_tour_zhang")]).id}])


@tagged("post_install", "-at_install")
class TestResponsibilityMatrixComponent(HttpCase):
    def test_the_component(self):
        suite = test_js.HOOTCommon._generate_hash(self, "@waste/responsibility_matrix")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}", "", "", login="admin", timeout=300,
            success_signal="[HOOT] Test suite succeeded", error_checker=test_js.unit_test_error_checker)
