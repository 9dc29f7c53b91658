from odoo import api, models

from .wim_event import SYSTEM


class WimEventPayment(models.AbstractModel):
    """Money that WIM saw on the bank account, and which statements it pays."""

    _name = "wim.event.payment_upsert"
    _inherit = ["wim.event"]
    _description = "WIM Event: Payment"

    @api.model
    def _apply(self, messages):
        numbers = {number for message in messages for number, _amount in message.payload.get("allocated") or []}
        refs = {
            "statements": self._by_name("waste.statement", numbers),
            "partners": self._partners({message.payload.get("partner_code") for message in messages}),
            "payments": {
                payment.external_key: payment for payment in self.env["account.payment"].search([
                    ("external_system", "=", SYSTEM), ("external_key", "in", [message.key for message in messages]),
                ])
            },
        }
        latest = {}
        for message in sorted(messages, key=lambda message: message.rank):
            vals = self._prepare_values(message, refs)
            if vals:
                overtaken = latest.get(message.key)
                if overtaken:
                    overtaken[0].stale()
                latest[message.key] = (message, vals)
                message.done()
        self.env["waste.statement"]._register_external_payments(SYSTEM, [vals for _message, vals in latest.values()])
        return {f"payment:{key}" for key in latest}

    @api.model
    def _prepare_values(self, message, refs):
        """Return what the message tells of a payment, or None after a verdict."""
        payload = message.payload
        payment = refs["payments"].get(message.key)
        known = (payment.external_versions or {}).get("payment", ()) if payment else ()
        if tuple(known) >= message.rank:
            message.stale()
            return None
        partner = self._find(message, refs["partners"], "partner_code", "partner")
        if not partner:
            return None
        allocations = []
        for index, (number, amount) in enumerate(payload.get("allocated") or []):
            statement = refs["statements"].get(number)
            if not statement:
                message.park(f"statement:{number}")
                return None
            if not self._of_company(message, statement, f"allocated[{index}][0]"):
                return None
            allocations.append((statement, float(amount)))
        return {
            "key": message.key,
            "partner": partner,
            "amount": float(payload["amount"]),
            "date": self._local_date(payload.get("paid_at") or message.occurred_at),
            "bank_ref": payload.get("bank_ref"),
            "allocations": allocations,
            "company": message.company,
            "values": {
                "external_versions": {"payment": list(message.rank)},
                "external_extra": message.extra or False,
            },
        }
