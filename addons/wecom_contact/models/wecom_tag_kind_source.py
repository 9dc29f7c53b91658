from odoo import api, models
from odoo.fields import Domain


class WecomTagKindSource(models.AbstractModel):
    """Where he came from: the source of his lead."""
    _name = 'wecom.tag.kind.source'
    _inherit = ['wecom.tag.kind']
    _description = "Tag rule by source"

    @api.model
    def _get_domain(self, rule):
        return Domain('contact_id.lead_ids.source_id', 'in', rule.source_ids.ids)

    @api.model
    def _get_facts(self, rule, relations):
        return {relation: (sources & rule.source_ids)[:1].name for relation, sources in self._get_sources(relations).items()}

    @api.model
    def _get_sources(self, relations):
        """Return {relation: all sources by which the customer came}. To extend."""
        return {relation: relation.contact_id.lead_ids.source_id for relation in relations}

    @api.model
    def _get_sentence(self, reason):
        return self.env._("Tagged because the customer came by the source “%(name)s”.", name=reason.fact)
