from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.manifest_number import split_manifest_number


class WasteManifest(models.Model):
    _name = "waste.manifest"
    _description = "Transfer Manifest"
    _inherit = ["waste.state.mixin", "waste.external.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "consigned_at desc, id desc"
    _check_company_auto = True

    _transitions = {
        "depart": (("draft",), "in_transit"),
        "receive": (("draft", "in_transit"), "received"),
        "receive_partly": (("draft", "in_transit"), "partially_received"),
        "refuse": (("draft", "in_transit"), "refused"),
        "complete": (("received", "partially_received"), "completed"),
        "void": (("draft",), "voided"),
    }
    _sealed_from = {"name": "in_transit", "waste_code_id": "in_transit"}
    _external_fields = {
        "name", "pickup_id", "batch_id", "waste_code_id", "package_count", "out_kg", "in_kg", "state",
        "has_major_difference", "receiver_opinion", "consigned_at", "received_at",
    }

    name = fields.Char("Manifest No.", size=14, required=True, copy=False, index="trigram")
    pickup_id = fields.Many2one("waste.pickup", "Pickup Order", required=True, index=True, check_company=True)
    batch_id = fields.Many2one("waste.batch", "Batch", index="btree_not_null", check_company=True)
    producer_id = fields.Many2one(related="pickup_id.producer_id", store=True, index=True)
    company_id = fields.Many2one("res.company", "Operating Company", required=True, index=True)
    waste_code_id = fields.Many2one("waste.code", "Waste Code", index="btree_not_null")
    package_count = fields.Integer("Packages")
    out_kg = fields.Float("Shipped (kg)", digits=(16, 3))
    in_kg = fields.Float("Received (kg)", digits=(16, 3))
    consigned_at = fields.Datetime("Consigned")
    received_at = fields.Datetime("Received")
    receiver_opinion = fields.Char("Opinion of the Receiver")
    has_major_difference = fields.Boolean(
        "Major Difference", tracking=True,
        help="Name, quantity, form or packaging differ so much that both sides must settle it (转移管理办法 Art. 18).",
    )
    difference_answer = fields.Text("Answer to the Difference", tracking=True)
    state = fields.Selection(
        [
            ("draft", "To Ship"),
            ("in_transit", "In Transit"),
            ("received", "Received"),
            ("partially_received", "Partly Received"),
            ("refused", "Refused"),
            ("completed", "Completed"),
            ("voided", "Voided"),
        ],
        required=True, default="draft", index=True, copy=False, tracking=True,
    )

    _name_uniq = models.Constraint("UNIQUE(name)", "A manifest with this number exists already.")

    # === CONSTRAINT METHODS === #

    @api.constrains("name")
    def _check_name(self):
        numbers = {manifest: split_manifest_number(manifest.name) for manifest in self}
        cities = self.env["waste.region"].sudo()._read_group(
            [("code", "in", [number[1] for number in numbers.values() if number])], [], ["code:array_agg"],
        )[0][0] or []
        for manifest, number in numbers.items():
            if not number:
                raise ValidationError(self.env._(
                    "Manifest number %(number)s must have 14 digits: year, city code and six digits.",
                    number=manifest.name,
                ))
            if number[1] not in cities:
                raise ValidationError(self.env._(
                    "Manifest number %(number)s: %(city)s is not the code of a city; check digits 5 to 8.",
                    number=manifest.name, city=number[1],
                ))
