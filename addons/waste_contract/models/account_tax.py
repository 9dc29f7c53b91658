from odoo import api, models


class AccountTax(models.Model):
    _inherit = 'account.tax'

    @api.model
    def _get_contract_tax(self, company, rate_percent):
        """Return the sales tax of ``company`` that a contract price at ``rate_percent`` includes.

        :return: one tax; none when the rate is 0 or the tax wasn't made yet
        """
        if not rate_percent:
            return self.browse()
        # The invoicing or operating company of a contract may be another than the user works in right now.
        tax_sudo = self.sudo().search([
            *self._check_company_domain(company),
            ('type_tax_use', '=', 'sale'),
            ('amount_type', '=', 'percent'),
            ('price_include_override', '=', 'tax_included'),
            ('amount', '=', rate_percent),
        ], limit=1)
        return tax_sudo.with_env(self.env)

    @api.model
    def _ensure_contract_tax(self, company, rate_percent):
        """Return the tax of `_get_contract_tax`, made first when the company has none.

        Charts of accounts bring taxes on top of the price only; contract prices include theirs.
        """
        tax = self._get_contract_tax(company, rate_percent)
        if tax or not rate_percent:
            return tax
        # Branches share the taxes of their head company; there, a name is given once for all of them.
        company = company.root_id
        # A salesperson who types a new rate on a contract may not create taxes; the rate decides all of it.
        tax_sudo = self.sudo().with_company(company)
        country = company.account_fiscal_country_id or company.country_id or self.env.ref('base.cn')
        group = self.env['account.tax.group'].sudo().search(
            [('company_id', 'parent_of', company.id), ('country_id', 'in', (country.id, False))], limit=1)
        if not group:
            group = group.create({'name': "VAT", 'company_id': company.id, 'country_id': country.id})
        origin = tax_sudo.search([
            *self._check_company_domain(company),
            ('type_tax_use', '=', 'sale'), ('amount_type', '=', 'percent'), ('amount', '=', rate_percent),
        ], limit=1)
        values = {
            'name': f'{rate_percent:g}% incl.',
            'invoice_label': f'{rate_percent:g}%',
            'type_tax_use': 'sale',
            'amount_type': 'percent',
            'amount': rate_percent,
            'price_include_override': 'tax_included',
            'company_id': company.id,
            'country_id': country.id,
            'tax_group_id': (origin.tax_group_id or group).id,
        }
        # The accounts of the chart's own tax of the same rate, so that invoices book as the accountant set up.
        return origin.copy(values) if origin else tax_sudo.create(values)
