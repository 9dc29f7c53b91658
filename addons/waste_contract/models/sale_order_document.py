from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleOrder(models.Model):
    """The contract as a paper: its template, its additional terms."""
    _inherit = 'sale.order'

    document_template_id = fields.Many2one(compute='_compute_document_template_id', store=True, readonly=False, precompute=True)
    clause_ids = fields.One2many('waste.contract.clause', 'order_id', "Additional Terms", copy=True, groups='base.group_user')
    has_custom_clauses = fields.Boolean(
        "Non-standard Terms", compute='_compute_has_custom_clauses', store=True, groups='base.group_user',
        help="An additional term was worded for this contract.")
    allowed_template_ids = fields.Many2many(
        'document.template', compute='_compute_allowed_template_ids', groups='base.group_user')

    # COMPUTE -------------------------------------------------------------------

    @api.depends('business_id', 'company_id', 'contract_kind')
    def _compute_document_template_id(self):
        for order in self:
            order.document_template_id = order._get_default_document_template()

    @api.depends('business_id', 'company_id', 'contract_kind')
    def _compute_allowed_template_ids(self):
        for order in self:
            order.allowed_template_ids = order._get_allowed_templates()

    @api.depends('clause_ids.is_custom')
    def _compute_has_custom_clauses(self):
        for order in self:
            order.has_custom_clauses = any(order.clause_ids.mapped('is_custom'))

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains('document_template_id', 'business_id', 'company_id')
    def _check_document_template(self):
        for order in self.filtered('business_id'):
            if order.document_template_id and order.document_template_id not in order.allowed_template_ids:
                raise ValidationError(self.env._(
                    "Contracts of %(business)s don't use the template %(template)s. Choose another, or allow it on the business.",
                    business=order.business_id.name, template=order.document_template_id.name))

    # PAPER ---------------------------------------------------------------------

    def _get_default_document_template(self):
        if self.business_id and self.contract_kind != 'quotation':
            return self._get_policy()['document_template_id']
        return self._get_allowed_templates()[:1]

    def _get_allowed_templates(self):
        """Return the templates of which this paper may be made: for quotations those that nobody signs."""
        Template = self.env['document.template']
        if not self.business_id:
            return Template
        is_quotation = self.contract_kind == 'quotation'
        policy = self._get_policy()
        # a signing page alone is no contract
        return (not is_quotation and policy['document_template_id'] | policy['document_template_ids']) or Template.search(
            [('model', '=', self._name), ('is_signed', '=', not is_quotation)]) - self.env.ref('waste_contract.document_template_received')

    @api.model
    def _document_sample_domain(self):
        return [('business_id', '!=', False)]

    def _get_document_number(self):
        self.ensure_one()
        return self.name
