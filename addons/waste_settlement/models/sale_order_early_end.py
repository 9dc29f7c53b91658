from datetime import timedelta

from odoo import models


class SaleOrder(models.Model):
    """The final settlement of a contract that ends early."""

    _inherit = "sale.order"

    # CHECKS --------------------------------------------------------------------

    def _get_void_error(self):
        """A contract with statements was lived: it can be terminated, not void."""
        # Statements count also where who voids the contract may not see them.
        statement_sudo = self.env["waste.statement"].sudo().search(
            [("contract_id", "=", self.id), ("state", "!=", "cancelled")], limit=1)
        if statement_sudo:
            return self.env._(
                "Contract %(contract)s has statement %(statement)s: terminate it instead of voiding it.",
                contract=self.name, statement=statement_sudo.name)
        return super()._get_void_error()

    # BUSINESS ------------------------------------------------------------------

    def _finish_early_end(self):
        """Make the final statement: from the last one, or the start of the contract, to its last day."""
        super()._finish_early_end()
        # Who may end a contract needn't be allowed to write statements.
        Statement_sudo = self.env["waste.statement"].sudo()
        ended = self.filtered(lambda order: order.contract_state == "terminated")
        last_days = dict(Statement_sudo._read_group(
            [("contract_id", "in", ended.ids), ("state", "!=", "cancelled")], ["contract_id"], ["period_end:max"]))
        for order in ended.sudo():
            start = max(last_days.get(order, order.date_start) + timedelta(days=order in last_days), order.date_start)
            end = order.date_terminated - timedelta(days=1)
            if start <= end:
                Statement_sudo._make_statements(order, start, end)
