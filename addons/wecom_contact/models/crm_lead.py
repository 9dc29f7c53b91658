from odoo import fields, models


class CrmLead(models.Model):
    _inherit = 'crm.lead'

    wecom_contact_id = fields.Many2one('wecom.contact', "WeCom customer", index='btree_not_null', ondelete='set null', copy=False)
