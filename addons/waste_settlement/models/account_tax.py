from odoo import api, models


class AccountTax(models.Model):
    _inherit = "account.tax"

    @api.model
    def _ensure_statement_tax(self, company, rate_percent, use):
        """Return the tax of ``company`` that a statement amount at ``rate_percent`` includes, made first when missing.

        :param use: 'sale' or 'purchase'
        :return: one tax; none when the rate is 0
        """
        if use == "sale" or not rate_percent:
            return self._ensure_contract_tax(company, rate_percent)
        domain = [
            *self._check_company_domain(company),
            ("type_tax_use", "=", use), ("amount_type", "=", "percent"), ("amount", "=", rate_percent),
        ]
        # Who invoices may not create taxes; the contract's rate decides all of it.
        taxes_sudo = self.sudo().with_company(company).search(domain)
        included = taxes_sudo.filtered(lambda tax: tax.price_include_override == "tax_included")[:1]
        if included:
            return included
        twin = self._ensure_contract_tax(company, rate_percent).sudo().with_company(company)
        # The chart's own input tax brings its accounts; without one the tax is booked with the expense.
        return (taxes_sudo[:1] or twin).copy({
            "name": self.env._("%(rate)s%% included", rate=f"{rate_percent:g}"),
            "type_tax_use": use,
            "price_include_override": "tax_included",
        })
