from odoo import fields, models
from odoo.tools import SQL

# Who sees what all contracts are worth; the others see how many.
MONEY = 'waste.group_sales_manager,waste.group_finance'


class WecomChannelReport(models.Model):
    """What the codes brought in: a row for each signed contract that came of a lead of a customer who came by a code.

    A row of its own, of the contract's company: one WeCom serves several companies, and each sees its own contracts only.
    """
    _inherit = 'wecom.channel.report'
    _depends = {
        'wecom.channel': ['business_id'],
        'sale.order': ['opportunity_id', 'business_id', 'company_id', 'contract_state', 'currency_id', 'planned_receivable',
                       'collected_amount'],
    }

    business_id = fields.Many2one('waste.business', "Business", readonly=True)
    contract_id = fields.Many2one('sale.order', "Contract", readonly=True)
    contract_count = fields.Integer("Contracts", readonly=True, help="In force, or were.")
    currency_id = fields.Many2one('res.currency', readonly=True)
    signed_amount = fields.Monetary(
        "Signed", readonly=True, groups=MONEY, help="What the producers will owe by these contracts as planned.")
    collected_amount = fields.Monetary("Collected", readonly=True, groups=MONEY)

    def _get_parts(self):
        return [*super()._get_parts(), (self._get_contract_columns(), self._get_contract_tables())]

    def _get_columns(self):
        return {**super()._get_columns(), 'business_id': SQL("channel.business_id")}

    def _get_day_columns(self):
        return {**super()._get_day_columns(), 'business_id': SQL("channel.business_id")}

    def _get_contract_columns(self):
        return {
            **{name: expression for name, expression in self._get_columns().items() if not name.endswith('_count')},
            'id': SQL("contract.id * 4 + 2"),
            'company_id': SQL("contract.company_id"),
            'business_id': SQL("contract.business_id"),
            'contract_id': SQL("contract.id"),
            'contract_count': SQL("1"),
            'currency_id': SQL("contract.currency_id"),
            'signed_amount': SQL("contract.planned_receivable"),
            'collected_amount': SQL("contract.collected_amount"),
        }

    def _get_contract_tables(self):
        return SQL("""%s
            JOIN crm_lead lead ON came.is_first AND lead.wecom_contact_id = relation.contact_id
            JOIN sale_order contract ON contract.opportunity_id = lead.id AND contract.business_id IS NOT NULL
                                    AND contract.contract_state IN ('active', 'expired', 'terminated')""", self._get_relation_tables())
