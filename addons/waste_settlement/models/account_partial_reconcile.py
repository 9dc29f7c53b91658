from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._get_waste_statements()._follow_money()
        return partials

    def unlink(self):
        statements = self._get_waste_statements()
        result = super().unlink()
        statements._follow_money()
        return result

    def _get_waste_statements(self):
        """Return the statements whose invoices these matches pay."""
        return (self.debit_move_id | self.credit_move_id).move_id.waste_statement_id
