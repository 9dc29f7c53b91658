from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WastePackageLineage(models.Model):
    _name = "waste.package.lineage"
    _description = "Package Conversion"
    _order = "op_at, op_no, id"
    _rec_name = "op_no"

    op_no = fields.Char("Conversion No.", required=True, index=True)
    kind = fields.Selection(
        [("split", "Split"), ("merge", "Merge"), ("repack", "Repack")], required=True,
    )
    op_at = fields.Datetime("Converted", required=True)
    from_package_id = fields.Many2one("waste.package", "From", required=True, index=True, ondelete="restrict")
    to_package_id = fields.Many2one("waste.package", "To", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", "Operating Company", required=True, index=True)
    qty_kg = fields.Float("Moved (kg)", digits=(16, 3))

    _edge_uniq = models.Constraint(
        "UNIQUE(from_package_id, to_package_id, op_no)", "This conversion has this edge already.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("from_package_id", "to_package_id")
    def _check_acyclic(self):
        """A package can't come from itself (I-16)."""
        for edge in self:
            seen, front = set(), edge.to_package_id
            while front:
                if edge.from_package_id in front:
                    raise ValidationError(self.env._(
                        "Conversion %(number)s would make package %(package)s its own source; check both package numbers.",
                        number=edge.op_no, package=edge.from_package_id.name,
                    ))
                seen |= set(front.ids)
                front = front.child_edge_ids.to_package_id.filtered(lambda package: package.id not in seen)
