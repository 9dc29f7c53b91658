from odoo import fields, models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """An opportunity leads to contracts; they are listed on it."""
    _inherit = 'crm.lead'

    business_id = fields.Many2one(
        'waste.business', "Business", index='btree_not_null', ondelete='restrict', help="Of the contract that follows.")
    contract_count = fields.Integer("Contracts", compute='_compute_contract_count', groups='base.group_user')

    # COMPUTE -------------------------------------------------------------------

    def _compute_contract_count(self):
        counts = {}
        if self.env['sale.order'].has_access('read'):
            counts = dict(self.env['sale.order']._read_group(
                self._get_contract_domain(), ['opportunity_id'], ['__count']))
        for lead in self:
            lead.contract_count = counts.get(lead, 0)

    # ACTION --------------------------------------------------------------------

    def action_view_contracts(self):
        """Open the contracts and quotations of the opportunity."""
        orders = self.env['sale.order'].search(self._get_contract_domain())
        if len(orders) == 1:
            return orders.get_formview_action()
        action = self.env['ir.actions.act_window']._for_xml_id('waste_contract.sale_order_action')
        return {**action, 'domain': [('id', 'in', orders.ids)], 'context': {}}

    def action_new_contract(self):
        """Open a new contract of the opportunity; ``contract_kind`` in the context asks for a quotation."""
        self.ensure_one()
        return self._make_contract(self.env.context.get('contract_kind', 'contract')).get_formview_action()

    # BUSINESS ------------------------------------------------------------------

    def _get_contract_domain(self):
        return [('opportunity_id', 'in', self.ids), ('business_id', '!=', False), ('contract_state', '!=', 'cancelled')]

    def _make_contract(self, kind):
        """Return a draft with the customer, the owner and the lines of the latest quotation."""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("Opportunity %(lead)s needs its customer first.", lead=self.name))
        quotation = self.env['sale.order'].search(
            [*self._get_contract_domain(), ('contract_kind', '=', 'quotation')], order='id desc', limit=1)
        business = self.business_id or quotation.business_id
        if not business:
            raise UserError(self.env._("Opportunity %(lead)s needs the business of its contract.", lead=self.name))
        if kind == 'contract' and quotation:
            contract = quotation.quoted_contract_ids[:1] or quotation._make_contracts()
            return contract.sudo(False)
        return self.env['sale.order'].create(self._prepare_contract(business, kind))

    def _prepare_contract(self, business, kind):
        """Return the values of a new contract of this opportunity. To override: lines of the waste profile."""
        self.ensure_one()
        return {
            'contract_kind': kind,
            'business_id': business.id,
            'partner_id': self.partner_id.id,
            'user_id': self.user_id.id or self.env.uid,
            'opportunity_id': self.id,
            'campaign_id': self.campaign_id.id, 'medium_id': self.medium_id.id, 'source_id': self.source_id.id,
        }
