from odoo import fields, models


class WasteReportClass(models.Model):
    """What analyses group contracts by (S0-3.1.2-j), such as 危废-焚烧 or 危废-物化."""
    _name = 'waste.report.class'
    _description = "Report Class"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    category_ids = fields.One2many(
        'waste.category', 'report_class_id', "Waste Categories",
        help="Contracts for waste of these categories are of this class, whatever their business says.")

    _name_uniq = models.Constraint('UNIQUE(name)', "This report class exists already.")


class WasteCategory(models.Model):
    _inherit = 'waste.category'

    report_class_id = fields.Many2one(
        'waste.report.class', "Report Class", index='btree_not_null',
        help="Empty: contracts for this waste are of the class of their business.")
