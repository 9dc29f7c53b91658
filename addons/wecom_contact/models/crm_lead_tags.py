from odoo import api, models

CONDITIONS = {'stage_id', 'active', 'won_status', 'probability', 'source_id', 'user_id', 'wecom_contact_id'}


class CrmLead(models.Model):
    """Rules for tags ask how far a lead has come."""
    _inherit = 'crm.lead'

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads.wecom_contact_id._check_tags()
        return leads

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & CONDITIONS:
            # sudo: who may see the lead need not see the customer
            self.sudo().wecom_contact_id._check_tags()
        return result
