from odoo import models


class WastePackage(models.Model):
    _inherit = "waste.package"

    # === ACTION METHODS === #

    def action_open_lifecycle(self):
        """Open the life-cycle page of the batch with this package in view."""
        self.ensure_one()
        return self.env["waste.batch"]._get_lifecycle_action(batch_id=self.batch_id.id, package_id=self.id)
