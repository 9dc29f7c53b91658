from odoo import api, fields, models

from odoo.addons.waste_contract.tools import exact, half_up


class SaleOrder(models.Model):
    """What a record of sales says of a contract beside its terms (S2-1.3-rec)."""

    _inherit = "sale.order"

    authorisation_no = fields.Char(
        "Service Authorisation No.", copy=False, index="btree_not_null", groups="base.group_user",
        help="Number under which the service was authorised, such as 260769010001: year, area, business, serial.")
    agent_id = fields.Many2one(
        "res.partner", "Agent", index="btree_not_null", ondelete="restrict", groups="base.group_user",
        domain=[("party_role_ids.code", "=", "agent")], help="Who brought the contract about.")


class SaleOrderLine(models.Model):
    """A waste detail as one row of the record of sales: what was agreed, labelled, owed and paid."""

    _inherit = "sale.order.line"

    customer_no = fields.Char(related="order_partner_id.ref", string="Customer No.", groups="base.group_user")
    authorisation_no = fields.Char(related="order_id.authorisation_no", groups="base.group_user")
    date_signed = fields.Date(related="order_id.date_signed", groups="base.group_user")
    agent_id = fields.Many2one(related="order_id.agent_id", groups="base.group_user")
    agent_no = fields.Char(related="order_id.agent_id.ref", string="Agent No.", groups="base.group_user")
    salesman_phone = fields.Char(related="salesman_id.phone", string="Salesperson's Phone", groups="base.group_user")
    record_note = fields.Html(related="order_id.note", string="Remark", groups="base.group_user")
    label_range = fields.Char("Labels", compute="_compute_label_range", groups="base.group_user")
    list_amount = fields.Monetary(
        "Value", compute="_compute_list_amount", groups="base.group_user", help="What the price list asks for it, before the discount.")
    list_discount_percent = fields.Float(
        "Discount off the List (%)", digits=(5, 2), compute="_compute_list_amount", groups="base.group_user",
        help="What the agreed price is below the list.")
    collected_amount = fields.Monetary(
        "Collected", compute="_compute_collected_amount", groups="base.group_user",
        help="The contract's collections, shared among what its details are to bring in.")

    # ACTION --------------------------------------------------------------------

    def action_open_contract(self):
        """Open the contract of a row."""
        self.ensure_one()
        self.check_access("read")
        return self.order_id.get_formview_action()

    # COMPUTE -------------------------------------------------------------------

    def _compute_label_range(self):
        """The first and the last number of the packages that came of the waste detail."""
        ranges = {}
        if self.env["waste.package"].has_access("read"):
            ranges = {line.id: (first, last) for line, first, last in self.env["waste.package"]._read_group(
                [("batch_id.contract_line_id", "in", self.ids)], ["batch_id.contract_line_id"], ["name:min", "name:max"])}
        for line in self:
            first, last = ranges.get(line.id, ("", ""))
            line.label_range = first if first == last else f"{first}–{last}"

    @api.depends("price_total", "price_unit", "list_price")
    def _compute_list_amount(self):
        for line in self:
            line.list_discount_percent = line._get_discount_percent()
            per_list = exact(line.list_price) / exact(line.price_unit) if line.list_price and line.price_unit else 1
            line.list_amount = float(half_up(exact(line.price_total) * per_list))

    @api.depends("price_total", "order_id.collected_amount", "order_id.planned_receivable")
    def _compute_collected_amount(self):
        for line in self:
            planned = exact(line.order_id.planned_receivable)
            share = exact(line.price_total) / planned if planned and line.payer == "producer" else 0
            line.collected_amount = float(half_up(exact(line.order_id.collected_amount) * share)) if share else 0.0
