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

    def _get_statement_directions(self):
        """Return which statements the contract may have for a period."""
        self.ensure_one()
        return ("receivable", "payable", "government") if self.government_id else ("receivable", "payable")

    def _get_statement_party(self, direction):
        """Return whom the statements of a direction are for."""
        return self.government_id if direction == "government" else self.partner_id

    def _get_paying_parties(self):
        """Return who may pay for the contract."""
        return (self.partner_id | self.government_id).commercial_partner_id

    def _get_payer(self, partner):
        """Return for whom a payment of ``partner`` counts: the government office, else the producer, whoever transferred it."""
        self.ensure_one()
        is_government = partner.commercial_partner_id == self.government_id.commercial_partner_id
        return self.government_id if is_government and self.government_id else self.partner_id

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

    def _is_settled_on(self, direction):
        """Tell whether this waste detail is settled on the statements of a direction.

        What the government pays is on two: with its weight on the producer's, with its price on the government's.
        """
        self.ensure_one()
        if direction == "government":
            return self.payer == "government"
        return direction == ("payable" if self.payer == "us" else "receivable")

    def _get_terms_between(self, start, end):
        """Return the terms of this waste detail day by day, as [(first day, last day, the detail with these terms)]."""
        self.ensure_one()
        firsts = [start, *self._get_term_changes(start, end)]
        lasts = [*(first - timedelta(days=1) for first in firsts[1:]), end]
        return [(first, last, self._as_of(first)) for first, last in zip(firsts, lasts, strict=True)]
