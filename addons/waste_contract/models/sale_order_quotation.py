from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

VALID_DAYS = 30


class SaleOrder(models.Model):
    """A quotation is written and reviewed as a contract is; accepted, it stays as it is and becomes one."""
    _inherit = 'sale.order'

    quotation_id = fields.Many2one(
        'sale.order', "Quotation", copy=False, readonly=True, index='btree_not_null', ondelete='restrict')
    quoted_contract_ids = fields.One2many('sale.order', 'quotation_id', "Contracts from the Quotation")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('contract_kind')
    def _compute_validity_date(self):
        super()._compute_validity_date()
        for order in self.filtered(lambda order: order.business_id and order.contract_kind == 'quotation'):
            order.validity_date = fields.Date.context_today(order) + timedelta(days=VALID_DAYS)

    @api.depends('contract_kind')
    def _compute_type_name(self):
        super()._compute_type_name()
        for order in self.filtered(lambda order: order.business_id and order.contract_kind == 'quotation'):
            order.type_name = self.env._("Quotation")

    # CRUD ----------------------------------------------------------------------

    def _prepare_contract_values(self, vals):
        if vals.get('contract_kind', self.env.context.get('default_contract_kind')) == 'quotation' and not vals.get('name'):
            # Numbers are drawn for whoever may write quotations, whatever the rights on sequences.
            vals = {**vals, 'name': self.env['ir.sequence'].sudo().next_by_code('waste.quotation')}
        return super()._prepare_contract_values(vals)

    # CHECKS --------------------------------------------------------------------

    def _get_move_error(self, target):
        if error := super()._get_move_error(target):
            return error
        is_quotation = self.contract_kind == 'quotation'
        if is_quotation and target in ('gov_review', 'signing'):
            return self.env._("Quotation %(quotation)s is accepted, not signed.", quotation=self.name)
        if target == 'accepted' and not is_quotation:
            return self.env._("Contract %(contract)s is signed, not accepted.", contract=self.name)
        if target == 'accepted' and self.validity_date and self.validity_date < fields.Date.context_today(self):
            return self.env._(
                "Quotation %(quotation)s was valid until %(day)s. Write a new one.",
                quotation=self.name, day=self.validity_date)
        return False

    # ACTION --------------------------------------------------------------------

    def action_agree(self):
        """The agreement to a quotation is its acceptance: the contract follows as a draft."""
        quotations = self.filtered(lambda order: order.contract_kind == 'quotation')
        accepted = quotations._transition_logged('accept', self.env._("The producer accepts."))
        accepted._make_contracts()
        return super(SaleOrder, self - quotations).action_agree()

    def action_open_quoted_contract(self):
        """Open the contract that the accepted quotation became."""
        self.ensure_one()
        if not self.quoted_contract_ids:
            raise UserError(self.env._("Quotation %(quotation)s has no contract yet.", quotation=self.name))
        return self.quoted_contract_ids[:1].get_formview_action()

    def action_open_quotation(self):
        self.ensure_one()
        return self.quotation_id.get_formview_action()

    # BUSINESS ------------------------------------------------------------------

    def _make_contracts(self):
        """Return a draft contract for each accepted quotation, with the same parties, lines and owner."""
        contracts = self.browse()
        for quotation in self:
            # The producer who accepts on its page may not write contracts; the draft is the salesperson's.
            quotation_sudo = quotation.sudo()
            vals = quotation_sudo.copy_data({
                'contract_kind': 'contract', 'quotation_id': quotation.id, 'user_id': quotation_sudo.user_id.id})[0]
            del vals['document_template_id']  # the contract's paper is its business's, not the quotation
            contract = quotation_sudo.create(vals)
            quotation_sudo._complete_copy(contract)
            contracts += contract
        return contracts
