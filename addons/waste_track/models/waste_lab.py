from odoo import fields, models


class WasteLab(models.Model):
    _name = "waste.lab"
    _description = "Lab Report"
    _inherit = ["waste.external.mixin"]
    _order = "tested_at desc, id desc"
    _check_company_auto = True

    _external_fields = {"name", "batch_id", "items", "is_qualified", "tested_at"}

    name = fields.Char("Lab No.", required=True, copy=False, index="trigram")
    batch_id = fields.Many2one("waste.batch", "Batch", required=True, index=True, check_company=True)
    producer_id = fields.Many2one(related="batch_id.producer_id", store=True, index=True)
    company_id = fields.Many2one("res.company", "Operating Company", required=True, index=True)
    items = fields.Json("Results", help="List of [item, value, unit], in the order of the report.")
    result_text = fields.Char("Results as Text", compute="_compute_result_text")
    is_qualified = fields.Boolean("Qualified")
    tested_at = fields.Datetime("Tested", required=True)

    _name_uniq = models.Constraint("UNIQUE(name, company_id)", "A lab report with this number exists already.")

    # === COMPUTE METHODS === #

    def _compute_result_text(self):
        for report in self:
            report.result_text = " · ".join(
                f"{item} {value:g} {unit}".strip() for item, value, unit in report.items or []
            )
