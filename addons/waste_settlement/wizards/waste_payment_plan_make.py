from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.waste_contract.tools import exact

from ..models.waste_payment_plan import WAYS

CYCLE_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class WastePaymentPlanMake(models.TransientModel):
    """Proposes equal instalments from what the contract says of its cycle and its value."""

    _name = "waste.payment.plan.make"
    _description = "Propose a Payment Plan"

    contract_id = fields.Many2one("sale.order", "Contract", required=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    deposit_amount = fields.Monetary(
        "Deposit", compute="_compute_deposit_amount", store=True, readonly=False,
        help="Due on the first day of the contract, on account of the instalments.")
    amount = fields.Monetary(
        "To Be Planned", compute="_compute_amount", store=True, readonly=False,
        help="The contract's planned receivable, less the deposit and the instalments that are there already.")
    months = fields.Integer("Every (months)", compute="_compute_months", store=True, readonly=False)
    count = fields.Integer("Instalments", compute="_compute_count", store=True, readonly=False)
    date_first = fields.Date("First Due", compute="_compute_date_first", store=True, readonly=False)
    way = fields.Selection(WAYS, default="transfer", required=True)
    remind_days = fields.Integer("Remind before (days)", default=3)

    # COMPUTE -------------------------------------------------------------------

    @api.depends("contract_id")
    def _compute_deposit_amount(self):
        for wizard in self:
            has_one = "deposit" in wizard.contract_id.payment_plan_ids.mapped("kind")
            wizard.deposit_amount = 0.0 if has_one else wizard.contract_id.deposit_amount

    @api.depends("contract_id", "deposit_amount")
    def _compute_amount(self):
        for wizard in self:
            contract = wizard.contract_id
            planned = sum(exact(amount) for amount in contract.payment_plan_ids.mapped("amount"))
            wizard.amount = max(float(exact(contract.planned_receivable) - planned - exact(wizard.deposit_amount)), 0.0)

    @api.depends("contract_id")
    def _compute_months(self):
        for wizard in self:
            wizard.months = CYCLE_MONTHS.get(wizard.contract_id.settlement_cycle, 1)

    @api.depends("contract_id", "months")
    def _compute_count(self):
        for wizard in self:
            start, end = wizard.contract_id.date_start, wizard.contract_id.date_end
            span = relativedelta(end + relativedelta(days=1), start) if start and end else relativedelta(years=1)
            is_prepaid = wizard.contract_id.settlement_cycle == "prepaid"
            wizard.count = 1 if is_prepaid else max((span.years * 12 + span.months) // max(wizard.months, 1), 1)

    @api.depends("contract_id", "months")
    def _compute_date_first(self):
        """Paid in advance at the start, otherwise at the end of each cycle."""
        for wizard in self:
            start = wizard.contract_id.date_start or fields.Date.context_today(wizard)
            is_prepaid = wizard.contract_id.settlement_cycle == "prepaid"
            wizard.date_first = start if is_prepaid else start + relativedelta(months=max(wizard.months, 1), days=-1)

    # ACTION --------------------------------------------------------------------

    def action_make(self):
        """Create the instalments; the cents that don't divide are in the last one."""
        self.ensure_one()
        if self.count < 1 or self.count > 120 or self.months < 1:
            raise UserError(self.env._("A payment plan has 1 to 120 instalments, at least one month apart."))
        cents = int(exact(self.amount) * 100)
        if cents < self.count:
            raise UserError(self.env._(
                "Nothing of contract %(contract)s is left to be planned: enter the amount.", contract=self.contract_id.name))
        each, rest = divmod(cents, self.count)
        amounts = [each] * (self.count - 1) + [each + rest]
        common = {"contract_id": self.contract_id.id, "way": self.way, "remind_days": self.remind_days}
        deposit = [{
            **common, "kind": "deposit", "amount": self.deposit_amount,
            "date_due": self.contract_id.date_start or self.date_first}] if self.deposit_amount else []
        self.env["waste.payment.plan"].create(deposit + [
            {**common, "amount": amount / 100, "date_due": self.date_first + relativedelta(months=self.months * index)}
            for index, amount in enumerate(amounts)])
        return self.contract_id.action_view_payment_plan()
