from collections import defaultdict

from odoo import api, fields, models


class SaleOrder(models.Model):
    """Who serves a contract: the assignments of its producer say it, else the team of its business."""
    _inherit = 'sale.order'

    # COMPUTE -------------------------------------------------------------------

    @api.depends('business_id')
    def _compute_user_id(self):
        """The salesperson with the largest share in the producer serves a new contract."""
        super()._compute_user_id()
        new = self.filtered(lambda order: order.business_id and order.partner_id and not order._origin.user_id)
        assignments = new._get_assignments()
        for order in new:
            if assignment := assignments[order.partner_id, order.business_id][:1]:
                order.user_id = assignment.user_id

    @api.depends('business_id', 'partner_id')
    def _compute_team_id(self):
        """The team of the assignment, else of the business, leads a contract; one person may serve several teams."""
        super()._compute_team_id()
        contracts = self.filtered('business_id')
        assignments = contracts._get_assignments()
        for order in contracts:
            mine = assignments[order.partner_id, order.business_id].filtered(
                lambda assignment: assignment.user_id == order.user_id)
            team = mine[:1].team_id or order._get_policy()['team_id']
            if team and (not team.company_id or team.company_id == order.company_id):
                order.team_id = team

    # BUSINESS ------------------------------------------------------------------

    def _get_assignments(self):
        """Return {(producer, business): assignments on the contract's first day, the largest share first}."""
        found = defaultdict(self.env['waste.assignment'].browse)
        if not self:
            return found
        # Who serves whom decides the salesperson also when the one who types may not see the assignments.
        assignments_sudo = self.env['waste.assignment'].sudo().search([
            ('producer_id', 'in', self.partner_id.ids), ('business_id', 'in', self.business_id.ids),
            ('category_id', '=', False),
        ], order='share_percent desc, id')
        for order in self:
            day = max(order.date_start or fields.Date.context_today(self), fields.Date.context_today(self))
            found[order.partner_id, order.business_id] = assignments_sudo.filtered(
                lambda assignment: assignment.producer_id == order.partner_id._origin
                and assignment.business_id == order.business_id._origin
                and assignment.date_from <= day and (not assignment.date_to or assignment.date_to >= day))
        return found
