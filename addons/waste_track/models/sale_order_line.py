from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === ACTION METHODS === #

    def action_open_lifecycle(self):
        """Open the life-cycle page of this waste detail."""
        self.ensure_one()
        return self.env["waste.batch"]._get_lifecycle_action(contract_line_id=self.id)

    # === BUSINESS METHODS === #

    def _prepare_batch_values(self, name):
        """Return the values of a batch of this waste detail."""
        return {
            "name": name,
            "contract_line_id": self.id,
            "contract_id": self.order_id.id,
            "producer_id": self.order_id.partner_id.id,
            "business_id": self.order_id.business_id.id,
            "company_id": self.order_id.company_id.id,
            "waste_code_id": self.waste_code_id.id,
        }
