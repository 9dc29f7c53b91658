from odoo import api, models
from odoo.fields import Domain


class WecomTagKindIntent(models.AbstractModel):
    """The organisation has declared that it intends to hand over waste (意向转移)."""
    _name = 'wecom.tag.kind.intent'
    _inherit = ['wecom.tag.kind.trade']
    _description = "Tag rule by intended transfer"

    _record_model = 'waste.intent'
    _record_name = 'name'

    @api.model
    def _get_record_domain(self, rule):
        return rule._get_trade_domain() & Domain('state', '=', 'submitted')

    @api.model
    def _get_sentence(self, reason):
        return self.env._("Tagged because of the intended transfer %(intent)s.", intent=reason.fact)
