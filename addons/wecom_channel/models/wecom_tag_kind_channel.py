from odoo import api, models
from odoo.fields import Domain


class WecomTagKindChannel(models.AbstractModel):
    """By which code he came."""
    _name = 'wecom.tag.kind.channel'
    _inherit = ['wecom.tag.kind']
    _description = "Tag rule by channel code"

    @api.model
    def _get_domain(self, rule):
        return Domain('channel', 'in', rule.channel_ids.mapped('key'))

    @api.model
    def _get_facts(self, rule, relations):
        names = {channel.key: channel.name for channel in rule.channel_ids}
        return {relation: names.get(relation.channel) for relation in relations}

    @api.model
    def _get_sentence(self, reason):
        return self.env._("Tagged because the customer came by the code “%(code)s”.", code=reason.fact)
