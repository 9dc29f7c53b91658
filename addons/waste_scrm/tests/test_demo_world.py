from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import convert_file

HOME = {
    "zhangwei": ["salesperson"],
    "chen": ["sales_manager", "salesperson"],
    "diaodu": ["dispatcher"],
    "xiaochen": ["finance"],
    "xiaozhou": ["customer_service"],
    "zongjingli": ["sales_manager", "finance", "salesperson"],
    "guanliyuan": ["admin", "sales_manager", "dispatcher", "salesperson", "finance", "customer_service"],
    "s12": ["salesperson"],
}
PARTIES = {"hongda": "producer", "yueyun": "carrier", "lvyuan": "collector", "fenshao": "disposer", "huanbao": "regulator"}
COMPANIES = {"DS": "东实环境", "DS-HW": "危废公司", "DS-IW": "固废公司", "DS-KW": "餐厨公司"}


@tagged("post_install", "-at_install")
class TestDemoWorld(TransactionCase):
    """The demo files load into a database without any, as ``scripts/run`` loads them, and hold what they promise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"tracking_disable": True})
        for file in Manifest.for_addon("waste_scrm")["demo"]:
            convert_file(cls.env, "waste_scrm", file, {}, "init", noupdate=True)
        cls.env.flush_all()
        cls.companies = cls.env["res.company"].search([("company_code", "in", list(COMPANIES))])

    def _user(self, login):
        return self.env["res.users"].search([("login", "=", login)])

    def _as(self, login):
        user = self._user(login)
        return self.env(user=user, context={"lang": "en_US", "tz": user.tz, "allowed_company_ids": user.company_ids.ids})

    # --- who is there ---

    def test_companies_keep_books_in_yuan(self):
        self.assertEqual({company.company_code: company.name for company in self.companies}, COMPANIES)
        self.assertEqual(set(self.companies.mapped("chart_template")), {"cn"})
        self.assertEqual(self.companies.currency_id.mapped("name"), ["CNY"])
        self.assertEqual(self.companies.country_id.mapped("code"), ["CN"])
        self.assertEqual(set(self.companies.partner_id.mapped("tz")), {"Asia/Shanghai"})

    def test_each_business_has_its_company(self):
        for code, company in (("hazardous", "DS-HW"), ("industrial", "DS-IW"), ("kitchen", "DS-KW")):
            with self.subTest(business=code):
                business = self.env["waste.business"].search([("code", "=", code)])

                self.assertEqual(business.company_id.company_code, company)
                self.assertEqual(business.invoicing_company_id.company_code, company)

    def test_partners_of_the_feed_are_found_by_their_number(self):
        partners = self.env["res.partner"].search([("external_system", "=", "wim")])

        self.assertEqual(len(partners), 41)
        self.assertEqual(len(partners.filtered(lambda partner: partner.party_role_ids.code == "producer")), 30)
        producer = partners.filtered(lambda partner: partner.external_key == "P00001")
        self.assertEqual(producer.name, "东莞示例电路板厂001")
        self.assertEqual(producer.region_id.name, "东莞港")
        self.assertEqual(producer.child_ids.mapped("phone"), ["10000000001"])

    def test_salespeople_of_the_feed_are_found_by_their_code(self):
        people = self.env["res.partner"].search([("external_system", "=", "wim_sales")])

        self.assertEqual(sorted(people.mapped("external_key")), [f"S{number:02d}" for number in range(1, 13)])
        for person in people:
            with self.subTest(code=person.external_key):
                self.assertEqual(person.user_ids.login, person.external_key.lower())
                self.assertEqual(person.ref, person.external_key)
                self.assertIn(person.user_ids.sale_team_id.name, ("危废一部", "危废二部", "一般固废餐厨部"))

    def test_licences_of_the_feed(self):
        licence = self.env["waste.licence"].search([("name", "=", "441900DEMO02")])

        self.assertEqual(licence.partner_id.external_key, "C001")
        self.assertEqual(licence.category_ids.mapped("code"), ["HW08", "HW31"])
        self.assertEqual(str(licence.valid_to), "2026-08-16")

    def test_everybody_gets_in_with_his_login(self):
        for login in [*HOME, *PARTIES, "lina", "wangqiang", "wanggong", "wim"]:
            with self.subTest(login=login):
                user = self._user(login)

                user.with_user(user)._check_credentials({"type": "password", "password": login}, {"interactive": True})
                self.assertEqual((user.lang, user.tz), ("zh_CN", "Asia/Shanghai"))

    def test_staff_starts_on_the_home_page_of_its_role(self):
        for login, roles in HOME.items():
            with self.subTest(login=login):
                home = self._as(login)["scrm.workbench"].get_home()

                self.assertEqual([role["key"] for role in home["roles"]], roles)
                self.assertEqual(self._user(login).action_id.id, self.env.ref("scrm_base.scrm_workbench_action").id)

    def test_one_portal_user_per_party(self):
        for login, role in PARTIES.items():
            with self.subTest(login=login):
                user = self._user(login)

                self.assertTrue(user.share)
                self.assertEqual(user.commercial_partner_id.party_role_ids.mapped("code"), [role])

    def test_hongda_is_served_by_two_salespeople(self):
        hongda = self.env.ref("waste_scrm.partner_hongda")

        served = {
            (assignment.business_id.code, assignment.user_id.name): assignment.share_percent
            for assignment in hongda.assignment_ids}

        self.assertEqual(served, {("hazardous", "张伟"): 100, ("kitchen", "李娜"): 100, ("industrial", "李娜"): 100})

    # --- what was agreed, what happened, what is owed ---

    def test_contract_of_hongda(self):
        contract = self.env["sale.order"].search([("name", "=", "DS-WF-2026-0001")])

        self.assertEqual((contract.contract_state, contract.state), ("active", "sale"))
        self.assertEqual(str(contract.date_signed), "2026-01-10")
        self.assertEqual(contract.order_line.waste_code_id.code, "398-004-22")
        self.assertEqual((contract.order_line.planned_quantity_t, contract.order_line.price_unit), (20, 1500))
        self.assertEqual(contract.amount_total, 30000)

    def test_next_contract_gets_a_number_of_its_own(self):
        business = self.env.ref("waste.business_hazardous")

        number = business._next_contract_number("2026-12-01")

        self.assertFalse(self.env["sale.order"].search([("name", "=", number)]))

    def test_batch_of_hongda(self):
        batch = self.env["waste.batch"].search([("name", "=", "P2026-031")])
        packages = batch.package_ids.sorted("name")

        self.assertEqual(packages.mapped("name"), ["B001", "B002", "B003", "B004", "B005", "B006"])
        self.assertEqual(packages.mapped("state"), ["disposed"] * 5 + ["warehoused"])
        self.assertEqual({len(code) for code in packages.mapped("digital_code")}, {37})
        self.assertRecordValues(batch, [{
            "declared_kg": 3200, "gate_kg": 3180, "accepted_kg": 3180, "disposed_kg": 2649, "stock_kg": 531, "state": "part"}])
        self.assertEqual(batch.manifest_ids.name, "20264419900123")
        self.assertEqual(batch.pickup_id.vehicle_plate, "粤S12345")
        self.assertEqual(batch.inbound_ids.location, "甲类库-A03")
        self.assertEqual(packages[2].place, "焚烧1号线")

    def test_money_of_hongda(self):
        statement = self.env.ref("waste_scrm.statement_hongda_march")

        self.assertRecordValues(statement, [{
            "amount_total": 4770, "quantity_kg": 3180, "invoiced_amount": 4770, "received_amount": 2000, "open_amount": 2770,
            "state": "invoiced"}])
        self.assertEqual(statement.invoice_ids.fapiao_no, "24441234")
        self.assertEqual(str(statement.invoice_ids.invoice_date_due), "2026-04-30")
        self.assertEqual(statement.invoice_ids.company_id.company_code, "DS-HW")
        self.assertEqual(statement.invoice_ids.amount_residual, 2770)

    def test_every_role_has_something_to_do(self):
        for login in ("zhangwei", "lina", "chen", "diaodu", "xiaochen", "xiaozhou", "guanliyuan"):
            with self.subTest(login=login):
                self.assertGreater(self._as(login)["scrm.workbench"].get_home()["todo_count"], 0)

    def test_dispatcher_finds_his_days(self):
        tiles = {tile["key"]: tile["count"] for tile in self._as("diaodu")["scrm.workbench"].get_home()["tiles"]}

        self.assertEqual(
            {key: tiles[key] for key in ("overdue", "today", "coming", "on_the_road", "pending", "differences")},
            {"overdue": 1, "today": 2, "coming": 4, "on_the_road": 2, "pending": 1, "differences": 1})

    def test_technical_user_of_wim_may_push_for_the_operating_companies_only(self):
        user = self._user("wim")

        self.assertEqual(sorted(user.company_ids.mapped("company_code")), ["DS-HW", "DS-IW", "DS-KW"])
        self.assertTrue(user.has_group("waste.group_wim_integrator"))
        self.assertFalse(user.has_group("waste.group_user"))

    # --- approvals ---

    def test_two_contracts_wait_for_different_people(self):
        for login, names in (("wanggong", ["contract_hongda_nickel"]), ("zongjingli", ["contract_kangtai_acid"]), ("zhangwei", [])):
            with self.subTest(login=login):
                reviews = self._as(login)["tier.review"].search([("can_review", "=", True), ("model", "=", "sale.order")])
                expected = [self.env.ref(f"waste_scrm.{name}").id for name in names]
                self.assertEqual(reviews.mapped("res_id"), expected)
        self.assertEqual(self.env.ref("waste_scrm.contract_hongda_nickel").approval_progress, "1/3")
        self.assertEqual(self.env.ref("waste_scrm.contract_kangtai_acid").approval_progress, "2/3")
