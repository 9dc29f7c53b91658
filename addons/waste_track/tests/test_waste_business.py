from odoo.tests import freeze_time, new_test_user, tagged

from .common import WasteTrackCommon


@freeze_time("2026-07-20 02:00:00")
@tagged("post_install", "-at_install")
class TestWasteBusiness(WasteTrackCommon):
    """S1K-3.25: the page of a business says what it received this month."""

    def _receipts(self, user):
        business = self.hazardous.with_user(user).with_context(tz="Asia/Shanghai", allowed_company_ids=self.company.ids)
        business.invalidate_recordset()
        return business.receipt_count, business.receipt_kg

    def test_s1k_3_25_the_receipts_of_this_month_as_far_as_the_user_sees_them(self):
        manager = new_test_user(self.env, "track_manager", "waste.group_sales_manager", company_id=self.company.id)
        before = self._receipts(manager)
        # 1 July in Dongguan begins at 16:00 of 30 June by the clock of the server.
        for stored_at, kilograms in (("2026-06-30 15:59:59", 1.0), ("2026-06-30 16:00:00", 20.0), ("2026-07-19 02:00:00", 300.0)):
            self._make_batch(self.line).write({"inbound_at": stored_at, "accepted_kg": kilograms, "state": "stored"})

        after = self._receipts(manager)

        self.assertEqual((after[0] - before[0], round(after[1] - before[1], 3)), (2, 320.0))
        action = self.hazardous.with_user(manager).with_context(tz="Asia/Shanghai").action_view_receipts()
        self.assertEqual(self.env["waste.batch"].with_user(manager).search_count(action["domain"]), after[0])
        self.assertEqual(self._receipts(new_test_user(self.env, "track_nobody", "waste.group_wim_integrator"))[0], 0)
