from odoo.tests import HttpCase, tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestPortal(SettlementCase, HttpCase):
    """A producer reads, confirms and disputes its own statements; all others don't exist for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._portal_user(cls.producer)
        contract = cls._active()
        cls.batch = cls._batch(contract, 1000, packages=4)
        cls.statement = cls._make(contract)
        cls.other_company = cls._new_company("东实一般固废公司")
        second = cls._active(company_id=cls.other_company.id, invoicing_company_id=cls.other_company.id)
        cls._batch(second, 10)
        cls.second = cls._make(second)
        stranger = cls.env["res.partner"].create({"name": "恒达塑胶", "is_company": True})
        foreign = cls._active(partner_id=stranger.id)
        cls._batch(foreign, 7000)
        cls.foreign = cls._make(foreign)
        (cls.statement + cls.second + cls.foreign).action_approve()
        cls._batch(contract, 1, day="2026-08-10 02:00:00")
        cls.draft = cls._make(contract, "2026-08")

    def setUp(self):
        super().setUp()
        self.authenticate("h5_portal", "h5_portal")

    def _post(self, path, **data):
        return self.url_open(path, data={"csrf_token": self._token(), **data})

    def _token(self):
        page = self.url_open("/my/statements").text
        return page.split('csrf_token: "')[1].split('"')[0]

    def test_the_list_holds_the_own_statements_of_all_our_companies(self):
        page = self.url_open("/my/statements").text

        self.assertIn(self.statement.name, page)
        self.assertIn(self.second.name, page)
        self.assertNotIn(self.foreign.name, page)
        self.assertNotIn(self.draft.name, page)

    def test_s0_3_1_2_h_each_subsidiary_reconciles_its_own_month_with_the_producer(self):
        hazardous = self._active(self._detail(waste_name="含铜污泥", price_unit=1500.0))
        for day, kilograms in (("2026-03-05", 3000), ("2026-03-15", 3180), ("2026-03-25", 3420)):
            self._batch(hazardous, kilograms, day=f"{day} 02:00:00")
        kitchen = self._active(
            self._detail(waste_code_id=False, waste_name="餐厨垃圾", price_unit=100.0), business_id=self.kitchen.id,
            government_id=self.government.id, company_id=self.other_company.id, invoicing_company_id=self.other_company.id)
        self._batch(kitchen, 1000, day="2026-03-10 02:00:00")
        statements = self._make(hazardous + kitchen, "2026-03")
        statements.action_approve()
        by_contract = statements.grouped("contract_id")
        march, other = by_contract[hazardous], by_contract[kitchen]

        self.assertRecordValues(march, [{
            "company_id": self.company.id, "quantity_kg": 9600.0, "amount_total": 14400.0, "batch_count": 3,
            "invoiced_amount": 0.0, "received_amount": 0.0}])
        self.assertRecordValues(other, [{"company_id": self.other_company.id, "amount_total": 100.0}])
        self._post(f"/my/statements/{march.id}/confirm")
        self._post(f"/my/statements/{other.id}/dispute", reason="少一车")
        self.assertEqual((march.state, other.state), ("confirmed", "disputed"))

    def test_the_list_of_invoices_names_the_fapiao_and_offers_no_online_payment(self):
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", True)
        self.user.company_ids += self.company  # Odoo's own page shows the invoices of the user's companies
        self.statement.action_confirm()
        self.statement.action_make_invoices()
        invoice = self.statement.invoice_ids
        invoice.fapiao_no = "24441234"

        page = self.url_open("/my/invoices").text

        self.assertIn(invoice.name, page)
        self.assertIn("Fapiao 24441234", page)
        self.assertNotIn("Pay Now", page)

    def test_home_counts_them(self):
        counters = self.make_jsonrpc_request("/my/counters", {"counters": ["statement_count"]})
        self.assertEqual(counters["statement_count"], 2)

    def test_i_39_the_page_explains_every_amount_and_shows_nothing_of_ours(self):
        page = self.url_open(f"/my/statements/{self.statement.id}").text

        self.assertIn("1 t × 2,800 = 2,800.00", page)
        self.assertIn(self.batch.name, page)
        self.assertIn("statement_confirm", page)
        for ours in ("computed_amount", "difference", "floor"):
            self.assertNotIn(ours, page)

    def test_another_id_is_not_found(self):
        for path in (
                f"/my/statements/{self.foreign.id}", f"/my/statements/{self.draft.id}", "/my/statements/999999999",
                f"/my/statements/{self.foreign.id}?access_token=x"):
            self.assertEqual(self.url_open(path).status_code, 404, path)
        for verb in ("confirm", "dispute"):
            response = self._post(f"/my/statements/{self.foreign.id}/{verb}", reason="x")
            self.assertEqual(response.status_code, 404)
        self.assertEqual(self.foreign.state, "approved")

    def test_confirm_in_the_name_of_the_person(self):
        page = self._post(f"/my/statements/{self.statement.id}/confirm")

        self.assertIn("you have confirmed this statement", page.text)
        self.assertNotIn("statement_confirm", page.text)
        self.assertRecordValues(self.statement, [{"state": "confirmed", "confirmed_by_id": self.user.id}])

        again = self._post(f"/my/statements/{self.statement.id}/confirm")
        self.assertEqual(again.status_code, 200)
        self.assertEqual(self.statement.state, "confirmed")

    def test_dispute_needs_a_reason_and_reaches_the_salesperson(self):
        page = self._post(f"/my/statements/{self.statement.id}/dispute", reason="   ")
        self.assertIn("Please say what is wrong", page.text)
        self.assertEqual(self.statement.state, "approved")

        page = self._post(f"/my/statements/{self.statement.id}/dispute", reason="重量不对 <script>alert(1)</script>")

        self.assertEqual(self.statement.state, "disputed")
        self.assertEqual(self.statement.dispute_reason, "重量不对 <script>alert(1)</script>")
        self.assertNotIn("<script>alert(1)", page.text)
        self.assertEqual(self.statement.activity_ids.user_id, self.salesperson)

    def test_an_objection_to_one_line_with_proof_is_answered_and_stays_on_the_page(self):
        line = self.statement.line_ids
        self.url_open(f"/my/statements/{self.statement.id}/dispute", data={
            "csrf_token": self._token(), "reason": "磅单是 980", "line_id": str(line.id)},
            files={"files": ("磅单.pdf", b"%PDF-1.4 ticket", "application/pdf")})
        objection = self.statement.objection_ids
        self.assertRecordValues(objection, [{
            "line_id": line.id, "note": "磅单是 980", "raised_by_id": self.user.id, "state": "open", "issue_no": 1}])
        proof = objection.attachment_ids
        file = self.url_open(f"/my/statements/{self.statement.id}/proof/{proof.id}")
        self.assertEqual(file.content, b"%PDF-1.4 ticket")
        self.assertEqual(self.url_open(f"/my/statements/{self.second.id}/proof/{proof.id}").status_code, 404)

        objection.answer = "按 980 公斤更正"
        objection.action_accept()
        self.statement.action_revise()
        self.statement.action_approve()

        page = self.url_open(f"/my/statements/{self.statement.id}").text
        self.assertIn("磅单是 980", page)
        self.assertIn("按 980 公斤更正", page)
        self.assertEqual(self.statement.issue_no, 2)

    def test_a_line_of_another_statement_and_other_files_are_not_taken(self):
        self._post(f"/my/statements/{self.statement.id}/dispute", reason="x", line_id=str(self.foreign.line_ids.id))
        self.assertFalse(self.statement.objection_ids.line_id)
        page = self.url_open(f"/my/statements/{self.second.id}/dispute", data={
            "csrf_token": self._token(), "reason": "x"}, files={"files": ("x.pdf", b"<html><script>1</script></html>", "application/pdf")})
        self.assertIn("At most 5 files of 5 MB each", page.text)
        self.assertEqual(self.second.state, "approved")
        self.assertFalse(self.second.objection_ids)

    def test_the_workbook_of_the_own_statement_only(self):
        response = self.url_open(f"/my/statements/{self.statement.id}/xlsx")
        self.assertEqual(response.content[:2], b"PK")
        self.assertIn(self.statement.name, response.headers["Content-Disposition"])
        self.assertEqual(self.url_open(f"/my/statements/{self.foreign.id}/xlsx").status_code, 404)

    def test_what_changed_meanwhile_is_shown_instead_of_done(self):
        self.statement.action_cancel()
        self.assertEqual(self._post(f"/my/statements/{self.statement.id}/confirm").status_code, 404)
        self.second.action_confirm()
        self.second.action_make_invoices()
        page = self._post(f"/my/statements/{self.second.id}/confirm")
        self.assertIn("has changed meanwhile", page.text)
        self.assertEqual(self.second.state, "invoiced")

    def test_forms_need_their_token_and_get_requests_do_nothing(self):
        response = self.url_open(f"/my/statements/{self.statement.id}/confirm", data={"x": "1"})
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.url_open(f"/my/statements/{self.statement.id}/confirm").status_code, 405)
        self.assertEqual(self.statement.state, "approved")

    def test_without_login_there_is_only_the_login(self):
        self.authenticate(None, None)
        for path in ("/my/statements", f"/my/statements/{self.statement.id}"):
            self.assertIn("/web/login", self.url_open(path).url)

    def test_staff_open_statements_in_the_client_not_here(self):
        self.authenticate("h3_finance", "h3_finance")
        self.assertEqual(self.url_open(f"/my/statements/{self.statement.id}").status_code, 404)
