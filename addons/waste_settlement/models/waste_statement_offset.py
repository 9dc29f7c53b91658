from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import float_compare

from odoo.addons.waste_contract.tools import exact

STATES = [
    ("draft", "Draft"),
    ("rejected", "Returned"),
    ("pending", "In Approval"),
    ("approved", "Approved"),
    ("posted", "Posted"),
    ("reversed", "Reversed"),
    ("cancelled", "Cancelled"),
]


class WasteStatementOffset(models.Model):
    """What a producer owes us set off against what we owe it (抵销): only by this document, never silently (I-35).

    Both sides are listed and equal, somebody approved it, and the producer's consent is on record before it is booked.
    """

    _name = "waste.statement.offset"
    _description = "Offset of Statements"
    _inherit = ["waste.money.document"]
    _order = "id desc"

    _transitions = {
        "submit": (("draft", "rejected"), "pending"),
        "approve": (("pending",), "approved"),
        "reject": (("pending",), "rejected"),
        "post": (("approved",), "posted"),
        "reverse": (("posted",), "reversed"),
        "cancel": (("draft", "rejected", "pending", "approved"), "cancelled"),
    }
    _finance_states = ("rejected", "approved", "posted", "reversed")
    _state_to = ["approved"]
    _sealed_from = dict.fromkeys(("name", "partner_id", "company_id", "line_ids"), "pending") | dict.fromkeys(
        ("consent_by", "consent_date", "consent_attachment_ids", "date"), "posted")

    name = fields.Char("Offset No.", readonly=True, copy=False, index="trigram")
    partner_id = fields.Many2one("res.partner", "Producer", required=True, index=True, ondelete="restrict", tracking=True)
    company_id = fields.Many2one(
        "res.company", "Invoicing Company", required=True, index=True, default=lambda self: self.env.company,
        help="Both sides must be in the books of this company.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.One2many("waste.statement.offset.line", "offset_id", "Statements", copy=False)
    receivable_amount = fields.Monetary("They Owe Us", compute="_compute_amounts", store=True)
    payable_amount = fields.Monetary("We Owe Them", compute="_compute_amounts", store=True)
    date = fields.Date("Booked on", default=fields.Date.context_today, required=True)
    consent_by = fields.Char("Consent Given by", copy=False, tracking=True, help="Who agreed for the producer.")
    consent_date = fields.Date("Consent of", copy=False, tracking=True)
    consent_attachment_ids = fields.Many2many("ir.attachment", string="Proof of the Consent", copy=False, bypass_search_access=True)
    move_id = fields.Many2one("account.move", "Journal Entry", readonly=True, copy=False, index="btree_not_null", ondelete="restrict")
    state = fields.Selection(STATES, required=True, default="draft", index=True, tracking=True, copy=False)

    # COMPUTE -------------------------------------------------------------------

    @api.depends("line_ids.amount", "line_ids.direction")
    def _compute_amounts(self):
        for offset in self:
            sides = offset.line_ids.grouped("direction")
            for side, name in (("receivable", "receivable_amount"), ("payable", "payable_amount")):
                offset[name] = float(sum(exact(line.amount) for line in sides.get(side, ())))

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        numbers = iter(self.env["ir.sequence"]._draw_many(
            "waste.statement.offset", [fields.Date.context_today(self)] * len(vals_list)))
        return super().create([{**vals, "name": next(numbers)} for vals in vals_list])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        for offset in self.filtered(lambda offset: offset.state not in ("draft", "rejected", "cancelled")):
            raise UserError(self.env._("Offset %(offset)s can not be deleted any more. Cancel or reverse it.", offset=offset.name))

    # CHECKS --------------------------------------------------------------------

    def _get_move_error(self, target):
        if error := super()._get_move_error(target):
            return error
        if target in ("pending", "approved", "posted") and not self.move_id:
            if error := self._get_balance_error():
                return error
        if target == "posted" and not (self.consent_by and self.consent_date):
            return self.env._(
                "Offset %(offset)s: record first who agreed for %(partner)s and when. Nothing is set off without consent.",
                offset=self.name, partner=self.partner_id.display_name)
        return False

    def _get_balance_error(self):
        """Return why the two sides can't be set off against each other, or False."""
        self.ensure_one()
        rounding = self.currency_id.rounding
        if not self.receivable_amount or float_compare(
                self.receivable_amount, self.payable_amount, precision_rounding=rounding):
            return self.env._(
                "Offset %(offset)s: both sides must be equal and not zero; now they owe us %(theirs).2f and we owe them %(ours).2f.",
                offset=self.name, theirs=self.receivable_amount, ours=self.payable_amount)
        for line in self.line_ids:
            open_amount = abs(sum(line._get_open_items().mapped("amount_residual")))
            if float_compare(line.amount, open_amount, precision_rounding=rounding) > 0:
                return self.env._(
                    "Offset %(offset)s: of statement %(statement)s only %(open).2f is invoiced and unpaid, not %(amount).2f.",
                    offset=self.name, statement=line.statement_id.name, open=open_amount, amount=line.amount)
        return False

    # ACTION --------------------------------------------------------------------

    def action_post(self):
        """Book the offset and reconcile it with the invoices of both sides."""
        self.check_access("write")
        for offset in self:
            offset._check_state_move("posted")
            # A miscellaneous entry of the invoicing company, made for who was found to be finance just now.
            offset.sudo()._book()
            offset._transition("post")
        return True

    def action_reverse(self):
        """Take the offset back: a reversing entry, and the invoices are open again."""
        self.check_access("write")
        for offset in self:
            offset._check_state_move("reversed")
            move_sudo = offset.sudo().move_id
            move_sudo.line_ids.remove_move_reconcile()
            move_sudo._reverse_moves([{"date": fields.Date.context_today(self), "ref": offset.name}], cancel=True)
            offset._transition("reverse")
            offset.line_ids.statement_id.sudo()._follow_money()
        return True

    def action_cancel(self):
        """Give up an offset that isn't booked."""
        self.check_access("write")
        self._transition("cancel")
        return True

    # BUSINESS ------------------------------------------------------------------

    def _book(self):
        """Create and post the entry, one line for each statement, and reconcile each with its statement's invoices."""
        self.ensure_one()
        journal = self.env["account.journal"].search(
            [*self.env["account.journal"]._check_company_domain(self.company_id), ("type", "=", "general")], limit=1)
        if not journal:
            raise UserError(self.env._(
                "%(company)s has no journal for miscellaneous entries: create one in the accounting settings.",
                company=self.company_id.name))
        shares = [share for line in self.line_ids for share in line._get_shares()]
        move = self.env["account.move"].with_company(self.company_id).create({
            "move_type": "entry",
            "journal_id": journal.id,
            "date": self.date,
            "ref": self.name,
            "waste_offset_id": self.id,
            "line_ids": [Command.create({
                "name": self.env._("Offset %(offset)s, statement %(statement)s", offset=self.name, statement=line.statement_id.name),
                "account_id": item.account_id.id,
                "partner_id": item.partner_id.id,
                "debit": amount if line.direction == "payable" else 0.0,
                "credit": amount if line.direction == "receivable" else 0.0,
            }) for line, item, amount in shares],
        })
        move._post(soft=False)
        for (_line, item, _amount), booked in zip(shares, move.line_ids.sorted("id"), strict=True):
            (item + booked).reconcile()
        self.move_id = move
        self.line_ids.statement_id._follow_money()


class WasteStatementOffsetLine(models.Model):
    _name = "waste.statement.offset.line"
    _description = "Statement in an Offset"
    _inherit = ["waste.part.mixin"]
    _order = "direction desc, id"

    _part_of = "offset_id"

    offset_id = fields.Many2one("waste.statement.offset", required=True, index=True, ondelete="cascade")
    statement_id = fields.Many2one("waste.statement", "Statement", required=True, index=True, ondelete="restrict")
    direction = fields.Selection(related="statement_id.direction", store=True)
    open_amount = fields.Monetary(related="statement_id.open_amount")
    amount = fields.Monetary("Set off", required=True)
    currency_id = fields.Many2one(related="offset_id.currency_id")
    company_id = fields.Many2one(related="offset_id.company_id", store=True, index=True)

    _amount_positive = models.Constraint("CHECK(amount > 0)", "What is set off of a statement must be more than 0.")
    _statement_uniq = models.Constraint("UNIQUE(offset_id, statement_id)", "A statement is listed once in an offset.")

    @api.constrains("statement_id", "offset_id")
    def _check_statement(self):
        for line in self:
            statement, offset = line.statement_id.sudo(), line.offset_id
            if (statement.direction == "government" or statement.partner_id.commercial_partner_id != offset.partner_id.commercial_partner_id
                    or statement.invoicing_company_id != offset.company_id or statement.currency_id != offset.currency_id):
                raise ValidationError(self.env._(
                    "Statement %(statement)s is not of %(partner)s, in the books of %(company)s and in its currency: "
                    "only such ones are set off.",
                    statement=statement.name, partner=offset.partner_id.display_name, company=offset.company_id.name))

    # BUSINESS ------------------------------------------------------------------

    def _check_document_open(self):
        for offset in self.offset_id.filtered(lambda offset: offset.state not in ("draft", "rejected")):
            raise UserError(self.env._(
                "Offset %(offset)s is “%(state)s”: its statements can no longer be changed.",
                offset=offset.name, state=offset._waste_state_label(offset.state)))

    def _get_open_items(self):
        """Return the unpaid journal items of the statement's invoices, the oldest first."""
        kind = "asset_receivable" if self.direction == "receivable" else "liability_payable"
        # Documents of the invoicing company, which decides together with the operating one.
        return self.statement_id.sudo().invoice_ids.filtered(lambda move: move.state == "posted").line_ids.filtered(
            lambda item: item.account_id.account_type == kind and not item.reconciled).sorted(
                lambda item: (item.date_maturity or item.date, item.id))

    def _get_shares(self):
        """Divide the amount among the unpaid items: [(this line, item, amount)]."""
        shares, rest = [], exact(self.amount)
        for item in self._get_open_items():
            share = min(rest, abs(exact(item.amount_residual)))
            if share > 0:
                shares.append((self, item, float(share)))
                rest -= share
        return shares


class AccountMove(models.Model):
    _inherit = "account.move"

    waste_offset_id = fields.Many2one(
        "waste.statement.offset", "Offset", readonly=True, copy=False, index="btree_not_null", ondelete="restrict")
