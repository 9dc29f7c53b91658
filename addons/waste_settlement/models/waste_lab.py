from odoo import api, models

from ..const import LAB_MODES

# What prices read of a report.
SETTLED_FIELDS = frozenset({"batch_id", "items", "tested_at"})


class WasteLab(models.Model):
    """A report that comes or changes after its batch was settled is settled at once, as the batch itself would be."""

    _inherit = "waste.lab"

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        reports = super().create(vals_list)
        reports._settle_later()
        return reports

    def write(self, vals):
        if SETTLED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        self._settle_later()
        result = super().write(vals)
        self._settle_later()
        return result

    def unlink(self):
        self._settle_later()
        return super().unlink()

    # HELPERS -------------------------------------------------------------------

    def _settle_later(self):
        # Statements follow the facts, whatever who enters them may see of money.
        contracts_sudo = self.sudo().batch_id.contract_id.filtered(
            lambda contract: LAB_MODES.intersection(contract.order_line.mapped("pricing_mode")))
        if contracts_sudo:
            contracts_sudo.env["waste.batch"]._settle_later(contracts_sudo)
