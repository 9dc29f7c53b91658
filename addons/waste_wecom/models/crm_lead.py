from odoo import api, fields, models


class CrmLead(models.Model):
    _inherit = 'crm.lead'

    assignment_ids = fields.Many2many(
        'waste.assignment', string="Who serves him", compute='_compute_assignment_ids', groups='waste.group_user')

    @api.depends('partner_id')
    def _compute_assignment_ids(self):
        """The assignments in force of the lead's producer."""
        assignments = self.env['waste.assignment'].search(
            [('producer_id', 'in', self.partner_id.commercial_partner_id.ids), ('is_current', '=', True)])
        for lead in self:
            lead.assignment_ids = assignments.filtered(lambda row: row.producer_id == lead.partner_id.commercial_partner_id)
