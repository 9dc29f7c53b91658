from odoo import api, fields, models

from .sale_order import SETTLEMENT_CYCLES

USUAL_TAX_RATES = (6.0, 9.0, 13.0)


class WasteBusiness(models.Model):
    """What a business line gives its contracts. A new business is a record: number, product and taxes come by themselves."""
    _inherit = 'waste.business'

    company_id = fields.Many2one(
        'res.company', "Operating Company", index='btree_not_null',
        help="Collects and disposes under new contracts. Empty: the company that the user works in.")
    invoicing_company_id = fields.Many2one(
        'res.company', "Invoicing Company", index='btree_not_null',
        help="Invoices new contracts. Empty: the operating company.")
    team_id = fields.Many2one(
        'crm.team', "Sales Team", index='btree_not_null',
        help="Leads new contracts, unless the salesperson's assignment names another team.")
    product_id = fields.Many2one(
        'product.product', "Service", copy=False, ondelete='restrict', domain=[('type', '=', 'service')],
        help="Stands for the business on sales reports and invoices.")
    contract_sequence_id = fields.Many2one(
        'ir.sequence', "Contract Numbers", copy=False, ondelete='restrict', groups='base.group_user')
    pricing_mode_ids = fields.Many2many(
        'waste.pricing.mode', string="Pricing Modes",
        help="Prices that contracts may use. Empty: all.")
    pricing_mode_id = fields.Many2one(
        'waste.pricing.mode', "Usual Price", ondelete='restrict', help="What a new waste detail starts with.")
    settlement_cycle = fields.Selection(SETTLEMENT_CYCLES, default='month', required=True)
    tax_rate_percent = fields.Float("Tax Rate (%)", digits=(5, 2), default=6.0)

    _tax_rate_sane = models.Constraint(
        "CHECK(tax_rate_percent >= 0 AND tax_rate_percent < 100)", "The tax rate must be a percentage such as 6.")

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        businesses = super().create(vals_list)
        businesses._ensure_contract_setup()
        return businesses

    def write(self, vals):
        result = super().write(vals)
        if 'tax_rate_percent' in vals:
            self._ensure_contract_taxes(self.env['res.company'].sudo().search([]))
        return result

    # BUSINESS ------------------------------------------------------------------

    def _ensure_contract_setup(self):
        """Make what a business lacks before its first contract: numbers, service product, taxes."""
        # Who may describe a business needn't be allowed to make products, sequences and taxes.
        for business_sudo in self.sudo():
            if not business_sudo.contract_sequence_id:
                business_sudo.contract_sequence_id = business_sudo._create_contract_sequence(
                    f'DS-{business_sudo.code.upper()}-%(range_year)s-')
            if not business_sudo.product_id:
                business_sudo.product_id = self.env['product.product'].sudo().create({
                    'name': business_sudo.name,
                    'type': 'service',
                    # Statements say what is invoiced, not the planned quantity.
                    'invoice_policy': 'delivery',
                    'sale_ok': False,
                    'uom_id': self.env.ref('uom.product_uom_ton').id,
                    'taxes_id': [],
                    'company_id': False,
                })
        self._ensure_contract_taxes(self.env['res.company'].sudo().search([]))

    def _create_contract_sequence(self, prefix):
        self.ensure_one()
        # See `_ensure_contract_setup`.
        return self.env['ir.sequence'].sudo().create({
            'name': self.env._("Contracts: %(business)s", business=self.name),
            'code': 'waste.contract',
            'prefix': prefix,
            'padding': 4,
            'use_date_range': True,
            'company_id': False,
        })

    def _ensure_contract_taxes(self, companies):
        """Make the included taxes that contracts of these businesses need in ``companies``."""
        rates = {*USUAL_TAX_RATES, *self.mapped('tax_rate_percent')}
        for company in companies:
            for rate in sorted(rates):
                self.env['account.tax'].sudo()._ensure_contract_tax(company, rate)

    def _get_default_pricing_mode(self, company=None):
        policy = self._get_policy(company)
        return policy['pricing_mode_id'].code or policy['pricing_mode_ids'][:1].code or 'unit_t'

    def _next_contract_number(self, date_start=None, company=None):
        """Draw the next contract number, counted afresh each year of the contract's start."""
        day = fields.Date.to_date(date_start) or fields.Date.context_today(self)
        # Numbers are drawn for whoever may write contracts, whatever the rights on sequences.
        sequence_sudo = self._get_policy(company)['contract_sequence_id']
        return sequence_sudo.next_by_id(sequence_date=fields.Date.to_string(day))
