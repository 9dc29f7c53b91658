from datetime import datetime, timedelta

from lxml import html

from odoo.tests import HttpCase, tagged

from .common import START, WasteTrackFactory


@tagged("post_install", "-at_install")
class TestPortal(WasteTrackFactory, HttpCase):
    """I-36: a producer sees its own waste and nothing else; what isn't its own doesn't exist."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_factory()
        cls.producer, cls.rival = cls._make_producer(), cls._make_producer("恒达塑胶")
        cls.line = cls._make_contract(cls.producer).order_line
        cls.rival_line = cls._make_contract(cls.rival, wastes=("废有机溶剂",)).order_line
        cls.batch = cls._make_batch(cls.line, 3, "WAREHOUSED")
        cls.rival_batch = cls._make_batch(cls.rival_line, 2, "WAREHOUSED")
        cls.user = cls._make_portal_login(cls.producer, "track_producer")

    @classmethod
    def _make_portal_login(cls, partner, login):
        user = cls._make_portal_user(partner, login)
        user.password = login
        return user

    def _open(self, url, login="track_producer"):
        self.authenticate(login, login)
        return self.url_open(url)

    def _read(self, url, login="track_producer"):
        response = self._open(url, login)
        self.assertEqual(response.status_code, 200, url)
        return self._get_text(response)

    def _get_text(self, response):
        page = html.fromstring(response.text).xpath("//div[@id='wrap']")[0]
        return " ".join(" ".join(page.itertext()).split())

    # --- what the producer sees ---

    def test_home_counts_the_waste_details(self):
        self.authenticate("track_producer", "track_producer")

        values = self.make_jsonrpc_request("/my/counters", {"counters": ["waste_count"]})

        self.assertEqual(values["waste_count"], 1)
        self.assertIn("/my/waste", self.url_open("/my").text)

    def test_the_list_shows_details_with_their_figures(self):
        text = self._read("/my/waste")

        self.assertIn("含铜污泥 398-004-22", text)
        self.assertIn(f"{self.line.order_id.name} · 2026-01-01 – 2026-12-31", text)
        self.assertIn("1 batches Accepted 60 kg In storage 60 kg Last stored 2026-07-02 21:00", text)
        self.assertNotIn("废有机溶剂", text)

    def test_a_detail_shows_its_batches(self):
        text = self._read(f"/my/waste/detail/{self.line.id}")

        self.assertIn(f"{self.batch.name} In Storage 2026-07-02 21:00 3 packages 60 kg", text)

    def test_a_batch_shows_progress_packages_and_nodes_in_local_time(self):
        text = self._read(f"/my/waste/batch/{self.batch.id}")

        self.assertIn("Contract Active", text)
        self.assertIn("Vehicle 粤S12345 · 张**", text)
        self.assertNotIn("张师傅", text)
        self.assertIn("Packages 3", text)
        for package in self.batch.package_ids:
            self.assertIn(package.name, text)
        self.assertIn("Packed 2026-06-30 16:00 20 kg", text)
        self.assertIn("Stored 2026-07-02 21:00 园区焚烧厂 · 甲类库-A03 · 20 kg", text)
        self.assertIn("Disposed Pending", text)

    def test_many_packages_come_in_pages(self):
        batch = self._make_batch(self.line, 45, "PACKED")

        first, second = (self._read(f"/my/waste/batch/{batch.id}?page={page}") for page in (1, 2))

        names = batch.package_ids.sorted("name").mapped("name")
        self.assertTrue(all(name in first for name in names[:40]))
        self.assertFalse(any(name in first for name in names[40:]))
        self.assertTrue(all(name in second for name in names[40:]))

    def test_kitchen_bins_show_the_batch(self):
        line = self._make_contract(self.producer, self.kitchen, ("餐厨垃圾",)).order_line
        batch = self._make_kitchen_batch(line, bins=8, declared=625, received=620)

        text = self._read(f"/my/waste/batch/{batch.id}")

        self.assertIn("8 bins Announced 625 kg Accepted 620 kg Disposed 620 kg", text)
        self.assertIn("Weighed 2026-07-02 19:00 620 kg", text)

    def test_any_number_of_its_own_leads_to_its_batch(self):
        package = self.batch.package_ids[0]
        package.digital_code = "91441900DEM00005779000414920260531001"
        self._make_manifest(self.batch)
        for number in (self.batch.name, package.name, package.digital_code, "20264419000001"):
            with self.subTest(number=number):
                self.assertTrue(self._open(f"/my/waste?search={number}").url.endswith(f"/my/waste/batch/{self.batch.id}"))

    def test_numbers_of_others_lead_nowhere(self):
        self._make_manifest(self.rival_batch, "20264419000002")
        for number in (self.rival_batch.name, self.rival_batch.package_ids[0].name, "20264419000002", "废有机溶剂",
                       self.rival_line.order_id.name):
            with self.subTest(number=number):
                self.assertIn("Nothing of yours has this name or number.", self._read(f"/my/waste?search={number}"))

    def test_a_new_producer_reads_what_will_come(self):
        newcomer = self._make_producer("新厂")
        self._make_portal_login(newcomer, "track_newcomer")

        self.assertIn("You have no contract in force yet.", self._read("/my/waste", "track_newcomer"))

    def test_drafts_and_approvals_are_not_shown(self):
        contract = self._make_contract(self.producer, wastes=("秘密",), contract_state="approving", date_signed=False)

        self.assertNotIn("秘密", self._read("/my/waste"))
        self.assertEqual(self._open(f"/my/waste/detail/{contract.order_line.id}").status_code, 404)

    # --- what it doesn't see ---

    def test_others_and_nothing_are_the_same_404(self):
        missing = self.env["waste.batch"].search([], order="id desc", limit=1).id + 1000
        pages = {}
        for url in (
            f"/my/waste/batch/{self.rival_batch.id}", f"/my/waste/batch/{missing}", "/my/waste/batch/0",
            f"/my/waste/detail/{self.rival_line.id}", "/my/waste/detail/99999999",
        ):
            response = self._open(url)
            with self.subTest(url=url):
                self.assertEqual(response.status_code, 404)
                self.assertNotIn("恒达塑胶", response.text)
            pages[url] = len(response.text.replace(url, ""))
        self.assertEqual(len(set(pages.values())), 1, "a 404 must not tell whether the record exists")

    def test_a_mixed_package_tells_only_the_own_share(self):
        own = self._make_batch(self.line, 1, "WAREHOUSED", weight="60")
        other = self._make_batch(self.rival_line, 1, "WAREHOUSED")
        mixed = self._convert("MERGED", own.package_ids + other.package_ids, {"HB1": None})
        self._tell(mixed, ["ISSUED", "DISPOSED"], weight="80")
        self._make_portal_login(self.rival, "track_rival")
        for login, batch, others, share, kilograms in (
            ("track_producer", own, other, "75", "60 kg"), ("track_rival", other, own, "25", "20 kg"),
        ):
            response = self._open(f"/my/waste/batch/{batch.id}", login)
            text = self._get_text(response)
            with self.subTest(login=login):
                self.assertIn(f"HB1 {kilograms}", text)
                self.assertIn(f"{share} % of this mixed package is yours", text)
                self.assertNotIn("80 kg", text)
                for secret in (
                    others.name, others.producer_id.name, others.contract_id.name, others.pickup_id.name,
                    others.package_ids.filtered(lambda package: package.state == "merged").name,
                ):
                    self.assertNotIn(secret, response.text)

    def test_s0_3_2_2_a_office_and_disposer_named_in_the_contract_read_the_waste_without_money(self):
        office = self._make_party("市生态环境分局", "regulator")
        line = self._make_contract(
            self.producer, wastes=("含镍污泥",), government_id=office.id, disposer_id=self.plant.id).order_line
        batch = self._make_batch(line, 1, "WAREHOUSED")
        self._make_portal_login(office, "track_office")
        self._make_portal_login(self.plant, "track_plant")
        for login in ("track_office", "track_plant"):
            with self.subTest(login=login):
                details = self._read("/my/waste", login)
                page = self._open(f"/my/waste/batch/{batch.id}", login).text

                self.assertIn("Waste of Producers", details)
                self.assertNotIn("My Waste", details)
                self.assertIn("宏达电路板厂", details)
                self.assertNotIn("废有机溶剂", details)
                self.assertNotIn("含铜污泥", details)
                self.assertIn(batch.package_ids.name, page)
                for word in ("Collection", "Invoice", "Statement", "1,500", "1500"):
                    self.assertNotIn(word, page)
                for foreign in self.batch + self.rival_batch:
                    self.assertEqual(self._open(f"/my/waste/batch/{foreign.id}", login).status_code, 404)
                self.assertEqual(
                    self.make_jsonrpc_request("/my/counters", {"counters": ["waste_count", "supervised_count"]}),
                    {"waste_count": 0, "supervised_count": 1})

    def test_s0_3_2_2_a_a_carrier_reads_its_transports_and_no_waste_page(self):
        other = self._make_party("别家运输", "carrier")
        foreign = self._make_pickup(self.rival_line.order_id, carrier_id=other.id)
        planned = self._make_pickup(self.line.order_id, "to_dispatch")
        manifest = self._make_manifest(self.batch)
        self._make_portal_login(self.carrier, "track_carrier")

        transports = self._read("/my/transports", "track_carrier")
        page = self._read(f"/my/transports/{self.batch.pickup_id.id}", "track_carrier")

        self.assertIn(f"{self.batch.pickup_id.name} 粤S12345 张师傅", transports)
        for text in ("宏达电路板厂", "含铜污泥", "398-004-22", "60 kg", f"Manifest {manifest.name}"):
            self.assertIn(text, page)
        for secret in (self.line.order_id.name, "1,500"):
            self.assertNotIn(secret, page)
        for pickup in (foreign, planned):
            self.assertNotIn(pickup.name, transports)
            self.assertEqual(self._open(f"/my/transports/{pickup.id}", "track_carrier").status_code, 404)
        for url in ("/my/waste", f"/my/waste/batch/{self.batch.id}", f"/my/waste/detail/{self.line.id}"):
            self.assertEqual(self._open(url, "track_carrier").status_code, 404)

    def test_offices_named_nowhere_producers_and_staff_find_no_foreign_page(self):
        self._make_portal_login(self._make_party("邻市生态环境局", "regulator"), "track_regulator")
        for login, urls in (
            ("track_regulator", ("/my/waste", f"/my/waste/batch/{self.batch.id}", f"/my/waste/detail/{self.line.id}")),
            ("track_producer", ("/my/transports", f"/my/transports/{self.batch.pickup_id.id}")),
            ("admin", ("/my/waste", "/my/transports")),
        ):
            for url in urls:
                with self.subTest(login=login, url=url):
                    self.assertEqual(self._open(url, login).status_code, 404)

    def test_staff_are_not_taken_for_their_company(self):
        self.line.order_id.disposer_id.child_ids = self.env.ref("base.user_admin").partner_id
        self.assertEqual(self.env.ref("base.user_admin").partner_id.commercial_partner_id, self.line.order_id.disposer_id)
        for url in ("/my/waste", f"/my/waste/batch/{self.batch.id}", f"/my/waste/detail/{self.line.id}", "/my/transports"):
            with self.subTest(url=url):
                self.assertEqual(self._open(url, "admin").status_code, 404)
        self.assertEqual(self.make_jsonrpc_request("/my/counters", {"counters": ["waste_count", "supervised_count"]}), {})

    def _make_party(self, name, role):
        return self.env["res.partner"].create({
            "name": name, "is_company": True, "party_role_ids": [self.env.ref(f"waste.party_role_{role}").id]})

    def test_strangers_have_to_log_in(self):
        self.authenticate(None, None)

        response = self.url_open(f"/my/waste/batch/{self.batch.id}", allow_redirects=False)

        self.assertIn(response.status_code, (302, 303))
        self.assertIn("/web/login", response.headers["Location"])

    # --- the other doors ---

    def test_json2_gives_nothing(self):
        key = self.env["res.users.apikeys"].with_user(self.user).sudo()._generate(
            "rpc", "test", datetime.now() + timedelta(hours=1))
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        for model in (
            "waste.batch", "waste.package", "waste.package.event", "waste.package.lineage", "waste.pickup",
            "waste.manifest", "waste.weighing", "waste.inbound", "waste.lab", "waste.disposal",
        ):
            for method, body in (
                ("search_read", {"domain": [], "fields": ["id"]}), ("search_count", {"domain": []}),
                ("export_data", {"ids": self.batch.ids, "fields_to_export": ["name"]}),
                ("formatted_read_group", {"domain": [], "aggregates": ["__count"]}),
            ):
                with self.subTest(model=model, method=method):
                    response = self.url_open(f"/json/2/{model}/{method}", json=body, headers=headers)
                    # Odoo refuses an export by its own group, before any right on the model.
                    self.assertEqual(response.status_code, 422 if method == "export_data" else 403, response.text)
                    self.assertNotIn(self.batch.name, response.text)
        for method, body in (
            ("get_lifecycle", {"batch_id": self.batch.id}), ("find_lifecycle", {"text": self.batch.name}),
        ):
            response = self.url_open(f"/json/2/waste.batch/{method}", json=body, headers=headers)
            self.assertEqual(response.status_code, 403)

    def test_attachments_are_not_served(self):
        attachment = self.env["ir.attachment"].create({
            "name": "photo.txt", "raw": b"weigh ticket", "res_model": "waste.batch", "res_id": self.batch.id,
        })
        for url in (
            f"/web/content/{attachment.id}", f"/web/image/{attachment.id}",
            f"/web/content/waste.batch/{self.batch.id}/name", f"/web/content?model=waste.batch&id={self.batch.id}&field=name",
        ):
            response = self._open(url)
            with self.subTest(url=url):
                self.assertNotEqual(response.content, b"weigh ticket")
                self.assertNotIn(self.batch.name, response.text)
                self.assertIn(response.status_code, (403, 404) if "image" not in url else (200, 403, 404))

    def test_the_number_of_packages_asks_no_more_queries(self):
        counts = []
        for packages in (1, 40):
            batch = self._make_batch(self.line, packages, "DISPOSED", at=START)
            self._open(f"/my/waste/batch/{batch.id}")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.url_open(f"/my/waste/batch/{batch.id}")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
