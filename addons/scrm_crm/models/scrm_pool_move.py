from odoo import api, fields, models


class ScrmPoolMove(models.Model):
    """A lead that went into a public pool or out of it: when, why, whose it was, whose it became. Kept for ever."""

    _name = "scrm.pool.move"
    _description = "Move into or out of a public pool"
    _order = "id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", required=True, readonly=True, ondelete="cascade", index=True)
    pool_id = fields.Many2one("scrm.pool", required=True, readonly=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="lead_id.company_id", store=True)
    kind = fields.Selection([
        ("returned", "Without follow-up"),
        ("put_back", "Put back"),
        ("claimed", "Claimed"),
        ("assigned", "Assigned"),
    ], required=True, readonly=True)
    from_user_id = fields.Many2one("res.users", string="Had it", readonly=True, ondelete="restrict")
    to_user_id = fields.Many2one("res.users", string="Got it", readonly=True, ondelete="restrict")
    reason = fields.Char(readonly=True)

    _claims_idx = models.Index("(to_user_id, create_date) WHERE kind = 'claimed'")

    @api.model
    def _note(self, leads, kind, **vals):
        # sudo: moves are made by what happens to a lead, by nobody's hand
        return self.sudo().create([{"lead_id": lead.id, "pool_id": lead.pool_id.id, "kind": kind, **vals} for lead in leads])
