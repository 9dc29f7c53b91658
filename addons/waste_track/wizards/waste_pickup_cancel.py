from odoo import fields, models


class WastePickupCancel(models.TransientModel):
    """Why pickup orders are cancelled: the producer and the driver will ask."""

    _name = "waste.pickup.cancel"
    _description = "Cancel Pickup Orders"

    pickup_ids = fields.Many2many("waste.pickup", string="Pickup Orders", required=True)
    reason = fields.Char(required=True)

    # === ACTION METHODS === #

    def action_cancel(self):
        self.ensure_one()
        self.pickup_ids._transition("cancel", cancel_reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
