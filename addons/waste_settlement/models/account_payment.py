from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from odoo.addons.waste.tools.changes import is_change
from odoo.addons.waste_contract.tools import exact

# A change of these moves the statements that the payment pays.
MONEY_FIELDS = {"state", "amount", "waste_allocation_ids"}


class AccountPayment(models.Model):
    """A payment says which statements it pays; each share is a journal item of its own, so that it is matched exactly."""

    _name = "account.payment"
    _inherit = ["account.payment", "waste.external.mixin"]

    _external_fields = frozenset({"amount", "date", "partner_id", "bank_ref", "waste_allocation_ids"})

    bank_ref = fields.Char("Bank Reference", copy=False, tracking=True, help="The bank's own number of the transfer.")
    waste_allocation_ids = fields.One2many("waste.payment.allocation", "payment_id", "Statements Paid", copy=False)
    waste_unallocated_amount = fields.Monetary("Not Allocated", compute="_compute_waste_unallocated_amount")

    _bank_ref_uniq = models.UniqueIndex(
        "(bank_ref) WHERE bank_ref IS NOT NULL AND state NOT IN ('canceled', 'rejected')",
        "Another payment already has this bank reference: a transfer is booked once.")

    # COMPUTE -------------------------------------------------------------------

    @api.depends("amount", "waste_allocation_ids.amount")
    def _compute_waste_unallocated_amount(self):
        for payment in self:
            payment.waste_unallocated_amount = float(
                exact(payment.amount) - payment.waste_allocation_ids._get_amount_sum())

    # CONSTRAINT ----------------------------------------------------------------

    @api.constrains("amount")
    def _check_allocated_amount(self):
        for payment in self:
            if not payment.waste_allocation_ids._is_within(payment.amount):
                raise ValidationError(self.env._(
                    "Payment %(payment)s over %(amount).2f can not pay statements with %(allocated).2f together.",
                    payment=payment.bank_ref or payment.display_name, amount=payment.amount,
                    allocated=payment.waste_allocation_ids._get_amount_sum()))

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_booked_references([vals["bank_ref"] for vals in vals_list if vals.get("bank_ref")])
        return super().create(vals_list)

    def write(self, vals):
        if not MONEY_FIELDS & vals.keys() or self.env.context.get("waste_money_followed_later"):
            return super().write(vals)
        statements = self.waste_allocation_ids.statement_id
        result = super().write(vals)
        (statements | self.waste_allocation_ids.statement_id)._follow_money()
        return result

    def unlink(self):
        statements = self.waste_allocation_ids.statement_id
        result = super().unlink()
        statements._follow_money()
        return result

    # ACTION --------------------------------------------------------------------

    def action_post(self):
        self._rebook_allocations()
        # Odoo moves each payment by a write of its own; the statements follow once, all together.
        result = super(AccountPayment, self.with_context(waste_money_followed_later=True)).action_post()
        # Invoices of the payment's own company, which is the statements' invoicing company.
        statements_sudo = self.waste_allocation_ids.statement_id.sudo()
        statements_sudo._match_payments()
        statements_sudo._follow_money()
        return result

    # HOOKS ---------------------------------------------------------------------

    def _prepare_move_line_default_vals(self, write_off_line_vals=None, force_balance=None):
        """Split the counterpart by statement; what is not allocated stays one journal item."""
        line_vals_list = super()._prepare_move_line_default_vals(write_off_line_vals, force_balance)
        if not self.waste_allocation_ids:
            return line_vals_list
        liquidity, counterpart, *others = line_vals_list
        rest = self._split_share(counterpart, exact(self.amount) - self.waste_allocation_ids._get_amount_sum())
        shares = [
            {
                **self._split_share(counterpart, exact(allocation.amount)),
                "name": allocation.statement_id.name,
                "waste_allocation_id": allocation.id,
            }
            for allocation in self.waste_allocation_ids
        ]
        if rest["amount_currency"]:
            shares.append(rest)
        return [liquidity, *shares, *others]

    def _synchronize_to_moves(self, changed_fields):
        """Rebuild the entry of a payment with several shares; Odoo's own way expects one counterpart."""
        split = self.filtered("waste_allocation_ids")
        if set(self._get_trigger_fields_to_synchronize()) & set(changed_fields):
            split._rebook_allocations()
        return super(AccountPayment, self - split)._synchronize_to_moves(changed_fields)

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _refuse_booked_references(self, references):
        """Raise when a transfer is booked already (I-34), before the insert, whose index can not say with which payment."""
        if not references:
            return
        # The reference may be in the books of another company of the group.
        booked = self.sudo().search([("bank_ref", "in", references), ("state", "not in", ("canceled", "rejected"))])
        numbers = {payment.bank_ref: payment.external_key or payment.name or "-" for payment in booked}
        for reference in references:
            if reference in numbers or references.count(reference) > 1:
                raise ValidationError(self.env._(
                    "Bank reference %(reference)s is booked already, with payment %(payment)s: a transfer is booked once.",
                    reference=reference, payment=numbers.get(reference, "-")))

    def _rebook_allocations(self):
        """Rewrite the draft entries so that their journal items are the shares as they are now."""
        for payment in self.filtered("waste_allocation_ids"):
            if payment.move_id.state == "draft":
                payment.move_id.with_context(skip_invoice_sync=True).write({
                    "date": payment.date,
                    "partner_id": payment.partner_id.id,
                    "line_ids": [
                        Command.clear(),
                        *(Command.create(vals) for vals in payment._prepare_move_line_default_vals()),
                    ],
                })

    def _update_from_external(self, values):
        """Book a payment anew when the other system changed it; the journal entry keeps its number.

        :param values: as for ``create``, see `waste.statement._register_external_payments`
        """
        self.ensure_one()
        values = dict(values)
        commands = values.pop("waste_allocation_ids")
        booked = {allocation.statement_id.id: allocation.amount for allocation in self.waste_allocation_ids}
        if self._keeps_allocations_by_hand(commands):
            commands = [Command.create({"statement_id": statement_id, "amount": amount}) for statement_id, amount in booked.items()]
            values.pop("memo")
        if not values["bank_ref"]:
            # What the bank called the transfer isn't forgotten because the other system doesn't say it.
            values.pop("bank_ref")
        wanted = {command[2]["statement_id"]: command[2]["amount"] for command in commands}
        changes = {name: value for name, value in values.items() if is_change(self, name, value)}
        notes = {name: changes.pop(name) for name in ("external_versions", "external_extra") if name in changes}
        if notes:
            self.write(notes)
        if booked == wanted and not changes:
            return
        self.action_draft()
        self.waste_allocation_ids.unlink()
        self.write({**changes, "waste_allocation_ids": commands})
        self.action_post()

    def _split_share(self, line_vals, amount):
        """Return the values of a journal item with ``amount`` (Decimal) on the same side, in the payment's currency."""
        sign = 1 if self.payment_type == "outbound" else -1
        amount_currency = sign * float(amount)
        balance = self.currency_id._convert(amount_currency, self.company_id.currency_id, self.company_id, self.date)
        return {**line_vals, "amount_currency": amount_currency, "debit": max(balance, 0.0), "credit": max(-balance, 0.0)}
