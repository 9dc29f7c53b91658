from odoo import api, models
from odoo.fields import Domain


class WecomTagKindSource(models.AbstractModel):
    """The source of the code by which he added a member counts, too."""
    _inherit = 'wecom.tag.kind.source'

    @api.model
    def _get_domain(self, rule):
        channels = self.env['wecom.channel'].with_context(active_test=False).search([('source_id', 'in', rule.source_ids.ids)])
        return super()._get_domain(rule) | Domain('channel', 'in', channels.mapped('key'))

    @api.model
    def _get_sources(self, relations):
        channels = self.env['wecom.channel'].with_context(active_test=False).search([('key', 'in', relations.mapped('channel'))])
        of_codes, none = {channel.key: channel.source_id for channel in channels}, self.env['utm.source']
        return {relation: of_codes.get(relation.channel, none) | sources
                for relation, sources in super()._get_sources(relations).items()}
