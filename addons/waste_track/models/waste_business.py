from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import api, fields, models

# Months of the trade are local months, whoever looks (I-41).
TRADE_ZONE = ZoneInfo("Asia/Shanghai")


class WasteBusiness(models.Model):
    """What a business received this month, on its page (S1K-3.25)."""

    _inherit = "waste.business"

    receipt_count = fields.Integer(compute="_compute_receipts")
    receipt_kg = fields.Float("Received (kg)", digits=(16, 3), compute="_compute_receipts")

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_receipts(self):
        receipts = self._count("waste.batch", [("business_id", "in", self.ids), *self._get_receipt_domain()], ["accepted_kg:sum"])
        for business in self:
            business.receipt_count, business.receipt_kg = receipts[business]

    # === ACTION METHODS === #

    def action_view_receipts(self):
        """Open what was received this month."""
        return self._open("waste_track.waste_batch_action", self._get_receipt_domain())

    # === BUSINESS METHODS === #

    @api.model
    def _get_receipt_domain(self):
        """Return the domain of batches stored in this month."""
        now = fields.Datetime.now().replace(tzinfo=UTC).astimezone(TRADE_ZONE)
        first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return [("inbound_at", ">=", fields.Datetime.to_string(first.astimezone(UTC).replace(tzinfo=None)))]
