from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class WasteStatementMake(models.TransientModel):
    """Make the statements of a period, for all contracts of some businesses or for chosen ones."""

    _name = "waste.statement.make"
    _description = "Make Statements"

    period_start = fields.Date("From", required=True, default=lambda self: self._default_period_start())
    period_end = fields.Date("To", required=True, default=lambda self: self._default_period_end())
    business_ids = fields.Many2many("waste.business", string="Businesses", help="Empty: all.")
    contract_ids = fields.Many2many(
        "sale.order", string="Contracts", domain=lambda self: self._get_contract_domain(), help="Empty: all of the businesses.")
    contract_count = fields.Integer("Contracts Looked at", compute="_compute_contract_count")

    # COMPUTE -------------------------------------------------------------------

    def _default_period_start(self):
        return fields.Date.context_today(self).replace(day=1) - relativedelta(months=1)

    def _default_period_end(self):
        return fields.Date.context_today(self).replace(day=1) - relativedelta(days=1)

    @api.depends("business_ids", "contract_ids")
    def _compute_contract_count(self):
        for wizard in self:
            wizard.contract_count = len(wizard._get_contracts())

    @api.onchange("period_start")
    def _onchange_period_start(self):
        """A period is most often a month."""
        if self.period_start and (not self.period_end or self.period_end < self.period_start):
            self.period_end = self.period_start + relativedelta(months=1, days=-1)

    # ACTION --------------------------------------------------------------------

    def action_make(self):
        """Make what is missing and show it."""
        self.ensure_one()
        if self.period_end < self.period_start:
            raise UserError(self.env._(
                "The period ends on %(end)s, before it starts on %(start)s.", start=self.period_start, end=self.period_end))
        contracts = self._get_contracts()
        statements = self.env["waste.statement"]._make_statements(contracts, self.period_start, self.period_end)
        if not statements:
            raise UserError(self.env._(
                "Nothing to settle from %(start)s to %(end)s: in %(count)s contracts no accepted batch waits for a statement.",
                start=self.period_start, end=self.period_end, count=len(contracts)))
        action = self.env["ir.actions.act_window"]._for_xml_id("waste_settlement.waste_statement_action")
        return {**action, "domain": [("id", "in", statements.ids)], "context": {}}

    # BUSINESS ------------------------------------------------------------------

    def _get_contracts(self):
        if self.contract_ids:
            return self.contract_ids._origin
        domain = self._get_contract_domain()
        if self.business_ids:
            domain.append(("business_id", "in", self.business_ids.ids))
        return self.env["sale.order"].search(domain)

    @api.model
    def _get_contract_domain(self):
        """Contracts in force or over, whose statements no other system keeps."""
        return [
            ("business_id", "!=", False),
            ("external_system", "=", False),
            ("contract_state", "in", ("active", "expired", "terminated")),
        ]
