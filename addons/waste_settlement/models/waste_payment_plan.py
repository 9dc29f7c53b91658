from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.waste.tools.language import to_language
from odoo.addons.waste_contract.tools import exact

WAYS = [
    ("transfer", "Bank Transfer"),
    ("acceptance", "Acceptance Bill"),
    ("cheque", "Cheque"),
    ("cash", "Cash"),
    ("wechat", "WeChat Pay"),
    ("alipay", "Alipay"),
]

STATES = [
    ("open", "Open"),
    ("part", "Part-Paid"),
    ("paid", "Paid"),
]


class WastePaymentPlan(models.Model):
    """One instalment that a contract's customer is to pay (回款计划). What was paid of it follows from the collections."""

    _name = "waste.payment.plan"
    _description = "Payment Plan Instalment"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "contract_id, date_due, number"
    _rec_names_search = ["contract_id.name", "partner_id.name"]
    _check_company_auto = True

    contract_id = fields.Many2one(
        "sale.order", "Contract", required=True, index=True, ondelete="restrict", check_company=True, tracking=True,
        domain="[('business_id', '!=', False), ('contract_state', '!=', 'cancelled')]")
    number = fields.Integer("Instalment", readonly=True, copy=False, aggregator=None)
    kind = fields.Selection(
        [("payment", "Payment"), ("deposit", "Deposit")], default="payment", required=True, tracking=True)
    amount = fields.Monetary(required=True, tracking=True)
    date_due = fields.Date("Due", required=True, index=True, tracking=True)
    way = fields.Selection(WAYS, default="transfer", required=True, tracking=True, help="How the customer is to pay.")
    remind_days = fields.Integer("Remind before (days)", default=3, aggregator=None)
    is_reminded = fields.Boolean(readonly=True, copy=False, help="The salesperson was told that this instalment is due soon.")
    note = fields.Char()

    allocation_ids = fields.One2many("waste.payment.plan.allocation", "plan_id", "Collections", copy=False)
    paid_amount = fields.Monetary("Paid", compute="_compute_paid_amount", store=True, compute_sudo=True)
    open_amount = fields.Monetary("Open", compute="_compute_paid_amount", store=True, compute_sudo=True)
    state = fields.Selection(STATES, compute="_compute_paid_amount", store=True, compute_sudo=True, index=True, tracking=True)
    is_overdue = fields.Boolean("Overdue", compute="_compute_is_overdue", search="_search_is_overdue")
    overdue_days = fields.Integer(compute="_compute_is_overdue")
    collection_numbers = fields.Char("Collection No.", compute="_compute_collection_numbers")

    partner_id = fields.Many2one(
        "res.partner", "Customer", related="contract_id.partner_id", store=True, index=True)
    business_id = fields.Many2one(
        "waste.business", "Business", related="contract_id.business_id", store=True, index="btree_not_null")
    user_id = fields.Many2one(
        "res.users", "Salesperson", related="contract_id.user_id", store=True, index="btree_not_null")
    company_id = fields.Many2one(
        "res.company", "Operating Company", related="contract_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")

    _number_uniq = models.Constraint("UNIQUE(contract_id, number)", "The contract has an instalment with this number already.")
    _amount_positive = models.Constraint("CHECK(amount > 0)", "An instalment is more than 0.")
    _remind_days_positive = models.Constraint("CHECK(remind_days >= 0)", "The days of the reminder count back from the due day.")
    _default_order_idx = models.Index("(contract_id, date_due, number)")

    # COMPUTE -------------------------------------------------------------------

    @api.depends("amount", "allocation_ids.amount", "allocation_ids.collection_id.is_counted")
    def _compute_paid_amount(self):
        for plan in self:
            counted = plan.allocation_ids.filtered("collection_id.is_counted")
            paid = sum((exact(amount) for amount in counted.mapped("amount")), exact(0))
            rest = exact(plan.amount) - paid
            plan.paid_amount = float(paid)
            plan.open_amount = float(rest)
            plan.state = "paid" if rest <= 0 else "part" if paid else "open"

    @api.depends("state", "date_due")
    @api.depends_context("tz")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for plan in self:
            plan.is_overdue = bool(plan.date_due) and plan.state != "paid" and plan.date_due < today
            plan.overdue_days = (today - plan.date_due).days if plan.is_overdue else 0

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("state", "!=", "paid") & Domain("date_due", "<", fields.Date.context_today(self))
        if set(value) == {True, False}:
            return Domain.TRUE
        return overdue if True in value else ~overdue

    @api.depends("allocation_ids.collection_id.name")
    def _compute_collection_numbers(self):
        for plan in self:
            plan.collection_numbers = ", ".join(plan.allocation_ids.collection_id.mapped("name"))

    @api.depends("contract_id.name", "number", "amount", "currency_id")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = self.env._(
                "%(contract)s · instalment %(number)s", contract=plan.contract_id.name, number=plan.number)

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains("contract_id")
    def _check_contract(self):
        for plan in self:
            if not plan.contract_id.business_id or plan.contract_id.contract_state == "cancelled":
                raise ValidationError(self.env._(
                    "%(contract)s is no waste contract that goes on: a payment plan is made for one.",
                    contract=plan.contract_id.name))

    @api.constrains("amount")
    def _check_amount_paid(self):
        for plan in self:
            if plan.currency_id.compare_amounts(plan.amount, plan.paid_amount) < 0:
                raise ValidationError(self.env._(
                    "Instalment %(plan)s has %(paid).2f paid already and can not become %(amount).2f.",
                    plan=plan.display_name, paid=plan.paid_amount, amount=plan.amount))

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if any(not (vals.get("contract_id") or self.env.context.get("default_contract_id")) for vals in vals_list):
            raise UserError(self.env._("A payment plan belongs to a contract: choose the contract first."))
        vals_list = [{"contract_id": self.env.context.get("default_contract_id"), **vals} for vals in vals_list]
        contract_ids = [vals["contract_id"] for vals in vals_list]
        # All the instalments of a contract count, also those of other companies' views.
        last = defaultdict(int, {
            contract.id: number for contract, number in self.sudo()._read_group(
                [("contract_id", "in", contract_ids)], ["contract_id"], ["number:max"])})
        for vals in sorted(vals_list, key=lambda vals: str(vals.get("date_due"))):
            last[vals["contract_id"]] += 1
            vals["number"] = last[vals["contract_id"]]
        return super().create(vals_list)

    def write(self, vals):
        if "contract_id" in vals:
            for plan in self.filtered(lambda plan: plan.contract_id.id != vals["contract_id"]):
                raise UserError(self.env._(
                    "%(plan)s stays with its contract: delete it and plan anew for the other one.", plan=plan.display_name))
        if "date_due" in vals or "remind_days" in vals:
            vals = {**vals, "is_reminded": False}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_paid(self):
        for plan in self:
            if plan.allocation_ids:
                raise UserError(self.env._(
                    "%(plan)s has collections linked to it. Take them off first.", plan=plan.display_name))

    # BUSINESS ------------------------------------------------------------------

    def _get_open_amounts(self, day=None):
        """Return {instalment: amount} of what isn't paid; with ``day``, as it was at its end."""
        if not day:
            return {plan: plan.open_amount for plan in self if plan.state != "paid"}
        paid = dict(self.env["waste.payment.plan.allocation"]._read_group(
            [("plan_id", "in", self.ids), ("collection_id.is_counted", "=", True), ("date", "<=", day)],
            ["plan_id"], ["amount:sum"]))
        amounts = {plan: float(exact(plan.amount) - exact(plan.currency_id.round(paid.get(plan, 0.0)))) for plan in self}
        return {plan: amount for plan, amount in amounts.items() if amount > 0}

    @api.model
    def _cron_remind(self):
        """Give the salespeople an activity for what is due soon. Runs each day; tells of each instalment once."""
        today = fields.Date.context_today(self)
        longest = max(self.search([("state", "!=", "paid"), ("is_reminded", "=", False)]).mapped("remind_days"), default=0)
        due = self.search([
            ("state", "!=", "paid"), ("is_reminded", "=", False), ("date_due", "<=", today + timedelta(days=longest)),
        ]).filtered(lambda plan: plan.date_due - timedelta(days=plan.remind_days) <= today)
        for plan in due:
            plan.activity_schedule(
                "waste_settlement.mail_activity_payment_due", date_deadline=plan.date_due,
                user_id=plan.user_id.id or plan.create_uid.id,
                summary=to_language(plan, plan.user_id or plan.create_uid).env._(
                    "%(customer)s is to pay %(amount).2f on %(date)s", customer=plan.partner_id.display_name,
                    amount=plan.open_amount, date=plan.date_due))
        due.is_reminded = True

    def _close_reminders(self):
        """What is paid needs no reminder any more."""
        self.filtered(lambda plan: plan.state == "paid").sudo().activity_feedback(["waste_settlement.mail_activity_payment_due"])
