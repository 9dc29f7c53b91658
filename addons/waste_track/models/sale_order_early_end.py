from odoo import models

# Waste may be in our hands: what is on the way must arrive before the contract can end.
UNDER_WAY = ("on_site", "loaded", "confirmed", "in_transit", "arrived", "weighed")
NOT_BEGUN = ("draft", "auditing", "audit_failed", "to_dispatch", "dispatched")


class SaleOrder(models.Model):
    """A contract that ends early takes the pickups that have not begun along (state_machines.csv, contract)."""

    _inherit = "sale.order"

    # === CHECKS === #

    def _get_termination_error(self):
        """Pickups under way keep a contract from ending."""
        pickups = self._get_pickups_in(UNDER_WAY)
        if pickups:
            return self.env._(
                "Contract %(contract)s has pickups under way: %(pickups)s. Finish them first.",
                contract=self.name, pickups=", ".join(pickups.mapped("name")))
        return super()._get_termination_error()

    def _get_void_error(self):
        """Only a contract under which nothing was collected can be void as if it had never been."""
        pickups = self._get_pickups_in((*UNDER_WAY, "done"))
        # A batch is waste that was taken over, also one whose pickup the user may not see.
        if pickups or self.env["waste.batch"].sudo().search_count([("contract_id", "=", self.id)], limit=1):
            return self.env._(
                "Waste was collected under contract %(contract)s already: terminate it instead of voiding it.",
                contract=self.name)
        return super()._get_void_error()

    # === BUSINESS METHODS === #

    def _get_pickups_in(self, states):
        # All pickups of the contract count, also those that who ends it may not see.
        return self.env["waste.pickup"].sudo().search([("contract_id", "in", self.ids), ("state", "in", states)])

    def _finish_early_end(self):
        """Cancel the pickups that have not begun."""
        for order in self:
            order._get_pickups_in(NOT_BEGUN)._transition("cancel", cancel_reason=self.env._(
                "Contract %(contract)s ended on %(day)s.", contract=order.name, day=order.date_terminated))
        return super()._finish_early_end()
