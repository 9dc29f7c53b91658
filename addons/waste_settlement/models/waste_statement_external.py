from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_compare

from odoo.addons.waste.tools.changes import is_change
from odoo.addons.waste_contract.tools import exact

# How far a state that another system sends goes; what it says of money follows from invoices and payments here.
FORWARD_VERBS = {"approved": ("approve",), "confirmed": ("approve", "confirm")}


class WasteStatement(models.Model):
    """What another system says of statements, invoices and payments; its keys are remembered, so that repeats change nothing.

    To be called in superuser mode by the room that speaks with that system.
    """

    _inherit = "waste.statement"

    # STATEMENTS ----------------------------------------------------------------

    @api.model
    def _create_external(self, vals_list):
        """Take over statements that another system keeps.

        A draft of ours for the same contract, direction and period becomes the other system's; its number stays in the
        chatter. To be followed by `_refresh` of the contracts.

        :param vals_list: values as for ``create``, with ``external_system``, ``external_key``, ``external_amount``,
            ``external_quantity_kg`` and, optional, ``state`` draft, approved or confirmed
        :return: the statements, in the order given
        :raise UserError: when a statement of ours is approved already
        """
        drafts = self.search([
            ("contract_id", "in", [vals["contract_id"] for vals in vals_list]),
            ("external_system", "=", False), ("state", "=", "draft"),
        ])
        drafts_by_period = {
            (draft.contract_id.id, draft.direction, draft.period_start, draft.period_end): draft for draft in drafts}
        vals_list = [{**vals, "state": self._get_external_state(vals.get("state"))} for vals in vals_list]
        taken = {}
        births = []
        for position, vals in enumerate(vals_list):
            draft = drafts_by_period.pop(
                (vals["contract_id"], vals.get("direction"), vals["period_start"], vals["period_end"]), None)
            if draft:
                draft.message_post(body=self.env._(
                    "%(name)s is kept by %(system)s as %(number)s from now on.",
                    name=draft.name, system=vals["external_system"].upper(), number=vals.get("name")))
                draft._update_external(vals)
                taken[position] = draft
            else:
                births.append(vals)
        created = iter(self.create(births))
        statements = self.union(*(taken.get(position) or next(created) for position in range(len(vals_list))))
        statements._follow_money()
        return statements

    def _update_external(self, vals):
        """Write what another system changed on one statement; a state it reached before isn't taken back.

        :raise UserError: when a confirmed or invoiced amount would change
        """
        self.ensure_one()
        vals = dict(vals)
        state = vals.pop("state", None)
        if self.state == "disputed" and any(
                is_change(self, name, vals[name]) for name in ("external_amount", "external_quantity_kg") if name in vals):
            # A corrected amount answers the dispute.
            self._transition("resolve")
            self._close_dispute("accept")
        self.write(vals)
        if state == "cancelled":
            self.action_cancel()
        elif state and self._waste_states().index(state) > self._waste_states().index(self.state):
            for verb in FORWARD_VERBS.get(self._get_external_state(state), ()):
                if self.state in self._transitions[verb][0]:
                    self._transition(verb)
        self._follow_money()

    @api.model
    def _get_external_state(self, state):
        """Return the state a statement is born in; invoices and payments say the rest."""
        if state in ("invoiced", "settled"):
            return "approved"
        return state or "draft"

    # INVOICES ------------------------------------------------------------------

    @api.model
    def _register_external_invoices(self, system, vals_list):
        """Book invoices that another system issued, in the books of the statements' invoicing companies.

        One dict each:

        - ``key``: number of the invoice in the other system; the same key again changes nothing but ``fapiao_no``
        - ``state``: 'issued', or 'red' when the invoice was red-lettered
        - ``statement``: `waste.statement`, empty when unknown; ``amount`` tax included, less than 0 on a red-letter
          invoice; ``date``; ``fapiao_no`` optional; ``red_of``: key of the original, on a red-letter invoice
        - ``values``: optional further fields, such as ``external_versions``

        A red-letter invoice becomes a credit note, matched with its original; payments of the original become open
        credits, until the next invoice of the statement takes them.

        :param system: name of the other system, such as 'wim'
        :return: list of `account.move` in the order given; False where the original or the statement isn't known yet
        :raise UserError: when an amount differs from the one booked, or a statement would be invoiced above its amount
        """
        keys = {vals["key"] for vals in vals_list} | {vals.get("red_of") for vals in vals_list}
        moves = {
            move.external_key: move for move in self.env["account.move"].search(
                [("external_system", "=", system), ("external_key", "in", list(keys - {None, False}))])
        }
        births = [
            vals for vals in vals_list
            if vals["key"] not in moves and vals.get("statement") and not vals.get("red_of")
        ]
        births = list({vals["key"]: vals for vals in reversed(births)}.values())[::-1]
        created = self._create_invoices([
            {
                "statement": vals["statement"],
                "amount": vals["amount"],
                "date": vals["date"],
                "values": self._prepare_external_values(system, vals),
            }
            for vals in births
        ])
        moves.update({move.external_key: move for move in created})
        for vals in vals_list:
            if vals.get("red_of") and vals["key"] not in moves and vals["red_of"] in moves:
                moves[vals["key"]] = self._create_red_invoice(system, vals, moves[vals["red_of"]])
        return [self._update_external_invoice(moves.get(vals["key"]), vals) for vals in vals_list]

    @api.model
    def _prepare_external_values(self, system, vals):
        return {
            **vals.get("values", {}),
            "external_system": system,
            "external_key": vals["key"],
            "fapiao_no": vals.get("fapiao_no"),
            "fapiao_state": vals.get("state") or "issued",
        }

    @api.model
    def _create_red_invoice(self, system, vals, original):
        """Create and post the credit note of ``original``; matched as far as it goes."""
        statement = original.waste_statement_id
        amount = -abs(vals["amount"])
        if not float_compare(-amount, original.amount_total, precision_rounding=original.currency_id.rounding):
            # The whole invoice is void: what was paid on it is free for the next one.
            original.line_ids.remove_move_reconcile()
        original.fapiao_state = "red"
        return self._create_invoices([{
            "statement": statement,
            "amount": amount,
            "date": vals["date"],
            "values": {**self._prepare_external_values(system, vals), "reversed_entry_id": original.id,
                       "waste_application_id": original.waste_application_id.id},
        }])

    @api.model
    def _update_external_invoice(self, move, vals):
        """Write what may still change on a booked invoice.

        :return: the move, or False
        """
        if not move:
            return False
        if vals.get("amount") is not None and float_compare(
                abs(vals["amount"]), move.amount_total, precision_rounding=move.currency_id.rounding):
            raise UserError(self.env._(
                "Invoice %(invoice)s is booked with %(booked).2f and can not become %(amount).2f: issue a red-letter invoice.",
                invoice=vals["key"], booked=move.amount_total, amount=abs(vals["amount"])))
        changes = {**vals.get("values", {})}
        if vals.get("fapiao_no"):
            changes["fapiao_no"] = vals["fapiao_no"]
        if vals.get("state") == "red":
            changes["fapiao_state"] = "red"
        changes = {name: value for name, value in changes.items() if is_change(move, name, value)}
        if changes:
            move.write(changes)
        return move

    # PAYMENTS ------------------------------------------------------------------

    @api.model
    def _register_external_payments(self, system, vals_list):
        """Book payments that another system saw on the bank account, and match them with the statements' invoices.

        One dict each:

        - ``key``: number of the payment in the other system; the same key again changes nothing, unless amount, date,
          partner or allocations differ: then the payment is booked anew
        - ``partner``: `res.partner` who paid; ``amount``; ``date``; ``bank_ref``: the bank's number, once only
        - ``allocations``: list of (`waste.statement`, amount); ``company``: `res.company`, needed without allocations
        - ``values``: optional further fields, such as ``external_versions``

        A transfer that was registered by hand before is taken over, not booked again.
        What an invoice asks later is matched with the allocation when that invoice is posted.

        :return: list of `account.payment` in the order given
        :raise UserError: when allocations exceed the amount, a bank reference is used twice, the statements belong to
            several invoicing companies or directions, or the company has no bank journal
        """
        keys = [vals["key"] for vals in vals_list]
        payments = {
            payment.external_key: payment for payment in self.env["account.payment"].search(
                [("external_system", "=", system), ("external_key", "in", keys)])
        }
        journals = {}
        prepared = [self._prepare_external_payment(system, vals, journals) for vals in vals_list]
        births = {values["external_key"]: values for values in reversed(prepared) if values["external_key"] not in payments}
        adopted = self.env["waste.collection"]._find_same_transfers(births.values())
        for key, collection in adopted.items():
            if collection.payment_id:
                # Booked by hand already: the payment is the other system's from now on, and follows it below.
                births.pop(key)
                payments[key] = collection.payment_id
                payments[key].write({"external_system": system, "external_key": key})
        created = self.env["account.payment"].create(list(births.values())[::-1])
        payments.update({payment.external_key: payment for payment in created})
        for key, collection in adopted.items():
            collection._adopt_payment(payments[key])
        created.action_post()
        for values in prepared:
            if values is not births.get(values["external_key"]):
                payments[values["external_key"]]._update_from_external(values)
        return [payments[key] for key in keys]

    @api.model
    def _prepare_external_payment(self, system, vals, journals):
        """Return the values of an `account.payment`.

        :param journals: {company: bank journal} of those looked up before
        """
        statements = self.union(*(statement for statement, _amount in vals["allocations"]))
        company = statements.invoicing_company_id or vals.get("company")
        directions = {statement.direction == "payable" for statement in statements} or {False}
        if not company or len(company) > 1 or len(directions) > 1:
            raise UserError(self.env._(
                "Payment %(payment)s must name one company and one direction: its statements are %(statements)s.",
                payment=vals["key"], statements=", ".join(statements.mapped("name")) or "-"))
        is_inbound = directions == {False}
        shares = defaultdict(lambda: exact(0))
        for statement, amount in vals["allocations"]:
            shares[statement.id] += exact(amount)
        if company not in journals:
            journals[company] = self.env["account.journal"].search(
                [*self.env["account.journal"]._check_company_domain(company), ("type", "=", "bank")], limit=1)
        if not journals[company]:
            raise UserError(self.env._(
                "%(company)s has no bank journal: create one in the accounting settings, then try again.", company=company.name))
        return {
            **vals.get("values", {}),
            "external_system": system,
            "external_key": vals["key"],
            "company_id": company.id,
            "journal_id": journals[company].id,
            "payment_type": "inbound" if is_inbound else "outbound",
            "partner_type": "customer" if is_inbound else "supplier",
            "partner_id": vals["partner"].id,
            "currency_id": company.currency_id.id,
            "amount": vals["amount"],
            "date": vals["date"],
            "bank_ref": vals.get("bank_ref") or False,
            "memo": " ".join(filter(None, [vals.get("bank_ref"), ", ".join(statements.mapped("name"))])),
            "waste_allocation_ids": [
                Command.create({"statement_id": statement_id, "amount": float(share)}) for statement_id, share in shares.items()],
        }
