from odoo import fields, models


class WasteInbound(models.Model):
    _name = "waste.inbound"
    _description = "Inbound"
    _inherit = ["waste.state.mixin", "waste.external.mixin"]
    _order = "inbound_at desc, id desc"
    _check_company_auto = True

    _transitions = {
        "audit": (("pending",), "audited"),
        "unaudit": (("audited",), "pending"),
        "settle": (("pending", "audited"), "settled"),
    }
    _sealed_from = {"actual_kg": "settled", "batch_id": "settled"}
    _external_fields = {
        "name", "batch_id", "pickup_id", "planned_kg", "actual_kg", "package_count", "inbound_at", "state",
    }

    name = fields.Char("Inbound No.", required=True, copy=False, index="trigram")
    batch_id = fields.Many2one("waste.batch", "Batch", required=True, index=True, check_company=True)
    pickup_id = fields.Many2one("waste.pickup", "Pickup Order", index="btree_not_null", check_company=True)
    producer_id = fields.Many2one(related="batch_id.producer_id", store=True, index=True)
    company_id = fields.Many2one("res.company", "Operating Company", required=True, index=True)
    planned_kg = fields.Float("Announced (kg)", digits=(16, 3))
    actual_kg = fields.Float("Received (kg)", digits=(16, 3))
    package_count = fields.Integer("Packages")
    location = fields.Char("Storage Place")
    difference_reason = fields.Char()
    inbound_at = fields.Datetime("Stored", required=True)
    state = fields.Selection(
        [("pending", "To Check"), ("audited", "Checked"), ("settled", "Settled")],
        required=True, default="pending", index=True, copy=False,
    )

    _name_uniq = models.Constraint("UNIQUE(name, company_id)", "An inbound with this number exists already.")
