from odoo import fields, models


class WasteMoneyRefuse(models.TransientModel):
    _name = "waste.money.refuse"
    _description = "Return an Application or a Collection"

    application_ids = fields.Many2many("waste.invoice.application")
    collection_ids = fields.Many2many("waste.collection")
    reason = fields.Text(required=True, help="What the author should change.")

    def action_reject(self):
        """Return all of them to their authors."""
        self.ensure_one()
        if self.application_ids:
            self.application_ids.action_reject(reason=self.reason)
        if self.collection_ids:
            self.collection_ids.action_reject(reason=self.reason)
        return True
