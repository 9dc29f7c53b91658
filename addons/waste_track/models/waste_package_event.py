from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import EVENT_KINDS


class WastePackageEvent(models.Model):
    _name = "waste.package.event"
    _description = "Package Event"
    _order = "occurred_at, id"
    _rec_name = "kind"

    package_id = fields.Many2one("waste.package", "Package", required=True, index=True, ondelete="restrict")
    producer_id = fields.Many2one(related="package_id.producer_id")
    company_id = fields.Many2one("res.company", "Operating Company", required=True, index=True)
    kind = fields.Selection(EVENT_KINDS, "Node", required=True)
    occurred_at = fields.Datetime("Happened", required=True, help="When it happened in the world.")
    recorded_at = fields.Datetime(
        "Recorded", required=True, default=fields.Datetime.now, help="When the reporting system told us.",
    )
    is_late = fields.Boolean("Late Report", help="Told after a later node of the same package was due.")
    unit_id = fields.Many2one("res.partner", "By", index="btree_not_null")
    place = fields.Char()
    plate = fields.Char()
    qty_kg = fields.Float("Quantity (kg)", digits=(16, 3))
    method_id = fields.Many2one("waste.disposal.method", "Disposal Method")
    reason = fields.Char()
    op_no = fields.Char("Conversion No.")
    void_of_id = fields.Many2one(
        "waste.package.event", "Reverses", index="btree_not_null",
        help="Events are never changed: a wrong one is reversed by this one.",
    )
    external_key = fields.Char(index="btree_not_null", help="The key of this event in the system that told us.")
    external_extra = fields.Json("Other Fields")

    _package_idx = models.Index("(package_id, occurred_at, id)")

    #=== CRUD METHODS ===#

    def write(self, vals):
        raise UserError(self.env._(
            "Package events are evidence and are never changed; record a reversing event instead.",
        ))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._(
            "Package events are evidence and are never deleted; record a reversing event instead.",
        ))
