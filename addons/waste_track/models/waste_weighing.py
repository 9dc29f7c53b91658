from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

# A road vehicle with its load (I-12).
MAX_VEHICLE_KG = 60_000


class WasteWeighing(models.Model):
    _name = "waste.weighing"
    _description = "Weighing"
    _inherit = ["waste.external.mixin"]
    _order = "second_weighed_at desc, id desc"
    _check_company_auto = True

    _external_fields = {
        "name", "pickup_id", "plate", "gross_kg", "tare_kg", "net_kg", "first_weighed_at", "second_weighed_at",
    }

    name = fields.Char("Weighing No.", required=True, copy=False, index="trigram")
    pickup_id = fields.Many2one("waste.pickup", "Pickup Order", required=True, index=True, check_company=True)
    producer_id = fields.Many2one(related="pickup_id.producer_id", store=True, index=True)
    company_id = fields.Many2one("res.company", "Operating Company", required=True, index=True)
    plate = fields.Char()
    gross_kg = fields.Float("Gross (kg)", digits=(16, 3), required=True)
    tare_kg = fields.Float("Tare (kg)", digits=(16, 3), required=True)
    net_kg = fields.Float("Net (kg)", digits=(16, 3), required=True)
    first_weighed_at = fields.Datetime("First Weighing")
    second_weighed_at = fields.Datetime("Second Weighing")

    _name_uniq = models.Constraint("UNIQUE(name, company_id)", "A weighing with this number exists already.")

    # === CONSTRAINT METHODS === #

    @api.constrains("gross_kg", "tare_kg", "net_kg")
    def _check_weights(self):
        for weighing in self:
            if weighing.tare_kg < 0 or weighing.gross_kg > MAX_VEHICLE_KG:
                raise ValidationError(self.env._(
                    "Weighing %(number)s: weights must lie between 0 and 60 t; check the scale.", number=weighing.name,
                ))
            if weighing.gross_kg <= weighing.tare_kg:
                raise ValidationError(self.env._(
                    "Weighing %(number)s: the gross weight (%(gross)s kg) must be above the tare (%(tare)s kg).",
                    number=weighing.name, gross=weighing.gross_kg, tare=weighing.tare_kg,
                ))
            if float_compare(weighing.gross_kg - weighing.tare_kg, weighing.net_kg, precision_digits=3):
                raise ValidationError(self.env._(
                    "Weighing %(number)s: net weight %(net)s kg is not gross minus tare.",
                    number=weighing.name, net=weighing.net_kg,
                ))
