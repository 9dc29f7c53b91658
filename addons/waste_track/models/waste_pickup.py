from odoo import fields, models

OPEN = (
    "draft", "auditing", "audit_failed", "to_dispatch", "dispatched",
    "on_site", "loaded", "confirmed", "in_transit", "arrived", "weighed",
)


class WastePickup(models.Model):
    _name = "waste.pickup"
    _description = "Pickup Order"
    _inherit = ["waste.state.mixin", "waste.external.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "planned_at desc, id desc"
    _check_company_auto = True

    _transitions = {
        "submit": (("draft", "audit_failed"), "auditing"),
        "reject": (("auditing",), "audit_failed"),
        "approve": (("draft", "auditing"), "to_dispatch"),
        "dispatch": (("draft", "auditing", "to_dispatch"), "dispatched"),
        "arrive_at_producer": (("to_dispatch", "dispatched"), "on_site"),
        "load": (("to_dispatch", "dispatched", "on_site"), "loaded"),
        "confirm": (("to_dispatch", "dispatched", "on_site", "loaded"), "confirmed"),
        "depart": (("to_dispatch", "dispatched", "on_site", "loaded", "confirmed"), "in_transit"),
        "arrive": (("to_dispatch", "dispatched", "on_site", "loaded", "confirmed", "in_transit"), "arrived"),
        "weigh": (
            ("to_dispatch", "dispatched", "on_site", "loaded", "confirmed", "in_transit", "arrived"),
            "weighed",
        ),
        "finish": (OPEN, "done"),
        "cancel": (("draft", "auditing", "audit_failed", "to_dispatch", "dispatched"), "cancelled"),
        "fail": (("dispatched", "on_site"), "failed"),
    }
    _sealed_from = {"producer_id": "loaded", "contract_id": "done", "business_id": "loaded"}
    _external_fields = {
        "name", "contract_id", "producer_id", "business_id", "company_id", "planned_at", "state",
        "carrier_id", "vehicle_plate", "driver_name", "producer_confirmed_at", "cancel_reason",
    }

    name = fields.Char("Pickup No.", required=True, copy=False, default="/", index="trigram")
    contract_id = fields.Many2one(
        "sale.order", "Contract", index=True, check_company=True, tracking=True,
        domain="[('business_id', '!=', False), ('partner_id', '=', producer_id)]",
    )
    is_contract_pending = fields.Boolean(
        "Contract Pending", help="Emergency pickup: the contract follows (合同待补).",
    )
    producer_id = fields.Many2one("res.partner", "Producer", required=True, index=True, tracking=True)
    business_id = fields.Many2one("waste.business", "Business", required=True, index=True)
    company_id = fields.Many2one(
        "res.company", "Operating Company", required=True, index=True, default=lambda self: self.env.company,
    )
    planned_at = fields.Datetime("Planned", required=True, index=True, tracking=True)
    carrier_id = fields.Many2one("res.partner", "Carrier", index="btree_not_null", tracking=True)
    vehicle_plate = fields.Char("Plate", tracking=True)
    driver_name = fields.Char("Driver", tracking=True)
    driver_phone = fields.Char()
    dispatched_at = fields.Datetime("Dispatched")
    loaded_at = fields.Datetime("Loaded")
    producer_confirmed_at = fields.Datetime("Confirmed by Producer")
    arrived_at = fields.Datetime("Arrived at Plant")
    done_at = fields.Datetime("Done")
    cancel_reason = fields.Char()
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("auditing", "In Review"),
            ("audit_failed", "Review Failed"),
            ("to_dispatch", "To Dispatch"),
            ("dispatched", "Dispatched"),
            ("on_site", "At Producer"),
            ("loaded", "Loaded"),
            ("confirmed", "Confirmed by Producer"),
            ("in_transit", "In Transit"),
            ("arrived", "Arrived"),
            ("weighed", "Weighed"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
            ("failed", "Failed Trip"),
        ],
        required=True, default="draft", index=True, copy=False, tracking=True, group_expand=True,
    )
    batch_ids = fields.One2many("waste.batch", "pickup_id", "Batches")
    manifest_ids = fields.One2many("waste.manifest", "pickup_id", "Manifests")
    weighing_ids = fields.One2many("waste.weighing", "pickup_id", "Weighings")
    batch_count = fields.Integer(compute="_compute_batch_count")

    _name_uniq = models.Constraint("UNIQUE(name, company_id)", "A pickup order with this number exists already.")
    _due_idx = models.Index("(company_id, planned_at) WHERE state IN ('to_dispatch', 'dispatched')")

    # === COMPUTE METHODS === #

    def _compute_batch_count(self):
        counts = dict(self.env["waste.batch"]._read_group([("pickup_id", "in", self.ids)], ["pickup_id"], ["__count"]))
        for pickup in self:
            pickup.batch_count = counts.get(pickup, 0)
