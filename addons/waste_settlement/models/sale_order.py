from datetime import timedelta

from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    statement_ids = fields.One2many(
        "waste.statement", "contract_id", "Statements", copy=False,
        groups="waste.group_salesperson,waste.group_customer_service,waste.group_finance,base.group_portal")
    statement_count = fields.Integer(compute="_compute_statement_count", groups="waste.group_user")

    # COMPUTE -------------------------------------------------------------------

    def _compute_statement_count(self):
        counts = {}
        if self.env["waste.statement"].has_access("read"):
            counts = dict(self.env["waste.statement"]._read_group(
                [("contract_id", "in", self.ids), ("state", "!=", "cancelled")], ["contract_id"], ["__count"]))
        for order in self:
            order.statement_count = counts.get(order, 0)

    # ACTION --------------------------------------------------------------------

    def action_view_statements(self):
        """Open the statements of the contract."""
        action = self.env["ir.actions.act_window"]._for_xml_id("waste_settlement.waste_statement_action")
        return {**action, "domain": [("contract_id", "in", self.ids)], "context": {}}

    # BUSINESS ------------------------------------------------------------------

    def _has_lump_sum(self):
        """Tell whether a yearly lump sum is part of the terms."""
        self.ensure_one()
        return bool(self.lump_sum_unit == "year" and self.lump_sum_amount and self._get_lines_of_mode("lump_year"))


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_moved_ids(self):
        """Return the ids of the waste details whose batches this one prices: itself, or those that a fee is for."""
        self.ensure_one()
        return self._get_pricing()._get_moved_lines(self).ids

    def _get_settlement_direction(self):
        """Return on which statement of the contract this waste detail is settled."""
        self.ensure_one()
        return "payable" if self.payer == "us" else "receivable"

    def _get_terms_between(self, start, end):
        """Return the terms of this waste detail day by day, as [(first day, last day, the detail with these terms)]."""
        self.ensure_one()
        firsts = [start, *self._get_term_changes(start, end)]
        lasts = [*(first - timedelta(days=1) for first in firsts[1:]), end]
        return [(first, last, self._as_of(first)) for first, last in zip(firsts, lasts, strict=True)]
