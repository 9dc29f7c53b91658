from odoo import models

from .scrm_workbench_salesperson import LEADS


class ScrmWorkbenchSalesManager(models.AbstractModel):
    _inherit = "scrm.workbench.sales_manager"

    def _tiles(self):
        return [
            *super()._tiles(),
            self._tile(
                "no_follow_up", self.env._("Without follow-up"), "crm.lead",
                self._domain_no_follow_up(), LEADS,
                icon="fa-hourglass-end", tone="warning", is_todo=True, hint=self.env._("leads")),
        ]

    def _domain_no_follow_up(self):
        return [("reminded_at", "!=", False)]
