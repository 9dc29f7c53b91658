from odoo import models

LEADS = "crm.crm_lead_action_pipeline"
POOL = "scrm_crm.crm_lead_action_pool"


class ScrmWorkbenchSalesperson(models.AbstractModel):
    _inherit = "scrm.workbench.salesperson"

    def _tiles(self):
        return [
            *super()._tiles(),
            self._tile(
                "no_follow_up", self.env._("Without follow-up"), "crm.lead",
                self._domain_no_follow_up(), LEADS,
                icon="fa-hourglass-end", tone="danger", is_todo=True, hint=self.env._("my leads")),
        ]

    def _domain_no_follow_up(self):
        return [("user_id", "=", self.env.uid), ("reminded_at", "!=", False)]

    def _shortcuts(self):
        return [*super()._shortcuts(), self._shortcut("pool", self.env._("Public pool"), POOL, icon="fa-life-ring")]
