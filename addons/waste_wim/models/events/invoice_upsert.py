from odoo import api, models

from .wim_event import SYSTEM

STATES = {"issued": "issued", "archived": "issued", "red": "red"}


class WimEventInvoice(models.AbstractModel):
    """Invoices that WIM's finance issued, booked in the books of the invoicing company.

    A notice that isn't issued yet is no invoice: it is noted as read and the issued one follows.
    """

    _name = "wim.event.invoice_upsert"
    _inherit = ["wim.event"]
    _description = "WIM Event: Invoice"

    @api.model
    def _apply(self, messages):
        statements = self._by_name("waste.statement", {message.payload.get("statement_no") for message in messages})
        moves = {
            move.external_key: move for move in self.env["account.move"].search([
                ("external_system", "=", SYSTEM), ("external_key", "in", [message.key for message in messages]),
            ])
        }
        todo, tells = [], []
        for message in sorted(messages, key=lambda message: message.rank):
            vals = self._prepare_values(message, statements, moves)
            if vals:
                todo.append(message)
                tells.append(vals)
        booked = self.env["waste.statement"]._register_external_invoices(SYSTEM, tells)
        keys = set()
        for message, move in zip(todo, booked, strict=True):
            if move:
                message.done()
                keys.add(f"invoice:{message.key}")
            else:
                message.park(f"invoice:{message.payload.get('red_of') or message.key}")
        return keys

    @api.model
    def _prepare_values(self, message, statements, moves):
        """Return what the message tells of an invoice, or None when there is nothing to book."""
        payload = message.payload
        move = moves.get(message.key)
        known = (move.external_versions or {}).get("state", ()) if move else ()
        if tuple(known) >= message.rank:
            message.stale()
            return None
        state = payload.get("state") or "issued"
        if state not in STATES:
            message.done()
            return None
        vals = {
            "key": message.key,
            "state": STATES[state],
            "values": {"external_versions": {"state": list(message.rank)}, "external_extra": message.extra or False},
        }
        if "statement_no" not in payload:
            return vals
        statement = self._find(message, statements, "statement_no", "statement")
        if not statement:
            return None
        return {
            **vals,
            "statement": statement,
            "amount": float(payload["amount_total"]),
            "date": self._local_date(payload.get("issued_at") or message.occurred_at),
            "fapiao_no": payload.get("invoice_no"),
            "red_of": payload.get("red_of"),
        }
