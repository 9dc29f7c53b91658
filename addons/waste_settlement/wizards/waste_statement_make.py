from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class WasteStatementMake(models.TransientModel):
    """Ask for the statements of a period, for all contracts of some businesses or for chosen ones."""

    _name = "waste.statement.make"
    _description = "Make Statements"

    period_start = fields.Date("From", required=True, default=lambda self: self._default_period_start())
    period_end = fields.Date("To", required=True, default=lambda self: self._default_period_end())
    is_by_cycle = fields.Boolean("By the Cycle of Each Contract", default=True)
    company_ids = fields.Many2many(
        "res.company", string="Operating Companies", required=True, default=lambda self: self.env.companies)
    business_ids = fields.Many2many("waste.business", string="Businesses", help="Empty: all.")
    contract_ids = fields.Many2many(
        "sale.order", string="Contracts", help="Empty: all of the businesses.",
        domain=[("business_id", "!=", False), ("external_system", "=", False)])
    contract_count = fields.Integer("Contracts Looked at", compute="_compute_contract_count")

    # COMPUTE -------------------------------------------------------------------

    def _default_period_start(self):
        return fields.Date.context_today(self).replace(day=1) - relativedelta(months=1)

    def _default_period_end(self):
        return fields.Date.context_today(self).replace(day=1) - relativedelta(days=1)

    @api.depends("business_ids", "contract_ids", "company_ids", "period_end")
    def _compute_contract_count(self):
        for wizard in self:
            run = self.env["waste.statement.run"].new({**wizard._prepare_run_values(), "user_id": self.env.uid})
            wizard.contract_count = run._in_scope().search_count(run._get_contract_domain()) if wizard.period_end else 0

    @api.onchange("period_start")
    def _onchange_period_start(self):
        """A period is most often a month."""
        if self.period_start and (not self.period_end or self.period_end < self.period_start):
            self.period_end = self.period_start + relativedelta(months=1, days=-1)

    # ACTION --------------------------------------------------------------------

    def action_make(self):
        """Make what is missing and show it; a long run is shown itself, with its progress."""
        self.ensure_one()
        if self.period_end < self.period_start:
            raise UserError(self.env._(
                "The period ends on %(end)s, before it starts on %(start)s.", start=self.period_start, end=self.period_end))
        run = self.env["waste.statement.run"].create(self._prepare_run_values())
        run.action_start()
        if run.state == "done" and run.statement_ids:
            return run.action_view_statements()
        return {
            "type": "ir.actions.act_window",
            "res_model": "waste.statement.run",
            "res_id": run.id,
            "view_mode": "form",
        }

    # BUSINESS ------------------------------------------------------------------

    def _prepare_run_values(self):
        return {
            "period_start": self.period_start,
            "period_end": self.period_end,
            "is_by_cycle": self.is_by_cycle,
            "company_ids": [fields.Command.set(self.company_ids._origin.ids)],
            "business_ids": [fields.Command.set(self.business_ids._origin.ids)],
            "contract_ids": [fields.Command.set(self.contract_ids._origin.ids)],
        }
