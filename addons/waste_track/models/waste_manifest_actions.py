from odoo import api, fields, models
from odoo.exceptions import UserError

# A manifest that the receiver has judged.
JUDGED = ("received", "partially_received", "refused", "completed")


class WasteManifest(models.Model):
    """What the dispatcher does with a manifest, and the differences that wait for an answer."""

    _inherit = "waste.manifest"

    is_answer_due = fields.Boolean(
        "Answer Due", compute="_compute_is_answer_due", search="_search_is_answer_due",
        help="The receiver told of a major difference and nobody has answered yet.",
    )
    difference_kg = fields.Float(
        "Difference (kg)", digits=(16, 3), compute="_compute_difference", help="Received minus shipped.",
    )
    difference_percent = fields.Float("Difference (%)", digits=(16, 2), compute="_compute_difference")

    # === COMPUTE METHODS === #

    @api.depends("has_major_difference", "difference_answer")
    def _compute_is_answer_due(self):
        for manifest in self:
            manifest.is_answer_due = manifest.has_major_difference and not manifest.difference_answer

    def _search_is_answer_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        due = fields.Domain("has_major_difference", "=", True) & fields.Domain("difference_answer", "=", False)
        return due if True in value else ~due

    @api.depends("out_kg", "in_kg", "state")
    def _compute_difference(self):
        for manifest in self:
            is_known = manifest.state in JUDGED and manifest.out_kg
            manifest.difference_kg = manifest.in_kg - manifest.out_kg if is_known else 0.0
            manifest.difference_percent = 100 * manifest.difference_kg / manifest.out_kg if is_known else 0.0

    # === ONCHANGE METHODS === #

    @api.onchange("pickup_id")
    def _onchange_pickup_id(self):
        if self.pickup_id:
            self.company_id = self.pickup_id.company_id

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        """Manifests are kept for ten years (转移管理办法)."""
        for manifest in self:
            if manifest.state != "draft":
                raise UserError(self.env._(
                    "Manifest %(number)s is evidence and is kept; only one that never left can be deleted.",
                    number=manifest.name))

    # === ACTION METHODS === #

    def action_depart(self):
        return self._transition("depart") and True

    def action_receive(self):
        return self._transition("receive", received_at=fields.Datetime.now()) and True

    def action_refuse(self):
        return self._transition("refuse", received_at=fields.Datetime.now()) and True

    def action_complete(self):
        return self._transition("complete") and True

    def action_void(self):
        return self._transition("void") and True

    def action_answer_difference(self):
        """Open the dialog that takes one answer for these manifests."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer the Difference"),
            "res_model": "waste.manifest.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_manifest_ids": self.ids},
        }

    def action_open_lifecycle(self):
        self.ensure_one()
        if self.batch_id:
            return self.batch_id.action_open_lifecycle()
        return self.env["waste.batch"]._get_lifecycle_action(text=self.name)
