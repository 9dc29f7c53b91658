from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, float_is_zero

from odoo.addons.waste_contract.tools import exact, half_up

from .waste_statement_amounts import EMPTY_LINE

# Statements that somebody was told of; a draft is simply calculated anew.
ADJUSTABLE_STATES = ("approved", "confirmed", "invoiced", "settled")


class WasteStatement(models.Model):
    """Corrections after the fact: a signed statement of its own, linked to the one it corrects.

    It goes the same way, producer and all; below zero its invoice is a red-letter one of the original's.
    """

    _inherit = "waste.statement"

    origin_id = fields.Many2one(
        "waste.statement", "Corrects", readonly=True, copy=False, index="btree_not_null", ondelete="restrict", check_company=True)
    adjustment_ids = fields.One2many("waste.statement", "origin_id", "Adjustments")
    adjustment_count = fields.Integer(compute="_compute_adjusted_amount", compute_sudo=True)
    adjusted_amount = fields.Monetary(
        "Adjustments in All", compute="_compute_adjusted_amount", compute_sudo=True, help="Sum of the adjustments that stand.")

    @api.depends("adjustment_ids.amount_total", "adjustment_ids.state")
    def _compute_adjusted_amount(self):
        for statement in self:
            standing = statement.adjustment_ids.filtered(lambda adjustment: adjustment.state != "cancelled")
            statement.adjustment_count = len(standing)
            statement.adjusted_amount = float(sum(exact(amount) for amount in standing.mapped("amount_total")))

    # ACTION --------------------------------------------------------------------

    def action_view_adjustments(self):
        """Open the statements that correct this one."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("waste_settlement.waste_statement_action")
        return {**action, "domain": [("origin_id", "in", self.ids)], "context": {}}

    # BUSINESS ------------------------------------------------------------------

    def _make_adjustment(self, amount, reason, line=None):
        """Create the draft of a statement over the difference to this one.

        :param amount: tax included; less than 0 when this statement asked too much
        :param reason: what the producer reads
        :param line: `waste.statement.line` of this statement that was wrong, if it was one
        :return: the new statement
        :raise UserError: when nothing would be left, or this statement can still be corrected itself
        """
        self.ensure_one()
        amount = half_up(exact(amount))
        reason = (reason or "").strip()
        rounding = self.currency_id.rounding
        if self.kind == "adjustment" or self.state not in ADJUSTABLE_STATES:
            raise UserError(self.env._(
                "Statement %(statement)s is “%(state)s”: correct it itself, or its original; only released statements are adjusted.",
                statement=self.name, state=self._waste_state_label(self.state)))
        if float_is_zero(float(amount), precision_rounding=rounding) or not reason:
            raise UserError(self.env._(
                "The adjustment of statement %(statement)s needs an amount other than 0.00 and a reason.", statement=self.name))
        left = exact(self.amount_total) + exact(self.adjusted_amount) + amount
        if self.amount_total >= 0 and float_compare(float(left), 0.0, precision_rounding=rounding) < 0:
            raise UserError(self.env._(
                "Statement %(statement)s over %(total).2f can not be adjusted by %(amount).2f: less than nothing would be left.",
                statement=self.name, total=float(exact(self.amount_total) + exact(self.adjusted_amount)), amount=float(amount)))
        adjustment = self.create([{
            "contract_id": self.contract_id.id,
            "direction": self.direction,
            "kind": "adjustment",
            "origin_id": self.id,
            "period_start": self.period_start,
            "period_end": self.period_end,
            "tax_rate_percent": self.tax_rate_percent,
            "computed_amount": float(amount),
        }])
        self.env["waste.statement.line"].create([{
            **EMPTY_LINE,
            "statement_id": adjustment.id,
            "kind": "correction",
            "name": line._get_label() if line else self.env._("Correction of %(statement)s", statement=self.name),
            "contract_line_id": line.contract_line_id.id if line else False,
            "source_id": self.id,
            "has_own_tax_rate": bool(line and line.has_own_tax_rate),
            "own_tax_rate_percent": line.own_tax_rate_percent if line else 0.0,
            "amount": float(amount),
            "explanation": reason,
        }])
        self.message_post(body=self.env._(
            "Adjusted by %(amount).2f with %(adjustment)s: %(reason)s",
            amount=float(amount), adjustment=adjustment.name, reason=reason))
        return adjustment

    def _prepare_invoice_values(self, order):
        """Below zero it is the red-letter invoice of what was invoiced before: the statement it corrects, or the advance."""
        values = super()._prepare_invoice_values(order)
        before = self.origin_id or self.line_ids.filtered(lambda line: line.kind == "advance_paid").source_id
        if before and values["move_type"] in ("out_refund", "in_refund"):
            original = before.invoice_ids.filtered(
                lambda move: move.state == "posted" and move._get_statement_sign() > 0)[-1:]
            values["reversed_entry_id"] = original.id
            values["fapiao_state"] = "issued"
        return values
