from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import OffsetCase


@tagged("post_install", "-at_install")
class TestPortalOffset(OffsetCase, HttpCase):
    """I-35: the producer itself says that it agrees: seen, answered by whom and when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._portal_user(cls.producer)
        cls.offset = cls._offset()
        cls.offset.action_submit()
        cls.offset.action_approve()
        cls.page = f"/my/offsets/{cls.offset.id}"

    def setUp(self):
        super().setUp()
        self.authenticate("h5_portal", "h5_portal")

    def _answer(self, answer, **data):
        token = self.url_open("/my/statements").text.split('csrf_token: "')[1].split('"')[0]
        return self.url_open(f"{self.page}/answer", data={"csrf_token": token, "answer": answer, **data})

    def test_before_it_is_asked_it_does_not_exist_for_the_producer(self):
        self.assertEqual(self.url_open(self.page).status_code, 404)
        self.assertNotIn(self.offset.name, self.url_open("/my/statements").text)

    def test_seen_and_agreed_by_whom_and_when_then_booked(self):
        self.offset.action_ask_consent()
        self.assertIn(self.offset.name, self.url_open("/my/statements").text)
        page = self.url_open(self.page).text
        self.assertIn(self.receivable.name, page)
        self.assertIn(self.payable.name, page)
        self.assertEqual(self.offset.consent_state, "seen")
        self.assertTrue(self.offset.consent_seen_at)

        self._answer("agree")

        self.assertRecordValues(self.offset, [{
            "consent_state": "agreed", "consent_user_id": self.user.id, "consent_by": self.user.name}])
        self.assertTrue(self.offset.consent_at and self.offset.consent_date)
        self.offset.action_post()
        self.assertEqual((self.payable.state, self.offset.state), ("settled", "posted"))

    def test_declined_with_a_reason_it_is_not_booked(self):
        self.offset.action_ask_consent()
        self.assertIn("Please say why", self._answer("decline", reason="  ").text)
        self.assertEqual(self.offset.consent_state, "seen")

        self._answer("decline", reason="先对账 <b>x</b>")

        self.assertRecordValues(self.offset, [{"consent_state": "declined", "consent_note": "先对账 <b>x</b>", "consent_by": False}])
        self.offset.write({"consent_by": "李工", "consent_date": "2026-10-19"})
        with self.assertRaisesRegex(UserError, "declined. Cancel it, or ask again"):
            self.offset.action_post()
        self.assertEqual(self.payable.open_amount, 600.0)

    def test_an_answer_counts_once(self):
        self.offset.action_ask_consent()
        self._answer("agree")
        page = self._answer("decline", reason="x").text
        self.assertIn("has changed meanwhile", page)
        self.assertEqual((self.offset.consent_state, self.offset.consent_note), ("agreed", False))

    def test_another_party_and_the_staff_find_nothing(self):
        self.offset.action_ask_consent()
        stranger = self.env["res.partner"].create({"name": "恒达塑胶", "is_company": True})
        self._portal_user(stranger, login="h5_stranger")
        for login in ("h5_stranger", "h3_finance"):
            self.authenticate(login, login)
            self.assertEqual(self.url_open(self.page).status_code, 404, login)
        self.authenticate("h5_stranger", "h5_stranger")
        self.assertEqual(self._answer("agree").status_code, 404)
        self.assertEqual(self.offset.consent_state, "asked")

    def test_get_requests_and_forms_without_a_token_answer_nothing(self):
        self.offset.action_ask_consent()
        self.assertEqual(self.url_open(f"{self.page}/answer", data={"answer": "agree"}).status_code, 400)
        self.assertEqual(self.url_open(f"{self.page}/answer?answer=agree").status_code, 405)
        self.assertFalse(self.offset.consent_by)

    def test_nobody_of_the_staff_types_the_producers_answer(self):
        self.offset.action_ask_consent()
        for values in ({"consent_state": "agreed"}, {"consent_user_id": self.user.id}, {"consent_at": "2026-10-19 00:00:00"}):
            with self.assertRaises(AccessError):
                self.offset.write(values)
        self._answer("agree")
        with self.assertRaisesRegex(UserError, "that is not changed by hand"):
            self.offset.consent_by = "别人"
        with self.assertRaises(AccessError):
            self.offset.with_user(self.user).with_context(allowed_company_ids=[]).action_ask_consent()

    def test_asked_once_it_is_approved(self):
        draft = self.offset.copy()
        with self.assertRaisesRegex(UserError, "the producer is asked once it is approved"):
            draft.action_ask_consent()
        self.assertEqual(draft.consent_state, "none")
