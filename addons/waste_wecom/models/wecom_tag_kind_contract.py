from odoo import api, fields, models
from odoo.fields import Domain


class WecomTagKindContract(models.AbstractModel):
    """The organisation has a contract in a certain state, or one that ends soon."""
    _name = 'wecom.tag.kind.contract'
    _inherit = ['wecom.tag.kind.trade']
    _description = "Tag rule by contract"

    _record_model = 'sale.order'
    _record_name = 'name'

    @api.model
    def _get_record_domain(self, rule):
        domain = rule._get_trade_domain() & Domain('contract_kind', '=', 'contract') & Domain('contract_state', '=', rule.contract_state)
        if rule.ending_days:
            today = fields.Date.context_today(rule)
            domain &= Domain('date_end', '>=', today) & Domain('date_end', '<=', fields.Date.add(today, days=rule.ending_days))
        return domain

    @api.model
    def _get_sentence(self, reason):
        return self.env._("Tagged because of the contract %(contract)s: %(rule)s.", contract=reason.fact, rule=reason.rule_id.name)
