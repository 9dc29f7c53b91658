from odoo import api, fields, models


class WecomContact(models.Model):
    _inherit = 'wecom.contact'

    assignment_ids = fields.Many2many('waste.assignment', string="Who serves him", compute='_compute_assignment_ids')

    @api.depends('partner_id')
    def _compute_assignment_ids(self):
        """The assignments in force of the producer for which the customer speaks: who serves him for which waste."""
        assignments = self.env['waste.assignment'].search(
            [('producer_id', 'in', self.partner_id.commercial_partner_id.ids), ('is_current', '=', True)])
        for contact in self:
            contact.assignment_ids = assignments.filtered(
                lambda assignment: assignment.producer_id == contact.partner_id.commercial_partner_id)

    @api.model
    def _check_tags_of(self, partners):
        """Have the tag rules look soon at the customers who speak for these organisations."""
        # sudo: who changes a contract need not see customers of others on WeCom
        self.sudo().search([('partner_id.commercial_partner_id', 'in', partners.commercial_partner_id.ids)])._check_tags()
