from odoo import api, fields, models

from .sale_order import SETTLEMENT_CYCLES

# Contracts are numbered afresh each year of their start.
NUMBER_YEAR = '%(range_year)s-'

# What a policy may say differently; empty: as the business says.
POLICY_FIELDS = (
    'team_id', 'pricing_mode_ids', 'pricing_mode_id', 'transport_mode_ids', 'invoicing_company_id',
    'settlement_cycle', 'tax_rate_percent', 'report_class_id', 'contract_sequence_id',
)


class WasteBusinessPolicy(models.Model):
    """What one operating company does differently in one business; each empty field is as the business says."""
    _name = 'waste.business.policy'
    _description = "Business Policy"
    _order = 'business_id, company_id'
    _rec_name = 'company_id'

    business_id = fields.Many2one('waste.business', "Business", required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(
        'res.company', "Operating Company", required=True, index=True, default=lambda self: self.env.company)
    invoicing_company_id = fields.Many2one('res.company', "Invoicing Company", index='btree_not_null')
    team_id = fields.Many2one('crm.team', "Sales Team", index='btree_not_null')
    pricing_mode_ids = fields.Many2many('waste.pricing.mode', string="Pricing Modes")
    pricing_mode_id = fields.Many2one('waste.pricing.mode', "Usual Price", ondelete='restrict')
    transport_mode_ids = fields.Many2many('waste.transport.mode', string="Transport Modes")
    settlement_cycle = fields.Selection(SETTLEMENT_CYCLES)
    tax_rate_percent = fields.Float("Tax Rate (%)", digits=(5, 2), help="0: as the business says.")
    report_class_id = fields.Many2one('waste.report.class', "Report Class", index='btree_not_null')
    government_review = fields.Selection(
        [('needed', "Needed"), ('not_needed', "Not needed")], "Government Review",
        help="Empty: as the business says.")
    contract_number_prefix = fields.Char(
        "Contract Numbers Start with", compute='_compute_contract_number_prefix',
        inverse='_inverse_contract_number_prefix', help="Such as DS-YF-; the year and a number follow.")
    contract_sequence_id = fields.Many2one(
        'ir.sequence', "Contract Numbers", copy=False, ondelete='restrict', groups='base.group_user')

    _business_company_uniq = models.Constraint(
        'UNIQUE(business_id, company_id)', "This company already has its own terms in this business.")
    _tax_rate_sane = models.Constraint(
        "CHECK(tax_rate_percent >= 0 AND tax_rate_percent < 100)", "The tax rate must be a percentage such as 6.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('contract_sequence_id')
    def _compute_contract_number_prefix(self):
        for policy in self:
            # Who may describe a business needn't be allowed to read and make sequences.
            policy.contract_number_prefix = (policy.sudo().contract_sequence_id.prefix or '').removesuffix(NUMBER_YEAR)

    def _inverse_contract_number_prefix(self):
        for policy in self:
            policy.business_id._write_number_prefix(policy, policy.contract_number_prefix)


class WasteBusiness(models.Model):
    _inherit = 'waste.business'

    policy_ids = fields.One2many(
        'waste.business.policy', 'business_id', "Companies with Other Terms",
        help="What single operating companies do differently.")
    transport_mode_ids = fields.Many2many(
        'waste.transport.mode', string="Transport Modes", help="Ways of transport that contracts may use. Empty: all.")
    report_class_id = fields.Many2one(
        'waste.report.class', "Report Class", index='btree_not_null', help="What analyses group its contracts by.")
    contract_number_prefix = fields.Char(
        "Contract Numbers Start with", compute='_compute_contract_number_prefix',
        inverse='_inverse_contract_number_prefix', help="Such as DS-YF-; the year and a number follow.")

    @api.depends('contract_sequence_id')
    def _compute_contract_number_prefix(self):
        for business in self:
            business.contract_number_prefix = (business.sudo().contract_sequence_id.prefix or '').removesuffix(NUMBER_YEAR)

    def _inverse_contract_number_prefix(self):
        for business in self:
            if business.contract_number_prefix:
                business._write_number_prefix(business, business.contract_number_prefix)

    def _write_number_prefix(self, owner, prefix):
        """Let the contract numbers of ``owner``, a business or one of its policies, start with ``prefix``."""
        # Who may describe a business needn't be allowed to make sequences.
        owner_sudo = owner.sudo()
        if not prefix:
            owner_sudo.contract_sequence_id = False
        elif owner_sudo.contract_sequence_id:
            owner_sudo.contract_sequence_id.prefix = f'{prefix}{NUMBER_YEAR}'
        else:
            owner_sudo.contract_sequence_id = self._create_contract_sequence(f'{prefix}{NUMBER_YEAR}')

    def _get_policy(self, company):
        """Return the values in force for contracts that ``company`` operates: its own, else those of the business.

        :param company: `res.company`, one record or none
        :return: dict of field name -> value, records in superuser mode
        """
        self.ensure_one()
        # Terms of contracts, read for whoever may write or read those.
        business_sudo = self.sudo()
        policy_sudo = business_sudo.policy_ids.filtered(lambda policy: policy.company_id == company)[:1]
        values = {name: policy_sudo[name] or business_sudo[name] for name in self._get_policy_fields()}
        values['needs_government_review'] = (
            policy_sudo.government_review == 'needed' if policy_sudo.government_review
            else business_sudo.needs_government_review)
        return values

    @api.model
    def _get_policy_fields(self):
        """Return the names of the fields that businesses and policies share. To override."""
        return POLICY_FIELDS
