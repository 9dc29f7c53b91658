from odoo import fields, models


class SaleOrder(models.Model):
    """The contract, seen from what was collected under it."""

    _inherit = "sale.order"

    waste_batch_count = fields.Integer("Batches", compute="_compute_waste_counts")
    waste_pickup_count = fields.Integer("Pickups", compute="_compute_waste_counts")

    # === COMPUTE METHODS === #

    def _compute_waste_counts(self):
        batches, pickups = (
            dict(self.env[model]._read_group([("contract_id", "in", self.ids)], ["contract_id"], ["__count"]))
            if self.env[model].has_access("read") else {}
            for model in ("waste.batch", "waste.pickup")
        )
        for order in self:
            order.waste_batch_count = batches.get(order, 0)
            order.waste_pickup_count = pickups.get(order, 0)

    # === ACTION METHODS === #

    def action_open_waste_batches(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("waste_track.waste_batch_action")
        return {**action, "domain": [("contract_id", "=", self.id)], "context": {}}

    def action_open_waste_pickups(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("waste_track.waste_pickup_action")
        return {
            **action, "domain": [("contract_id", "=", self.id)],
            "context": {"default_contract_id": self.id, "default_producer_id": self.partner_id.id},
        }

    def action_open_lifecycle(self):
        """Open the life-cycle page: of the only waste detail, or of the choice between several."""
        self.ensure_one()
        details = self.order_line.filtered("waste_name")
        if len(details) == 1:
            return details.action_open_lifecycle()
        return self.env["waste.batch"]._get_lifecycle_action(text=self.name)

    # BUSINESS ------------------------------------------------------------------

    def _get_committed_t(self, disposer, year):
        """Add what was accepted in the year beside the plans: of contracts that ended, and of details without a limit (I-06)."""
        committed = super()._get_committed_t(disposer, year)
        # The scale is the disposer's, whoever may see the batches that use it. The year is that of Asia/Shanghai (I-41).
        accepted = self.env["waste.batch"].sudo()._read_group([
            ("contract_id.disposer_id", "=", disposer.id), ("waste_code_id", "!=", False),
            ("inbound_at", ">=", f"{year - 1}-12-31 16:00:00"), ("inbound_at", "<", f"{year}-12-31 16:00:00"),
            "|", ("contract_id.contract_state", "in", ("expired", "terminated", "voided")), ("contract_line_id.is_unlimited", "=", True),
        ], ["waste_code_id"], ["accepted_kg:sum"])
        for code, accepted_kg in accepted:
            committed[code] = committed.get(code, 0.0) + accepted_kg / 1000
        return committed
