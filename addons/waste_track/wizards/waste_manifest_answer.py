from odoo import fields, models
from odoo.exceptions import UserError


class WasteManifestAnswer(models.TransientModel):
    """One answer to the major differences of some manifests (转移管理办法 Art. 18)."""

    _name = "waste.manifest.answer"
    _description = "Answer to Major Differences"

    manifest_ids = fields.Many2many("waste.manifest", string="Manifests", required=True)
    answer = fields.Text(required=True)

    # === ACTION METHODS === #

    def action_answer(self):
        self.ensure_one()
        for manifest in self.manifest_ids:
            if not manifest.has_major_difference:
                raise UserError(self.env._(
                    "Manifest %(number)s has no major difference; take it out of the list.", number=manifest.name))
        self.manifest_ids.difference_answer = self.answer
        return {"type": "ir.actions.act_window_close"}
