from odoo import fields, models

from .waste_fapiao_data import FAPIAO_FIELDS


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "waste.fapiao.data"]

    payment_plan_ids = fields.One2many(
        "waste.payment.plan", "partner_id", "Payment Plan",
        groups="waste.group_salesperson,waste.group_customer_service,waste.group_finance")
    waste_collection_ids = fields.One2many(
        "waste.collection", "partner_id", "Collections",
        groups="waste.group_salesperson,waste.group_customer_service,waste.group_finance")

    is_dunning_stopped = fields.Boolean(
        "No Dunning", copy=False, groups="waste.group_salesperson,waste.group_customer_service,waste.group_finance", tracking=True,
        help="On the stop list: the customer is not reminded of overdue money.")
    dunning_stop_until = fields.Date(
        "No Dunning until", copy=False, groups="waste.group_salesperson,waste.group_customer_service,waste.group_finance", tracking=True,
        help="The last day on the stop list; empty: until further notice.")
    dunning_stop_reason = fields.Char(
        "Why No Dunning", copy=False, groups="waste.group_salesperson,waste.group_customer_service,waste.group_finance")
    dunning_ids = fields.One2many(
        "waste.dunning", "partner_id", "Dunning",
        groups="waste.group_salesperson,waste.group_customer_service,waste.group_finance")

    # BUSINESS ------------------------------------------------------------------

    def _prepare_fapiao_data(self):
        """Return the fapiao data of one customer, with what its card says anyway where it left them empty."""
        self.ensure_one()
        buyer = self.commercial_partner_id
        data = {name: buyer[name] for name in FAPIAO_FIELDS}
        return {
            **data,
            "fapiao_kind": data["fapiao_kind"] or ("special" if buyer.is_company else "ordinary"),
            "fapiao_title": data["fapiao_title"] or buyer.name,
            "fapiao_tax_no": data["fapiao_tax_no"] or buyer.uscc,
        }
