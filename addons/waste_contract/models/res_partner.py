from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    contract_count = fields.Integer("Contracts", compute='_compute_contracts', groups='base.group_user')
    contract_summary = fields.Char(
        compute='_compute_contracts', groups='base.group_user',
        help="Contracts not cancelled of each business, such as 危废 1 · 餐厨 2.")

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_contracts(self):
        counts = {partner: {} for partner in self}
        if self.env['sale.order'].has_access('read'):
            # A company's contracts are of its contacts too; the business orders the list.
            for partner, business, count in self.env['sale.order']._read_group(
                    [('partner_id', 'child_of', self.ids), ('business_id', '!=', False),
                     ('contract_state', '!=', 'cancelled')],
                    ['partner_id', 'business_id'], ['__count']):
                while partner:
                    if partner in counts:
                        counts[partner][business] = counts[partner].get(business, 0) + count
                    partner = partner.parent_id
        for partner, by_business in counts.items():
            partner.contract_count = sum(by_business.values())
            partner.contract_summary = ' · '.join(
                f'{business.name} {count}'
                for business, count in sorted(by_business.items(), key=lambda item: (item[0].sequence, item[0].id)))

    def action_view_contracts(self):
        """Open the contracts of the partner and its contacts, grouped by business."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('waste_contract.sale_order_action')
        action['domain'] = [('business_id', '!=', False), ('partner_id', 'child_of', self.id)]
        action['context'] = {'default_partner_id': self.id, 'search_default_group_business': 1}
        return action
