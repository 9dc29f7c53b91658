from datetime import UTC

from odoo import fields, models
from odoo.tools.misc import formatLang

from odoo.addons.waste_contract.tools import exact

from ..const import TRADE_ZONE


class WasteBatch(models.Model):
    """The life-cycle page also says what a batch's statements brought, and who invoiced them (S0-3.2.2-f/g)."""

    _inherit = "waste.batch"

    def _get_weighings(self):
        """Return {batch: weighings of its trip}; the scale weighs the vehicle, with all that is on it."""
        weighings = self.env["waste.weighing"].search([("pickup_id", "in", self.pickup_id.ids)], order="second_weighed_at, id")
        by_pickup = weighings.grouped("pickup_id")
        return {batch: by_pickup[batch.pickup_id] for batch in self if batch.pickup_id in by_pickup}

    def _get_local_inbound_at(self):
        """Return when the batch was stored, as the clock of the trade showed it, without time zone."""
        self.ensure_one()
        return self.inbound_at.replace(tzinfo=UTC).astimezone(TRADE_ZONE).replace(tzinfo=None)

    def _lifecycle_progress(self):
        """Add collection and invoice for those who may read statements; carriers and dispatchers see none of it."""
        steps = super()._lifecycle_progress()
        # The batch arrives in superuser mode: whether money is shown is decided by the user's own rights.
        if not self.env["waste.statement"].sudo(False).has_access("read"):
            return steps
        lines = self.env["waste.statement.line"].search([
            ("batch_ids", "in", self.ids), ("statement_id.state", "!=", "cancelled")])
        statements = lines.statement_id.sudo(False)._filtered_access("read").sudo()
        return [
            *steps,
            self._lifecycle_collection_step(statements.filtered(lambda statement: statement.state != "draft")),
            self._lifecycle_invoice_step(statements.invoice_ids.filtered(lambda move: move.state == "posted")),
        ]

    def _lifecycle_collection_step(self, statements):
        step = {"key": "collection", "sequence": 50, "label": self.env._("Collection")}
        if not statements:
            return {**step, "state": "todo", "date": False, "text": self.env._("No statement yet"), "facts": []}
        facts = []
        for statement in statements:
            is_sale = statement.direction != "payable"
            facts += [
                (self.env._("Statement No."), statement.name),
                (self.env._("Receivable") if is_sale else self.env._("Payable"),
                 statement._lifecycle_money(statement.amount_total)),
                (self.env._("Collected") if is_sale else self.env._("Paid"), statement._get_received_text()),
                (self.env._("Due"), self._lifecycle_day(statement._get_due_date())),
            ]
        state, text = self._get_collection_state(statements)
        paid_on = max(statements._get_payments().mapped("date"), default=False)
        return {
            **step,
            "state": state,
            "date": str(paid_on) if paid_on else False,
            "text": text,
            "facts": self._lifecycle_facts(*facts),
        }

    def _get_collection_state(self, statements):
        """Return the state and the words of the collection step."""
        if statements.filtered(lambda statement: statement.state == "disputed"):
            return "alert", self.env._("Disputed")
        is_open = statements.filtered(lambda statement: statement.state != "settled")
        if not is_open:
            return "done", self.env._("Settled")
        due = min(filter(None, (statement._get_due_date() for statement in is_open)), default=False)
        if due and due < fields.Date.context_today(self):
            return "alert", self.env._("Overdue")
        if any(is_open.mapped("received_amount")):
            return "doing", self.env._("Partly settled")
        return "doing", self.env._("Not paid yet")

    def _lifecycle_invoice_step(self, moves):
        step = {"key": "invoice", "sequence": 60, "label": self.env._("Invoicing")}
        if not moves:
            return {**step, "state": "todo", "date": False, "text": self.env._("Not invoiced yet"), "facts": []}
        moves = moves.sorted("invoice_date")
        facts = []
        for move in moves:
            facts += [
                (self.env._("Invoice No."), move.fapiao_no or move.name),
                (self.env._("Amount"), formatLang(
                    self.env, move.amount_total * move._get_statement_sign(), currency_obj=move.currency_id)),
                (self.env._("Issued by"), move.company_id.name),
                (self.env._("Issued on"), self._lifecycle_day(move.invoice_date)),
            ]
        is_void = not sum(exact(move.amount_total) * move._get_statement_sign() for move in moves)
        return {
            **step,
            "state": "doing" if is_void else "done",
            "date": str(moves[-1].invoice_date),
            "text": self.env._("Red-lettered") if is_void else self.env._("Invoiced"),
            "facts": self._lifecycle_facts(*facts),
        }
