from odoo import fields, models


class WecomLossReason(models.Model):
    """Why customers go, in the company's own words."""
    _name = 'wecom.loss.reason'
    _description = "Reason of a WeCom loss"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex("(name)", "There is a reason of this name already.")
