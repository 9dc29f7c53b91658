from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.waste_contract.tools import exact

from ..const import TOLERANCE

DECISIONS = [
    ("theirs", "Accept the amount as it is"),
    ("ours", "Insist on our calculation"),
    ("adjust", "Settle by an adjustment"),
]


class WasteStatement(models.Model):
    """What becomes of a difference between the amount and our calculation: who decided what, and why (I-31)."""

    _inherit = "waste.statement"

    difference_decision = fields.Selection(DECISIONS, "Decided", readonly=True, copy=False, groups="base.group_user", tracking=True)
    difference_reason = fields.Char("Reason of the Decision", readonly=True, copy=False, groups="base.group_user")
    difference_decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, copy=False, groups="base.group_user")
    difference_decided_at = fields.Datetime("Decided on", readonly=True, copy=False, groups="base.group_user")
    decided_difference = fields.Monetary(
        "Difference Decided on", readonly=True, copy=False, groups="base.group_user", help="A later batch opens the difference again.")
    has_open_difference = fields.Boolean(
        "Difference to Settle", compute="_compute_has_open_difference", store=True, groups="base.group_user",
        help="Nobody decided yet about the difference as it is now.")

    @api.depends("difference", "has_difference", "decided_difference", "difference_decision", "state")
    def _compute_has_open_difference(self):
        for statement in self:
            decided = exact(statement.decided_difference) if statement.difference_decision else 0
            statement.has_open_difference = statement.has_difference and statement.state != "cancelled" and (
                abs(exact(statement.difference) - decided) > exact(TOLERANCE))

    # ACTION --------------------------------------------------------------------

    def action_settle_difference(self):
        """Ask how the difference is settled."""
        self.check_access("write")
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settle the Difference"),
            "res_model": "waste.statement.difference",
            "view_mode": "form",
            "target": "new",
            "context": {"default_statement_id": self.id},
        }

    # BUSINESS ------------------------------------------------------------------

    def _settle_difference(self, decision, reason):
        """Decide about the difference as it is now.

        :param decision: key of ``DECISIONS``: 'theirs' leaves the amount; 'ours' disputes it with the system that keeps it,
            or takes our own statement back to draft; 'adjust' makes an adjustment over the difference
        :return: the adjustment, or an empty recordset
        :raise UserError: without a reason, or when there is no difference
        """
        self.ensure_one()
        reason = (reason or "").strip()
        if not self.has_difference or not reason:
            raise UserError(self.env._(
                "Statement %(statement)s: say why, and settle only what differs (now %(difference).2f).",
                statement=self.name, difference=self.difference))
        adjustment = self.browse()
        difference = self.difference
        if decision == "adjust":
            adjustment = self._make_adjustment(-exact(difference), reason)
        elif decision == "ours" and self.external_system:
            self._dispute(reason)
        elif decision == "ours":
            self.action_revise()
        self.write({
            "difference_decision": decision,
            "difference_reason": reason,
            "difference_decided_by_id": self.env.uid,
            "difference_decided_at": fields.Datetime.now(),
            "decided_difference": difference,
        })
        return adjustment
