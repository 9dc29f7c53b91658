from odoo import models


class WasteContractAgreement(models.Model):
    """Prices change from a day on: what isn't confirmed yet is calculated anew, what is stays."""

    _inherit = "waste.contract.agreement"

    # BUSINESS ------------------------------------------------------------------

    def _get_order_of_changes_error(self):
        """Prices can't change under a statement that the parties have dealt with."""
        if error := super()._get_order_of_changes_error():
            return error
        # Statements count also where who writes the agreement may not see them.
        statement_sudo = self.env["waste.statement"].sudo().search([
            ("contract_id", "=", self.order_id.id), ("state", "not in", ("draft", "cancelled")),
            ("period_end", ">=", self.date_effective),
        ], order="period_end desc", limit=1)
        if statement_sudo:
            return self.env._(
                "Agreement %(agreement)s takes effect on %(day)s, but statement %(statement)s up to %(end)s is “%(state)s”. "
                "Choose a later day, or cancel the statement first.",
                agreement=self.name, day=self.date_effective, statement=statement_sudo.name, end=statement_sudo.period_end,
                state=statement_sudo._waste_state_label(statement_sudo.state))
        return False

    def _apply(self):
        super()._apply()
        # The drafts follow the terms, whoever signed them off.
        self.env["waste.statement"].sudo()._refresh(self.order_id.sudo())
