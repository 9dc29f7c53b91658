from odoo import fields, models


class WasteDisposal(models.Model):
    _name = "waste.disposal"
    _description = "Disposal"
    _inherit = ["waste.external.mixin"]
    _order = "finished_at desc, id desc"
    _check_company_auto = True

    _external_fields = {"name", "batch_id", "package_id", "method_id", "qty_kg", "started_at", "finished_at"}

    name = fields.Char("Disposal No.", required=True, copy=False, index="trigram")
    batch_id = fields.Many2one("waste.batch", "Batch", required=True, index=True, check_company=True)
    package_id = fields.Many2one(
        "waste.package", "Package", index="btree_not_null",
        help="Empty: the batch was disposed of as a whole, without single packages.",
    )
    producer_id = fields.Many2one(related="batch_id.producer_id", store=True, index=True)
    company_id = fields.Many2one("res.company", "Operating Company", required=True, index=True)
    method_id = fields.Many2one("waste.disposal.method", "Method", index="btree_not_null")
    qty_kg = fields.Float("Disposed (kg)", digits=(16, 3))
    started_at = fields.Datetime("Started")
    finished_at = fields.Datetime("Finished", required=True)

    _name_uniq = models.Constraint("UNIQUE(name, company_id)", "A disposal with this number exists already.")
