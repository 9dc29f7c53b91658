from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.waste_contract.tools import exact

from ..const import RECEIVED_STATES, TOLERANCE

DIRECTIONS = [
    ("receivable", "Receivable"),
    ("payable", "Payable"),
    ("government", "Owed by the Government"),
]

KINDS = [
    ("regular", "Regular"),
    ("advance", "Advance"),
    ("true_up", "Year's settlement"),
    ("adjustment", "Adjustment"),
]

STATES = [
    ("draft", "Draft"),
    ("approved", "Approved"),
    ("confirmed", "Confirmed"),
    ("invoiced", "Invoiced"),
    ("settled", "Settled"),
    ("disputed", "Disputed"),
    ("cancelled", "Cancelled"),
]


class WasteStatement(models.Model):
    """What one contract owes for one period in one direction; never netted (I-35).

    The amounts are here; which statements are due in ``waste_statement_make.py``, what they come to in
    ``waste_statement_amounts.py``, ``_charges.py`` and ``_prepaid.py``, kept up to date by ``_refresh.py``; what is refused in
    ``_checks.py``, the states in ``_life.py``, invoices in ``_invoice.py`` and what another system says of all
    this in ``_external.py``.
    """

    _name = "waste.statement"
    _description = "Statement"
    _inherit = ["waste.state.mixin", "waste.external.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "period_start desc, id desc"
    _rec_names_search = ["name", "contract_id.name", "partner_id.name"]
    _check_company_auto = True

    _external_fields = frozenset({
        "name", "contract_id", "direction", "period_start", "period_end",
        "external_amount", "external_quantity_kg", "tax_rate_percent",
    })

    name = fields.Char("Statement No.", required=True, readonly=True, copy=False, index="trigram")
    contract_id = fields.Many2one(
        "sale.order", "Contract", required=True, index=True, ondelete="restrict", check_company=True,
        domain="[('business_id', '!=', False)]")
    direction = fields.Selection(
        DIRECTIONS, required=True,
        help="Receivable: the producer owes us. Payable: we owe the producer for waste of value. "
        "Owed by the government: what is free for the producer, asked of the government office of the contract.")
    kind = fields.Selection(
        KINDS, required=True, default="regular", readonly=True, index=True,
        help="Advance and year's settlement: of prepaid contracts. Adjustment: corrects another statement.")
    run_id = fields.Many2one("waste.statement.run", "Run", readonly=True, copy=False, index="btree_not_null", ondelete="set null")
    period_start = fields.Date("From", required=True)
    period_end = fields.Date("To", required=True, help="Last day of the period.")

    partner_id = fields.Many2one(
        "res.partner", "Producer", required=True, index=True, ondelete="restrict",
        help="Who owes or gets the amount: the producer, or the government office that pays for its waste.")
    producer_id = fields.Many2one(related="contract_id.partner_id", string="Waste of")
    business_id = fields.Many2one(
        "waste.business", "Business", related="contract_id.business_id", store=True, index="btree_not_null",
        help="The business line of the contract.")
    user_id = fields.Many2one(
        "res.users", "Salesperson", related="contract_id.user_id", store=True, index="btree_not_null")
    team_id = fields.Many2one(
        "crm.team", "Sales Team", related="contract_id.team_id", store=True, index="btree_not_null")
    report_class_id = fields.Many2one(
        "waste.report.class", "Report Class", related="contract_id.report_class_id", store=True, index="btree_not_null")
    company_id = fields.Many2one("res.company", "Operating Company", required=True, index=True)
    invoicing_company_id = fields.Many2one("res.company", "Invoicing Company", required=True, index=True)

    line_ids = fields.One2many("waste.statement.line", "statement_id", "Lines", copy=False)
    quantity_kg = fields.Float(
        "Quantity (kg)", digits=(16, 3), compute="_compute_totals", store=True, aggregator=None,
        help="What the amount is for. What a government office pays for stands on the producer's statement too.")
    weighed_kg = fields.Float(
        "Weighed (kg)", digits=(16, 3), compute="_compute_direction_amounts", store=True,
        help="To be added up: each kilogram counts once, on the producer's statement.")
    external_quantity_kg = fields.Float("Quantity Sent (kg)", digits=(16, 3), readonly=True, copy=False)

    currency_id = fields.Many2one("res.currency", required=True)
    external_amount = fields.Monetary("Amount Sent", readonly=True, copy=False)
    tax_rate_percent = fields.Float("Tax Rate (%)", digits=(5, 2), aggregator=None)
    amount_total = fields.Monetary(
        "Amount", compute="_compute_totals", store=True, help="Tax included.")
    # Sums of both directions mean nothing (I-35): reports add up these two.
    receivable_amount = fields.Monetary("Receivable", compute="_compute_direction_amounts", store=True)
    payable_amount = fields.Monetary("Payable", compute="_compute_direction_amounts", store=True)
    amount_untaxed = fields.Monetary("Untaxed Amount", compute="_compute_amount_tax", store=True)
    amount_tax = fields.Monetary("Tax", compute="_compute_amount_tax", store=True)
    computed_amount = fields.Monetary(
        "Our Calculation", readonly=True, copy=False, groups="base.group_user",
        help="What the accepted weights and the contract's prices come to now; for comparison with the amount.")
    problem = fields.Text(
        readonly=True, copy=False, groups="base.group_user",
        help="Why our calculation could not be made the last time, such as a laboratory report that is missing.")
    difference = fields.Monetary(compute="_compute_difference", store=True, groups="base.group_user")
    has_difference = fields.Boolean(
        "Differs", compute="_compute_difference", store=True, groups="base.group_user",
        help="The amount and our calculation are more than 0.01 apart.")
    invoiced_amount = fields.Monetary("Invoiced", compute="_compute_invoiced_amount", store=True, compute_sudo=True)
    received_amount = fields.Monetary(
        "Received", compute="_compute_received_amount", store=True, compute_sudo=True,
        help="Allocated payments, and payments matched with its invoices. Of a payable statement: what we paid.")
    open_amount = fields.Monetary("Open", compute="_compute_open_amount", store=True)

    state = fields.Selection(STATES, required=True, default="draft", index=True, tracking=True, copy=False, group_expand=True)
    approved_at = fields.Datetime(readonly=True, copy=False)
    confirmed_at = fields.Datetime(readonly=True, copy=False)
    confirmed_by_id = fields.Many2one("res.users", "Confirmed by", readonly=True, copy=False)
    dispute_reason = fields.Text(readonly=True, copy=False, tracking=True)

    # Who may see the statement but not the invoicing company still sees what became of it.
    invoice_ids = fields.One2many("account.move", "waste_statement_id", "Invoices", copy=False)
    invoice_count = fields.Integer(compute="_compute_invoice_facts", compute_sudo=True)
    invoice_numbers = fields.Char("Invoice No.", compute="_compute_invoice_facts", compute_sudo=True)
    allocation_ids = fields.One2many("waste.payment.allocation", "statement_id", "Allocated Payments", copy=False)
    payment_count = fields.Integer(compute="_compute_payment_count", compute_sudo=True)
    batch_count = fields.Integer(compute="_compute_batch_count")

    external_label = fields.Char("Kept by", compute="_compute_external_label")

    # What another system sends beside the fields we know must not leave the staff side by a portal user's RPC.
    external_extra = fields.Json(groups="base.group_user")
    external_extra_text = fields.Text(groups="base.group_user")
    external_versions = fields.Json(groups="base.group_user")

    _name_uniq = models.Constraint("UNIQUE(name)", "A statement with this number exists already.")
    _period_uniq = models.UniqueIndex(
        "(contract_id, direction, kind, period_start) WHERE state != 'cancelled' AND kind != 'adjustment'",
        "The contract has a statement for this period and direction already.")
    _period_order = models.Constraint(
        "CHECK(period_start <= period_end)", "The period of a statement must not end before it starts.")
    _default_order_idx = models.Index("(period_start DESC, id DESC)")

    # COMPUTE -------------------------------------------------------------------

    @api.depends("line_ids.amount", "line_ids.quantity_kg", "external_system", "external_amount", "external_quantity_kg")
    def _compute_totals(self):
        for statement in self:
            if statement.external_system:
                statement.amount_total = statement.external_amount
                statement.quantity_kg = statement.external_quantity_kg
            else:
                statement.amount_total = float(sum(exact(amount) for amount in statement.line_ids.mapped("amount")))
                statement.quantity_kg = float(sum(exact(line_kg) for line_kg in statement.line_ids.mapped("quantity_kg")))

    @api.depends("amount_total", "quantity_kg", "direction", "state")
    def _compute_direction_amounts(self):
        for statement in self:
            is_counted = statement.state != "cancelled" and statement.direction != "government"
            statement.weighed_kg = statement.quantity_kg if is_counted else 0.0
            amount = 0.0 if statement.state == "cancelled" else statement.amount_total
            statement.receivable_amount = amount if statement.direction != "payable" else 0.0
            statement.payable_amount = amount if statement.direction == "payable" else 0.0

    @api.depends("amount_total", "computed_amount", "kind")
    def _compute_difference(self):
        for statement in self:
            # What a correction comes to nobody can calculate.
            is_correction = statement.kind == "adjustment"
            difference = 0 if is_correction else exact(statement.amount_total) - exact(statement.computed_amount)
            statement.difference = float(difference)
            statement.has_difference = abs(difference) > exact(TOLERANCE)

    @api.depends("invoice_ids.state", "invoice_ids.amount_total", "invoice_ids.move_type")
    def _compute_invoiced_amount(self):
        for statement in self:
            statement.invoiced_amount = float(sum(
                exact(move.amount_total) * move._get_statement_sign()
                for move in statement.invoice_ids if move.state == "posted"))

    @api.depends(
        "allocation_ids.amount", "allocation_ids.payment_id.state",
        "invoice_ids.state", "invoice_ids.amount_residual", "invoice_ids.payment_state")
    def _compute_received_amount(self):
        """Allocations count by themselves; of the invoices' own matches only those that no allocation explains."""
        matched = self.invoice_ids._get_unallocated_received()
        for statement in self:
            allocated = sum(
                exact(allocation.amount) for allocation in statement.allocation_ids
                if allocation.payment_id.state in RECEIVED_STATES)
            statement.received_amount = float(allocated + sum(matched.get(move, 0) for move in statement.invoice_ids))

    @api.depends("amount_total", "received_amount", "state")
    def _compute_open_amount(self):
        for statement in self:
            if statement.state in ("draft", "cancelled"):
                statement.open_amount = 0.0
            else:
                statement.open_amount = float(exact(statement.amount_total) - exact(statement.received_amount))

    @api.depends("invoice_ids.name", "invoice_ids.fapiao_no")
    def _compute_invoice_facts(self):
        for statement in self:
            moves = statement.invoice_ids.filtered(lambda move: move.state != "cancel")
            statement.invoice_count = len(moves)
            statement.invoice_numbers = ", ".join(move.fapiao_no or move.name or "" for move in moves)

    @api.depends("allocation_ids.payment_id", "invoice_ids.payment_state")
    def _compute_payment_count(self):
        for statement in self:
            statement.payment_count = len(statement._get_payments())

    @api.depends("line_ids.batch_ids")
    def _compute_batch_count(self):
        for statement in self:
            statement.batch_count = len(statement.line_ids.batch_ids)

    @api.depends("external_system")
    def _compute_external_label(self):
        for statement in self:
            statement.external_label = (statement.external_system or "").upper()

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        vals_list = self._draw_numbers([self._prepare_statement_values(vals) for vals in vals_list])
        # Before the insert, whose unique index can not say which statement is in the way.
        self._refuse_taken_periods([
            (vals["contract_id"], vals["direction"], vals["kind"], vals["period_start"], vals["period_end"], self.browse())
            for vals in vals_list if vals.get("contract_id") and vals.get("period_start") and vals.get("period_end")
            and vals.get("state") != "cancelled"])
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_issued(self):
        for statement in self:
            if statement.state not in ("draft", "cancelled") or statement.invoice_ids:
                raise UserError(self.env._(
                    "Statement %(statement)s is part of the books and can not be deleted. Cancel it instead.",
                    statement=statement.name))

    def _prepare_statement_values(self, vals):
        """Complete the values of a new statement from its contract."""
        contract = self.env["sale.order"].browse(vals.get("contract_id"))
        vals = {
            "partner_id": contract._get_statement_party(vals.get("direction")).id,
            "company_id": contract.company_id.id,
            "invoicing_company_id": (contract.invoicing_company_id or contract.company_id).id,
            "currency_id": contract.currency_id.id,
            "tax_rate_percent": contract.tax_rate_percent,
            "direction": "receivable",
            "kind": "regular",
            **vals,
        }
        for name in ("period_start", "period_end"):
            vals[name] = fields.Date.to_date(vals.get(name))
        return vals

    @api.model
    def _draw_numbers(self, vals_list):
        """Number the new statements that have none."""
        nameless = [vals for vals in vals_list if not vals.get("name")]
        if nameless:
            numbers = self.env["ir.sequence"]._draw_many(
                "waste.statement", [vals["period_end"] or fields.Date.context_today(self) for vals in nameless])
            for vals, number in zip(nameless, numbers, strict=True):
                vals["name"] = number
        return vals_list

    def _get_payments(self):
        """Return the payments that paid these statements, allocated or matched with their invoices."""
        return self.allocation_ids.payment_id | self.invoice_ids.reconciled_payment_ids
