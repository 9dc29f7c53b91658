from odoo import api, models
from odoo.fields import Domain


class WecomTagKindSource(models.AbstractModel):
    """Where he came from: the source of the code by which he added a member, or that of his lead."""
    _name = 'wecom.tag.kind.source'
    _inherit = ['wecom.tag.kind']
    _description = "Tag rule by source"

    @api.model
    def _get_domain(self, rule):
        keys = self.env['wecom.channel'].with_context(active_test=False).search([('source_id', 'in', rule.source_ids.ids)]).mapped('key')
        return Domain('channel', 'in', keys) | Domain('contact_id.lead_ids.source_id', 'in', rule.source_ids.ids)

    @api.model
    def _get_facts(self, rule, relations):
        channels = self.env['wecom.channel'].with_context(active_test=False).search([('key', 'in', relations.mapped('channel'))])
        sources = {channel.key: channel.source_id for channel in channels}
        return {relation: ((sources.get(relation.channel, rule.source_ids.browse()) | relation.contact_id.lead_ids.source_id)
                           & rule.source_ids)[:1].name for relation in relations}

    @api.model
    def _get_sentence(self, reason):
        return self.env._("Tagged because the customer came by the source “%(name)s”.", name=reason.fact)
