from odoo import models

# What a statement is calculated from.
SETTLED_FIELDS = ("accepted_kg", "accepted_package_count", "inbound_at")


class WasteBatch(models.Model):
    """A batch that changes after its month was settled shows as a difference on the statement."""

    _inherit = "waste.batch"

    def _refresh(self):
        before = {batch: [batch[name] for name in SETTLED_FIELDS] for batch in self}
        super()._refresh()
        changed = self.filtered(lambda batch: [batch[name] for name in SETTLED_FIELDS] != before[batch])
        if changed:
            self._settle_later(changed.contract_id)

    def _settle_later(self, contracts):
        """Recalculate the statements of contracts once, before the transaction ends, however many batches change."""
        data = self.env.cr.precommit.data
        if "waste_settlement.contracts" not in data:
            data["waste_settlement.contracts"] = set()
            self.env.cr.precommit.add(self._settle_now)
        data["waste_settlement.contracts"].update(contracts.ids)

    def _settle_now(self):
        contract_ids = self.env.cr.precommit.data.pop("waste_settlement.contracts", ())
        self.env["waste.statement"]._refresh(self.env["sale.order"].browse(contract_ids))
