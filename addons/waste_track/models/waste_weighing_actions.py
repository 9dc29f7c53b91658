from odoo import api, models


class WasteWeighing(models.Model):
    """What a dispatcher needs who copies a ticket of the scale."""

    _inherit = "waste.weighing"

    # === ONCHANGE METHODS === #

    @api.onchange("pickup_id")
    def _onchange_pickup_id(self):
        if self.pickup_id:
            self.company_id = self.pickup_id.company_id
            self.plate = self.plate or self.pickup_id.vehicle_plate

    @api.onchange("gross_kg", "tare_kg")
    def _onchange_weights(self):
        self.net_kg = self.gross_kg - self.tare_kg

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("name"):
                vals["name"] = self.env["ir.sequence"].next_by_code("waste.weighing")
        return super().create(vals_list)
