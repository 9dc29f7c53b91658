from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, float_is_zero
from odoo.tools.misc import formatLang

from odoo.addons.waste_contract.tools import exact

# States that invoices and payments imply; nobody types them.
MONEY_STATES = ("invoiced", "settled")


class WasteStatement(models.Model):
    """The life of a statement: people approve, confirm and dispute; invoices and payments do the rest."""

    _inherit = "waste.statement"

    _transitions = {
        "approve": (("draft",), "approved"),
        "confirm": (("approved",), "confirmed"),
        "dispute": (("approved", "confirmed"), "disputed"),
        "resolve": (("disputed",), "approved"),
        "revise": (("approved", "disputed"), "draft"),
        "cancel": (("draft", "approved", "disputed"), "cancelled"),
        # Followed from invoices and payments; the way back is a red-letter invoice or a reversed payment.
        "invoice": (("approved", "confirmed", "settled"), "invoiced"),
        "settle": (("approved", "confirmed", "invoiced"), "settled"),
        "uninvoice": (("invoiced", "settled"), "confirmed"),
        "uninvoice_unconfirmed": (("invoiced", "settled"), "approved"),
    }
    _sealed_from = {
        "name": "approved",
        "contract_id": "approved",
        "partner_id": "approved",
        "direction": "approved",
        "kind": "approved",
        "period_start": "approved",
        "period_end": "approved",
        "company_id": "approved",
        "invoicing_company_id": "approved",
        "currency_id": "approved",
        "tax_rate_percent": "confirmed",
        "external_amount": "confirmed",
        "external_quantity_kg": "confirmed",
    }

    # CRUD ----------------------------------------------------------------------

    def write(self, vals):
        if vals.get("state") in MONEY_STATES and not self.env.su:
            for statement in self.filtered(lambda statement: statement.state != vals["state"]):
                raise UserError(self.env._(
                    "Statement %(statement)s follows its invoices and payments: post them instead of typing its state.",
                    statement=statement.name))
        return super().write(vals)

    # ACTION --------------------------------------------------------------------

    def action_refresh(self):
        """Recalculate from the accepted batches."""
        self.check_access("write")
        self._refresh(self.contract_id)
        return True

    def action_approve(self):
        """Release drafts to the producer, who sees them on his page from now on."""
        self.check_access("write")
        drafts = self.filtered(lambda statement: statement.state == "draft")
        drafts._refresh(drafts.contract_id)
        for statement in drafts.filtered(lambda statement: statement.problem and not statement.external_system):
            raise UserError(self.env._(
                "Statement %(statement)s can not be calculated: %(problem)s",
                statement=statement.name, problem=statement.problem))
        for statement in drafts.filtered(lambda statement: not statement.line_ids and not statement.external_system):
            raise UserError(self.env._(
                "Statement %(statement)s has nothing to settle: no batch was accepted in its period. Cancel it.",
                statement=statement.name))
        for issue_no, statements in drafts.grouped("issue_no").items():
            statements._transition("approve", approved_at=fields.Datetime.now(), issue_no=issue_no + 1, reminded_at=False)
        (self - drafts)._transition("approve")
        self._follow_money()
        return True

    def action_confirm(self):
        """Record that the producer agrees, when he said so by other means than his page."""
        self.check_access("write")
        self._confirm()
        return True

    def action_dispute(self, reason=None):
        """Record that the producer disagrees; without a reason, ask for it."""
        self.check_access("write")
        if (reason or "").strip():
            self._dispute(reason)
            return True
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why is the statement disputed?"),
            "res_model": "waste.statement.dispute",
            "view_mode": "form",
            "target": "new",
            "context": {"default_statement_ids": self.ids},
        }

    def action_resolve(self):
        """Put a disputed statement before the producer again as it is."""
        self.check_access("write")
        self._transition("resolve")
        self._close_dispute()
        self._follow_money()
        return True

    def action_revise(self):
        """Take a statement back to draft, to calculate it anew."""
        self.check_access("write")
        for statement in self.filtered("external_system"):
            raise UserError(self.env._(
                "Statement %(statement)s is kept by %(system)s; change it there.",
                statement=statement.name, system=statement.external_system.upper()))
        self._transition("revise", approved_at=False, confirmed_at=False, confirmed_by_id=False)
        self._close_dispute("accept")
        self._refresh(self.contract_id)
        return True

    def action_cancel(self):
        """Give the statement up; its period is free for another one."""
        self.check_access("write")
        for statement in self.filtered("allocation_ids"):
            raise UserError(self.env._(
                "Statement %(statement)s has payments allocated to it. Take them off first.", statement=statement.name))
        self._transition("cancel")
        self._close_dispute()
        return True

    # BUSINESS ------------------------------------------------------------------

    def _confirm(self):
        """Move to confirmed in the name of the current user, and further when the money is there already."""
        self._transition("confirm", confirmed_at=fields.Datetime.now(), confirmed_by_id=self.env.uid)
        self._follow_money()

    def _dispute(self, reason):
        """Move to disputed and tell the salesperson why."""
        for statement in self:
            statement._object(reason)

    def _follow_money(self):
        """Bring the states along after an invoice or a payment came, went or changed. To be called by whoever did that.

        Drafts, disputed and cancelled statements stay as they are.
        """
        # The state follows from documents of the invoicing company, which the user may not be in.
        verbs = {}
        for statement in self.sudo():
            verb = statement._get_money_verb()
            if verb:
                verbs[verb] = verbs.get(verb, statement.browse()) + statement
        for verb, statements in verbs.items():
            statements._transition(verb)

    def _get_money_verb(self):
        """Return the move that invoices and payments ask for, or False."""
        self.ensure_one()
        if self.state not in ("approved", "confirmed", *MONEY_STATES):
            return False
        if self._is_paid():
            return self.state != "settled" and "settle"
        if not float_is_zero(self.invoiced_amount, precision_rounding=self.currency_id.rounding):
            return self.state != "invoiced" and "invoice"
        if self.state in MONEY_STATES:
            return "uninvoice" if self.confirmed_at else "uninvoice_unconfirmed"
        return False

    def _is_paid(self):
        """A statement over nothing is paid as soon as nobody has to agree any more; one below zero when we paid back."""
        sign = -1 if self.amount_total < 0 else 1
        if float_compare(
                sign * self.received_amount, sign * self.amount_total, precision_rounding=self.currency_id.rounding) < 0:
            return False
        return bool(self.amount_total or self.external_system or self.state != "approved")

    # WORDS FOR THE LIFE-CYCLE PAGE -------------------------------------------

    def _lifecycle_money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _get_received_text(self):
        """Return what was received and its share: 2,000.00 (41.9 %)."""
        self.ensure_one()
        received = self._lifecycle_money(self.received_amount)
        if not self.amount_total:
            return received
        return self.env._(
            "%(amount)s (%(percent)s %%)", amount=received,
            percent=f"{exact(self.received_amount) / exact(self.amount_total) * 100:.1f}")

    def _get_due_date(self):
        """Return the last due day of the open invoices, or False."""
        self.ensure_one()
        invoices = self.invoice_ids.filtered(
            lambda move: move.state == "posted" and move._get_statement_sign() > 0 and move.payment_state != "reversed")
        return max(filter(None, invoices.mapped("invoice_date_due")), default=False)
