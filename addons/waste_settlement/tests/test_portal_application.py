from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestPortalApplication(SettlementCase, HttpCase):
    """A producer asks for its invoice by itself, and fetches its own fapiao only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._portal_user(cls.producer)
        cls.contract = cls._active()
        cls._batch(cls.contract, 1000)
        cls.statement = cls._make(cls.contract)
        cls.statement.action_approve()
        cls.statement.action_confirm()

    def setUp(self):
        super().setUp()
        self.authenticate("h5_portal", "h5_portal")

    def _apply(self, statement=None, **data):
        page = self.url_open("/my/statements").text
        token = page.split('csrf_token: "')[1].split('"')[0]
        return self.url_open(f"/my/statements/{(statement or self.statement).id}/apply-invoice", data={
            "csrf_token": token, "fapiao_kind": "ordinary", "fapiao_title": "宏达电路板厂", **data})

    @property
    def applications(self):
        return self.env["waste.invoice.application"].search([("contract_id", "=", self.contract.id)])

    def test_a_customer_applies_and_fetches_the_fapiao(self):
        self.assertIn("apply_invoice", self.url_open(f"/my/statements/{self.statement.id}").text)

        page = self._apply(fapiao_email="fapiao@hongda.example", fapiao_tax_no=" 914419000000000 ").text

        self.assertIn("we will check your application", page)
        self.assertNotIn('id="apply_invoice"', page)
        application = self.applications
        self.assertRecordValues(application, [{
            "state": "pending", "is_from_portal": True, "amount_total": 2800.0, "fapiao_tax_no": "914419000000000",
            "fapiao_email": "fapiao@hongda.example", "create_uid": self.user.id}])
        self.assertEqual(self.url_open(f"/my/fapiao/{application.id}").status_code, 404)

        application.action_approve()
        application.write({"fapiao_no": "24441234", "fapiao_date": "2026-10-08", "fapiao_pdf": "JVBERi0xLjcK"})
        application.action_issue()
        response = self.url_open(f"/my/fapiao/{application.id}")
        self.assertEqual((response.status_code, response.content), (200, b"%PDF-1.7\n"))
        self.assertIn("24441234.pdf", response.headers["Content-Disposition"])

    def test_twice_is_refused_with_the_sentence(self):
        self._apply()
        page = self._apply().text
        self.assertEqual(len(self.applications), 1)
        self.assertNotIn("we will check your application", page)

    def test_wrong_data_are_refused_and_nothing_is_left(self):
        page = self._apply(fapiao_tax_no="123").text
        self.assertIn("no valid taxpayer number", page)
        self.assertFalse(self.applications)

    def test_other_fields_are_not_taken(self):
        self._apply(amount_total="1", state="to_issue", partner_id="1", note="x")
        self.assertRecordValues(self.applications, [{
            "state": "pending", "amount_total": 2800.0, "partner_id": self.producer.id, "note": False}])

    def test_another_party_gets_nothing(self):
        stranger = self.env["res.partner"].create({"name": "恒达塑胶", "is_company": True})
        foreign = self._external(self._active(partner_id=stranger.id), 100.0, state="confirmed")
        self.assertEqual(self._apply(foreign).status_code, 404)
        application = self.env["waste.invoice.application"].create({
            "statement_id": foreign.id, "fapiao_kind": "ordinary", "fapiao_no": "1", "fapiao_date": "2026-10-08",
            "fapiao_pdf": "JVBERi0xLjcK"})
        application.action_submit()
        application.action_approve()
        application.action_issue()
        for record in (application.id, 999999999):
            self.assertEqual(self.url_open(f"/my/fapiao/{record}").status_code, 404)

    @freeze_time("2026-10-08 02:00:00")
    def test_by_rpc_a_customer_reads_no_application(self):
        application = self.env["waste.invoice.application"].create({"statement_id": self.statement.id})
        mine = application.with_user(self.user).with_context(allowed_company_ids=[])
        for act in (lambda: mine.read(["name"]), lambda: mine.search([]), lambda: mine.action_approve(), lambda: mine.action_submit()):
            with self.assertRaises(AccessError):
                act()
        self.assertNotIn("fapiao_bank_account", self.producer.with_user(self.user).with_context(allowed_company_ids=[]).fields_get())
