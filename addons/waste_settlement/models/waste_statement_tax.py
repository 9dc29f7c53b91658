from collections import defaultdict

from odoo import api, models

from odoo.addons.waste_contract.tools import exact, half_up


class WasteStatement(models.Model):
    """The tax that a statement includes: each waste detail may have a rate of its own."""

    _inherit = "waste.statement"

    # COMPUTE -------------------------------------------------------------------

    @api.depends(
        "amount_total", "tax_rate_percent", "line_ids.amount", "line_ids.has_own_tax_rate", "line_ids.own_tax_rate_percent",
        "external_system", "invoicing_company_id")
    def _compute_amount_tax(self):
        for statement in self:
            rated = [(statement.amount_total, statement.tax_rate_percent)]
            if not statement.external_system:
                rated = [(line.amount, line.tax_rate_percent) for line in statement.line_ids]
            statement.amount_untaxed, statement.amount_tax = self._split_tax(rated, statement.invoicing_company_id)

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _split_tax(self, rated, company):
        """Split amounts into (untaxed, tax); tax per line or per document and rate, as the company sets at the time (I-32).

        :param rated: [(amount, tax rate in percent that it includes)]
        :param company: the invoicing company
        """
        company_sudo = company.sudo()  # how it rounds is no secret, and the invoice must agree
        rated = [(exact(amount), exact(rate)) for amount, rate in rated]
        total = sum((amount for amount, _rate in rated), exact(0))
        if company_sudo.tax_calculation_rounding_method != "round_per_line":
            by_rate = defaultdict(lambda: exact(0))
            for amount, rate in rated:
                by_rate[rate] += amount
            rated = [(amount, rate) for rate, amount in by_rate.items()]
        untaxed = sum((half_up(amount / (1 + rate / 100)) for amount, rate in rated), exact(0))
        return float(untaxed), float(total - untaxed)
