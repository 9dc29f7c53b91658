from odoo import models


class WecomRelation(models.Model):
    _inherit = 'wecom.relation'

    def _prepare_lead(self):
        """The business of the code by which the customer came is that of his lead."""
        return {**super()._prepare_lead(), 'business_id': self.env['wecom.channel']._find(self.app_id, self.channel).business_id.id}
