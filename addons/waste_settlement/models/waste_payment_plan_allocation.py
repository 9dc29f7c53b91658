from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WastePaymentPlanAllocation(models.Model):
    """The share of one collection that pays one instalment. It says nothing to the books, so it may change later."""

    _name = "waste.payment.plan.allocation"
    _description = "Share of a Collection"
    _inherit = ["waste.money.share"]
    _order = "collection_id, id"
    _rec_name = "plan_id"

    collection_id = fields.Many2one("waste.collection", "Collection", required=True, index=True, ondelete="cascade")
    plan_id = fields.Many2one("waste.payment.plan", "Instalment", required=True, index=True, ondelete="restrict")
    currency_id = fields.Many2one(related="collection_id.currency_id")
    contract_id = fields.Many2one(related="collection_id.contract_id", store=True, index=True)
    company_id = fields.Many2one(related="collection_id.company_id", store=True, index=True)
    date = fields.Date(related="collection_id.date")

    _once_uniq = models.Constraint(
        "UNIQUE(collection_id, plan_id)", "The collection pays this instalment already: change that row.")

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains("collection_id", "plan_id", "amount")
    def _check_fits(self):
        for allocation in self:
            if allocation.plan_id.contract_id != allocation.collection_id.contract_id:
                raise ValidationError(self.env._(
                    "%(plan)s is of another contract than collection %(collection)s.",
                    plan=allocation.plan_id.display_name, collection=allocation.collection_id.name))
            if allocation.collection_id.kind == "refund":
                raise ValidationError(self.env._(
                    "Collection %(collection)s is a refund: it pays no instalment.", collection=allocation.collection_id.name))
        for collection in self.collection_id:
            if not collection.allocation_ids._is_within(collection.amount):
                raise ValidationError(self.env._(
                    "Collection %(collection)s over %(amount).2f can not pay instalments with %(shares).2f together.",
                    collection=collection.name, amount=collection.amount,
                    shares=collection.allocation_ids._get_amount_sum()))
        for plan in self.plan_id:
            if not plan.allocation_ids._is_within(plan.amount):
                raise ValidationError(self.env._(
                    "%(plan)s over %(amount).2f would be paid with %(shares).2f.",
                    plan=plan.display_name, amount=plan.amount, shares=plan.allocation_ids._get_amount_sum()))
