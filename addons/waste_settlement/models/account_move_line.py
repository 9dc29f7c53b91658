from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    waste_allocation_id = fields.Many2one(
        "waste.payment.allocation", "Statement Share", index="btree_not_null", ondelete="set null", copy=False,
        help="The share of the payment, allocated to a statement, that this journal item books.")
