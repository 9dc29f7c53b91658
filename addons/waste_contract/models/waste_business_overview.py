from collections import defaultdict

from odoo import api, fields, models

from .waste_contract_review_mixin import BEFORE_FORCE


class WasteBusiness(models.Model):
    """One business at a glance, as far as the user may see: contracts, what ends, the funnel, who works in it."""
    _inherit = 'waste.business'

    currency_id = fields.Many2one('res.currency', compute='_compute_overview')
    active_contract_count = fields.Integer(compute='_compute_overview')
    ending_contract_count = fields.Integer(compute='_compute_overview')
    open_contract_count = fields.Integer(compute='_compute_overview')
    planned_receivable = fields.Monetary(compute='_compute_overview')
    opportunity_count = fields.Integer(compute='_compute_overview')
    opportunity_revenue = fields.Monetary(compute='_compute_overview')
    staff_count = fields.Integer(compute='_compute_overview')

    # COMPUTE -------------------------------------------------------------------

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_overview(self):
        mine = [('business_id', 'in', self.ids)]
        active = self._count('sale.order', [*mine, *self._get_active_domain()], ['planned_receivable:sum'])
        ending = self._count('sale.order', [*mine, *self._get_active_domain(), ('date_end', '<=', 'today +90d')])
        opened = self._count('sale.order', [*mine, ('contract_state', 'in', BEFORE_FORCE)])
        funnel = self._count('crm.lead', [*mine, ('type', '=', 'opportunity')], ['expected_revenue:sum'])
        staff = self._count('waste.assignment', [*mine, *self._get_staff_domain()], ['user_id:count_distinct'])
        for business in self:
            business.currency_id = self.env.company.currency_id
            business.active_contract_count, business.planned_receivable = active[business]
            business.ending_contract_count = ending[business][0]
            business.open_contract_count = opened[business][0]
            business.opportunity_count, business.opportunity_revenue = funnel[business]
            business.staff_count = staff[business][1]

    def _count(self, model, domain, sums=()):
        """Return {business: (count, sum)} of the records of ``model`` that the user may see."""
        found = defaultdict(lambda: (0, 0))
        if self.env[model].has_access('read'):
            for business, count, *total in self.env[model]._read_group(domain, ['business_id'], ['__count', *sums]):
                found[business] = (count, total[0] if total else 0)
        return found

    # ACTION --------------------------------------------------------------------

    def action_view_contracts(self):
        """Open the active contracts of the business."""
        return self._open('waste_contract.sale_order_action', self._get_active_domain())

    def action_view_renewals(self):
        """Open its contracts that end within 90 days."""
        return self._open('waste_contract.sale_order_action_renewal', [*self._get_active_domain(), ('date_end', '<=', 'today +90d')])

    def action_view_open_contracts(self):
        """Open its contracts on the way to signature."""
        return self._open('waste_contract.sale_order_action', [('contract_state', 'in', BEFORE_FORCE)])

    def action_view_funnel(self):
        """Open its opportunities."""
        return self._open('crm.crm_lead_action_pipeline', [('type', '=', 'opportunity')])

    def action_view_staff(self):
        """Open who serves its producers today."""
        return self._open('waste.waste_assignment_action', self._get_staff_domain())

    # BUSINESS ------------------------------------------------------------------

    def _open(self, xmlid, domain):
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(xmlid)
        return {**action, 'domain': [('business_id', '=', self.id), *domain], 'context': {'default_business_id': self.id}}

    @api.model
    def _get_active_domain(self):
        return [('contract_state', '=', 'active'), ('contract_kind', '!=', 'quotation')]

    @api.model
    def _get_staff_domain(self):
        return [('date_from', '<=', 'today'), '|', ('date_to', '=', False), ('date_to', '>=', 'today')]
