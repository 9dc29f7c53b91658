from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.waste_contract.models.sale_order_life import CONTRACT_STATES


class WecomTagRule(models.Model):
    """Conditions of the trade: which business, which intent, which contract."""
    _inherit = 'wecom.tag.rule'

    kind = fields.Selection(selection_add=[
        ('business', "Business"),
        ('intent', "Intended transfer"),
        ('contract', "Contract"),
    ], ondelete=dict.fromkeys(('business', 'intent', 'contract'), 'cascade'))
    business_ids = fields.Many2many('waste.business', string="Businesses")
    contract_state = fields.Selection(CONTRACT_STATES, "Contract is", default='active')
    ending_days = fields.Integer("Ends within (days)", help="0: whenever it ends.")

    @api.model
    def _get_condition_fields(self):
        return super()._get_condition_fields() + ['business_ids', 'contract_state', 'ending_days']

    def _get_trade_domain(self):
        """Return what limits records of the trade to the rule's businesses and company; none chosen limits nothing."""
        business = Domain('business_id', 'in', self.business_ids.ids) if self.business_ids else Domain('business_id', '!=', False)
        return business & (Domain('company_id', 'in', (False, self.company_id.id)) if self.company_id else Domain.TRUE)
