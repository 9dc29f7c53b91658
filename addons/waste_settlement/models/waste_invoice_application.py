from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.waste_contract.tools import exact

from .waste_fapiao_data import FAPIAO_FIELDS

STATES = [
    ("draft", "Draft"),
    ("rejected", "Returned"),
    ("pending", "In Approval"),
    ("to_issue", "To Issue"),
    ("issued", "Issued"),
    ("archived", "Archived"),
    ("red", "Red-Lettered"),
    ("cancelled", "Cancelled"),
]


class WasteInvoiceApplication(models.Model):
    """Somebody asks for an invoice (开票申请): of a confirmed statement, or of a contract in advance.

    One application becomes one invoice. What is asked is here, its life in ``waste_invoice_application_life.py``,
    the invoice itself in ``waste_invoice_application_issue.py``.
    """

    _name = "waste.invoice.application"
    _description = "Invoice Application"
    _inherit = ["waste.money.document", "waste.fapiao.data"]
    _order = "id desc"
    _rec_names_search = ["name", "contract_id.name", "partner_id.name", "fapiao_no"]
    _check_company_auto = True

    name = fields.Char("Application No.", readonly=True, copy=False, index="trigram")
    contract_id = fields.Many2one(
        "sale.order", "Contract", required=True, index=True, ondelete="restrict", check_company=True, tracking=True,
        domain="[('business_id', '!=', False), ('contract_state', 'in', ('active', 'expired', 'terminated'))]")
    statement_id = fields.Many2one(
        "waste.statement", "Statement", index="btree_not_null", ondelete="restrict", check_company=True, tracking=True,
        domain="[('contract_id', '=', contract_id), ('direction', '!=', 'payable'), ('state', 'in', ('confirmed', 'invoiced'))]",
        help="The confirmed statement to invoice. Empty: an advance invoice of the contract.")
    party_id = fields.Many2one("res.partner", "Contract Party", compute="_compute_party_id")
    partner_id = fields.Many2one("res.partner", "Buyer", required=True, index=True, ondelete="restrict", tracking=True)
    buyer_authorisation = fields.Char(
        tracking=True, help="What the contract party wrote to let another company be the buyer, such as the number of its letter.")
    business_id = fields.Many2one(
        "waste.business", "Business", related="contract_id.business_id", store=True, index="btree_not_null")
    user_id = fields.Many2one(
        "res.users", "Salesperson", related="contract_id.user_id", store=True, index="btree_not_null")
    company_id = fields.Many2one("res.company", "Operating Company", required=True, index=True)
    invoicing_company_id = fields.Many2one("res.company", "Issuing Company", required=True, index=True)

    line_ids = fields.One2many("waste.invoice.application.line", "application_id", "Lines", copy=False)
    currency_id = fields.Many2one("res.currency", required=True)
    amount_total = fields.Monetary("Amount", compute="_compute_amount_total", store=True, tracking=True, help="Tax included.")
    amount_tax = fields.Monetary("Tax", compute="_compute_amount_total", store=True)

    state = fields.Selection(STATES, required=True, default="draft", index=True, tracking=True, copy=False, group_expand=True)
    note = fields.Text("Remark", help="For the one who issues: words the customer wants on the fapiao, a wanted day.")
    is_from_portal = fields.Boolean("Asked by the Customer", readonly=True, copy=False)
    date_applied = fields.Date("Applied on", default=fields.Date.context_today, copy=False)

    fapiao_no = fields.Char("Fapiao No.", copy=False, tracking=True)
    fapiao_date = fields.Date("Fapiao Date", copy=False, tracking=True)
    fapiao_pdf = fields.Binary("Fapiao PDF", attachment=True, copy=False)
    fapiao_pdf_name = fields.Char(compute="_compute_fapiao_pdf_name")
    invoice_ids = fields.One2many("account.move", "waste_application_id", "Invoices", copy=False)
    invoice_count = fields.Integer(compute="_compute_invoiced_amount", store=True, compute_sudo=True)
    red_fapiao_numbers = fields.Char("Red-Letter Fapiao No.", compute="_compute_red_fapiao_numbers", compute_sudo=True)
    invoiced_amount = fields.Monetary(
        "Invoiced", compute="_compute_invoiced_amount", store=True, compute_sudo=True, help="Invoices less red-letter invoices.")

    _name_uniq = models.Constraint("UNIQUE(name)", "An invoice application with this number exists already.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends("contract_id.partner_id", "statement_id.partner_id")
    def _compute_party_id(self):
        for application in self:
            application.party_id = application.statement_id.partner_id or application.contract_id.partner_id

    @api.depends("line_ids.amount", "line_ids.amount_tax")
    def _compute_amount_total(self):
        for application in self:
            application.amount_total = float(sum(exact(amount) for amount in application.line_ids.mapped("amount")))
            application.amount_tax = float(sum(exact(amount) for amount in application.line_ids.mapped("amount_tax")))

    @api.depends("fapiao_no", "name")
    def _compute_fapiao_pdf_name(self):
        for application in self:
            application.fapiao_pdf_name = f"{application.fapiao_no or application.name or ''}.pdf"

    @api.depends("invoice_ids.state", "invoice_ids.amount_total", "invoice_ids.move_type")
    def _compute_invoiced_amount(self):
        for application in self:
            posted = application.invoice_ids.filtered(lambda move: move.state == "posted")
            application.invoice_count = len(posted)
            application.invoiced_amount = float(sum(
                exact(move.amount_total) * move._get_statement_sign() for move in posted))

    @api.depends("invoice_ids.red_fapiao_numbers")
    def _compute_red_fapiao_numbers(self):
        for application in self:
            application.red_fapiao_numbers = ", ".join(filter(None, application.invoice_ids.mapped("red_fapiao_numbers")))

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains("contract_id", "statement_id")
    def _check_statement(self):
        for application in self:
            statement = application.statement_id
            if not application.contract_id.business_id:
                raise ValidationError(self.env._(
                    "%(contract)s is not a waste contract: invoices are applied for contracts of a business.",
                    contract=application.contract_id.name))
            if statement and statement.contract_id != application.contract_id:
                raise ValidationError(self.env._(
                    "Statement %(statement)s is not of contract %(contract)s: choose one of its own.",
                    statement=statement.name, contract=application.contract_id.name))
            if statement.direction == "payable":
                raise ValidationError(self.env._(
                    "Statement %(statement)s is what we owe: its invoice comes from the producer.", statement=statement.name))

    @api.constrains("contract_id", "currency_id")
    def _check_currency(self):
        for application in self:
            agreed = application.contract_id.currency_id
            if application.currency_id != agreed:
                raise ValidationError(self.env._(
                    "Invoice application %(application)s is in %(currency)s, but contract %(contract)s is in %(agreed)s: "
                    "amounts of two currencies are never added up.",
                    application=application.name, currency=application.currency_id.name,
                    contract=application.contract_id.name, agreed=agreed.name))

    # ONCHANGE ------------------------------------------------------------------

    @api.onchange("contract_id", "statement_id")
    def _onchange_contract_id(self):
        contract = self.contract_id
        if not contract:
            return
        if self.statement_id.contract_id != contract:
            self.statement_id = False
        self.update({name: value for name, value in self._prepare_contract_values(contract, self.statement_id).items() if name != "name"})
        self.line_ids = [fields.Command.clear(), *(
            fields.Command.create(vals) for vals in self._prepare_lines(contract, self.statement_id))]

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.partner_id:
            self.update(self.partner_id._prepare_fapiao_data())

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        return super().create([self._prepare_application_values(vals) for vals in vals_list])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        for application in self:
            if application.state not in ("draft", "rejected", "cancelled"):
                raise UserError(self.env._(
                    "Invoice application %(application)s is under way and can not be deleted. Cancel it instead.",
                    application=application.name))

    def _prepare_application_values(self, vals):
        """Complete the values of a new application from its statement, contract and buyer."""
        statement = self.env["waste.statement"].browse(vals.get("statement_id"))
        contract = statement.contract_id or self.env["sale.order"].browse(vals.get("contract_id"))
        if not contract:
            raise UserError(self.env._("An invoice application needs its contract: choose one."))
        vals = {**self._prepare_contract_values(contract, statement), **vals, "contract_id": contract.id}
        partner = self.env["res.partner"].browse(vals["partner_id"])
        data = partner._prepare_fapiao_data()
        vals.update({name: vals.get(name) or data[name] for name in FAPIAO_FIELDS})
        if not vals.get("line_ids"):
            vals["line_ids"] = [fields.Command.create(line) for line in self._prepare_lines(contract, statement)]
        if not vals.get("name"):
            vals["name"] = self.env["ir.sequence"].next_by_code("waste.invoice.application")
        return vals

    @api.model
    def _prepare_contract_values(self, contract, statement):
        return {
            "partner_id": (statement or contract).partner_id.id,
            "company_id": contract.company_id.id,
            "invoicing_company_id": (contract.invoicing_company_id or contract.company_id).id,
            "currency_id": contract.currency_id.id,
        }

    @api.model
    def _prepare_lines(self, contract, statement):
        """Return the values of the lines that are usually wanted: what the statement, else the contract, has open."""
        if not statement:
            amount = max(contract.uninvoiced_amount, 0.0)
            return [{
                "name": self.env._("Waste service, contract %(contract)s", contract=contract.name),
                "amount": amount, "tax_rate_percent": contract.tax_rate_percent}] if amount else []
        if not statement.invoiced_amount and statement._is_sum_of_lines():
            return self._prepare_statement_lines(statement)
        rest = float(exact(statement.amount_total) - exact(statement.invoiced_amount))
        return [{"name": statement._get_invoice_label(), "amount": rest, "tax_rate_percent": statement.tax_rate_percent}]

    @api.model
    def _prepare_statement_lines(self, statement):
        """Return the statement line by line; what is taken off, such as an advance, is taken off what has the same rate.

        :raise UserError: when less than nothing is left, which a red-letter invoice pays back
        """
        if all(line.amount >= 0 for line in statement.line_ids):
            return [
                {
                    "name": f"{line.name}\n{line.explanation or ''}".strip(),
                    "amount": line.amount,
                    "tax_rate_percent": line.tax_rate_percent,
                }
                for line in statement.line_ids if line.amount]
        wanted = []
        for rate, lines in statement.line_ids.grouped("tax_rate_percent").items():
            amount = float(sum(exact(amount) for amount in lines.mapped("amount")))
            if amount < 0:
                raise UserError(self.env._(
                    "Statement %(statement)s comes to %(amount).2f at %(rate)s %%: that is paid back by a red-letter invoice, "
                    "not applied for.", statement=statement.name, amount=amount, rate=f"{rate:g}"))
            if amount:
                parts = [f"{line.name}: {line.amount:,.2f}" for line in lines if line.amount]
                wanted.append({
                    "name": "\n".join([statement._get_invoice_label(), *parts]), "amount": amount, "tax_rate_percent": rate})
        return wanted
