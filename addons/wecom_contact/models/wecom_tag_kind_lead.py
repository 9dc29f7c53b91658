from odoo import api, models
from odoo.fields import Domain


class WecomTagKindLead(models.AbstractModel):
    """How far his lead has come: won, lost, or in a stage."""
    _name = 'wecom.tag.kind.lead'
    _inherit = ['wecom.tag.kind']
    _description = "Tag rule by lead"

    @api.model
    def _get_domain(self, rule):
        return Domain('contact_id.lead_ids', 'any', self._get_lead_domain(rule))

    @api.model
    def _get_lead_domain(self, rule):
        if rule.lead_state == 'stage':
            return Domain('stage_id', 'in', rule.stage_ids.ids) & Domain('won_status', '=', 'pending')
        return Domain('won_status', '=', rule.lead_state)

    @api.model
    def _get_facts(self, rule, relations):
        leads = relations.contact_id.lead_ids.filtered_domain(self._get_lead_domain(rule)).grouped('wecom_contact_id')
        return {relation: leads[relation.contact_id][:1].name for relation in relations if relation.contact_id in leads}

    @api.model
    def _get_sentence(self, reason):
        return self.env._("Tagged because of the lead “%(lead)s”: %(rule)s.", lead=reason.fact, rule=reason.rule_id.name)
