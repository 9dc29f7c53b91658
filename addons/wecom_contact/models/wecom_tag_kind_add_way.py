from odoo import api, models
from odoo.fields import Domain


class WecomTagKindAddWay(models.AbstractModel):
    """How member and customer found each other, as WeCom tells it."""
    _name = 'wecom.tag.kind.add_way'
    _inherit = ['wecom.tag.kind']
    _description = "Tag rule by way of adding"

    @api.model
    def _get_domain(self, rule):
        return Domain('add_way', '=', rule.add_way)

    @api.model
    def _get_facts(self, rule, relations):
        return dict.fromkeys(relations, rule.add_way)

    @api.model
    def _get_sentence(self, reason):
        ways = dict(self.env['wecom.relation']._fields['add_way']._description_selection(self.env))
        return self.env._("Tagged because the customer was added by: %(way)s.", way=ways.get(reason.fact, reason.fact))
