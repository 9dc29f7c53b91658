from odoo import api, models
from odoo.fields import Domain


class WecomTagKindBusiness(models.AbstractModel):
    """The organisation is served in a business today."""
    _name = 'wecom.tag.kind.business'
    _inherit = ['wecom.tag.kind.trade']
    _description = "Tag rule by business"

    _record_model = 'waste.assignment'
    _record_partner = 'producer_id'

    @api.model
    def _get_record_domain(self, rule):
        return Domain('business_id', 'in', rule.business_ids.ids) & Domain('is_current', '=', True)

    @api.model
    def _get_facts(self, rule, relations):
        facts = super()._get_facts(rule, relations)
        return dict.fromkeys(facts, ', '.join(rule.business_ids.mapped('name')))

    @api.model
    def _get_sentence(self, reason):
        return self.env._("Tagged because the customer's company is served in %(business)s.", business=reason.fact)
