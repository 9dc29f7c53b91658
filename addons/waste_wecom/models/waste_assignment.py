from odoo import api, models


class WasteAssignment(models.Model):
    """Tag rules ask in which business an organisation is served."""
    _inherit = 'waste.assignment'

    @api.model_create_multi
    def create(self, vals_list):
        assignments = super().create(vals_list)
        self.env['wecom.contact']._check_tags_of(assignments.producer_id)
        return assignments

    def write(self, vals):
        result = super().write(vals)
        self.env['wecom.contact']._check_tags_of(self.producer_id)
        return result
