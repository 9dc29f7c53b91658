from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._get_waste_statements()._follow_money()
        partials._get_waste_payments()._sync_collections()
        return partials

    def unlink(self):
        statements = self._get_waste_statements()
        payments = self._get_waste_payments()
        result = super().unlink()
        statements._follow_money()
        payments.exists()._sync_collections()
        return result

    def _get_waste_statements(self):
        """Return the statements whose invoices these matches pay."""
        return (self.debit_move_id | self.credit_move_id).move_id.waste_statement_id

    def _get_waste_payments(self):
        """Return the payments that these matches use for the invoices of contracts."""
        lines = self.debit_move_id | self.credit_move_id
        return lines.payment_id if lines.move_id.sudo().waste_contract_id else lines.payment_id.browse()
