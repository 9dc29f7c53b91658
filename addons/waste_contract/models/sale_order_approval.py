from odoo import models
from odoo.tools import format_date, formatLang

SHOWN_DETAILS = 4


class SaleOrder(models.Model):
    """Who decides on a contract: the steps of the flows that match it; a sales manager where none does."""
    _inherit = 'sale.order'

    # BUSINESS ------------------------------------------------------------------

    def _is_approval_ahead(self):
        return bool(self.business_id) and super()._is_approval_ahead()

    def _get_escalation_users(self):
        return super()._get_escalation_users() | self.team_id.user_id

    def _get_approval_essentials(self):
        lines = self.order_line.filtered('pricing_mode')
        details = [
            self.env._("%(waste)s: %(price)s", waste=line.waste_name, price=line.currency_id.format(line.price_unit))
            for line in lines[:SHOWN_DETAILS]]
        if len(lines) > SHOWN_DETAILS:
            details.append(self.env._("and %(count)s more", count=len(lines) - SHOWN_DETAILS))
        return super()._get_approval_essentials() + [line for line in (
            (self.env._("Business"), self.business_id.name),
            (self.env._("Period"), f'{format_date(self.env, self.date_start)} – {format_date(self.env, self.date_end)}'),
            (self.env._("Wastes"), '; '.join(details)),
            (self.env._("Planned Payable"), self.planned_payable and self.currency_id.format(self.planned_payable)),
            (self.env._("Floor price"), self.is_below_floor and self.env._("Below the floor price")),
            (self.env._("Discount"), self.discount_percent and f'{formatLang(self.env, self.discount_percent)} %'),
            (self.env._("Terms"), self.has_custom_clauses and self.env._("Non-standard terms")),
            (self.env._("Salesperson"), self.user_id.name),
        ) if line[1]]
