from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.mass import kg


class WasteBatch(models.Model):
    """One waste of one pickup: all its packages, from the producer to the end of every share of them."""

    _name = "waste.batch"
    _description = "Batch"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Batch No.", required=True, copy=False, index="trigram")
    contract_line_id = fields.Many2one("sale.order.line", "Waste Detail", required=True, index=True, ondelete="restrict")
    contract_id = fields.Many2one("sale.order", "Contract", required=True, index=True, ondelete="restrict")
    producer_id = fields.Many2one("res.partner", "Producer", required=True, index=True)
    business_id = fields.Many2one("waste.business", "Business", required=True, index=True)
    company_id = fields.Many2one("res.company", "Operating Company", required=True, index=True)
    waste_code_id = fields.Many2one("waste.code", "Waste Code", index="btree_not_null")
    pickup_id = fields.Many2one("waste.pickup", "Pickup Order", index="btree_not_null", check_company=True)
    package_count = fields.Integer("Packages")
    accepted_package_count = fields.Integer("Accepted Packages")
    declared_kg = fields.Float("Declared (kg)", digits=(16, 3))
    gate_kg = fields.Float("At the Gate (kg)", digits=(16, 3))
    refused_kg = fields.Float("Refused (kg)", digits=(16, 3))
    accepted_kg = fields.Float("Accepted (kg)", digits=(16, 3))
    disposed_kg = fields.Float("Disposed (kg)", digits=(16, 3))
    stock_kg = fields.Float("In Storage (kg)", digits=(16, 3))
    inbound_at = fields.Datetime("Stored", index=True)
    disposed_at = fields.Datetime("Disposed")
    state = fields.Selection(
        [
            ("announced", "Announced"),
            ("moving", "On the Way"),
            ("stored", "In Storage"),
            ("part", "Partly Disposed"),
            ("disposed", "Disposed"),
        ],
        required=True, default="announced", index=True, tracking=True, group_expand=True,
    )
    package_ids = fields.One2many("waste.package", "batch_id", "Packages List")
    manifest_ids = fields.One2many("waste.manifest", "batch_id", "Manifests")
    inbound_ids = fields.One2many("waste.inbound", "batch_id", "Inbounds")
    lab_ids = fields.One2many("waste.lab", "batch_id", "Lab Reports")
    disposal_ids = fields.One2many("waste.disposal", "batch_id", "Disposals")

    _name_uniq = models.Constraint("UNIQUE(name)", "A batch with this number exists already.")

    # === CONSTRAINT METHODS === #

    @api.constrains("contract_id", "business_id")
    def _check_business(self):
        """Kitchen waste and hazardous waste are never one batch (I-22)."""
        for batch in self:
            agreed = batch.contract_id.business_id
            if batch.business_id != agreed:
                raise ValidationError(self.env._(
                    "Batch %(batch)s is of the business %(business)s, but its contract %(contract)s is of %(agreed)s: "
                    "choose the contract of its business.",
                    batch=batch.name, business=batch.business_id.name, contract=batch.contract_id.name, agreed=agreed.name))

    # === BUSINESS METHODS === #

    def _refresh_later(self):
        """Refresh the batches: at once for people, who read the figures next; in a job that says ``waste_batches_later`` in its
        context once before the transaction ends, however many messages of however many kinds touch them.
        """
        if not self.env.context.get("waste_batches_later"):
            self._refresh()
            return
        data = self.env.cr.precommit.data
        if "waste_track.batches" not in data:
            data["waste_track.batches"] = set()
            self.env.cr.precommit.add(self._refresh_now)
        data["waste_track.batches"].update(self.ids)

    @api.model
    def _refresh_now(self):
        """Refresh the batches that wait for it, where their figures are needed."""
        # Some may be gone again with a savepoint.
        self.browse(self.env.cr.precommit.data.pop("waste_track.batches", ())).exists()._refresh()

    def _refresh(self):
        """Recompute the figures of the batches from packages, conversions, inbounds and disposals.

        A batch whose packages nobody named one by one (kitchen bins) lives on its inbound and disposals alone.
        """
        packages = self.env["waste.package"].search([("batch_id", "in", self.ids), ("parent_edge_ids", "=", False)])
        originals = packages.grouped("batch_id")
        ended = packages._get_ended_kg()
        inbounds = self.env["waste.inbound"].search([("batch_id", "in", self.ids)]).grouped("batch_id")
        disposals = self.env["waste.disposal"].search(
            [("batch_id", "in", self.ids), ("package_id", "=", False)],
        ).grouped("batch_id")
        for batch in self:
            vals = batch._prepare_refresh_values(
                originals.get(batch, packages.browse()),
                inbounds.get(batch, self.env["waste.inbound"]),
                disposals.get(batch, self.env["waste.disposal"]),
                ended,
            )
            changed = {name: value for name, value in vals.items() if batch[name] != value}
            if changed:
                batch.write(changed)

    def _prepare_refresh_values(self, packages, inbounds, disposals, ended):
        """Return the figures of one batch.

        :param ended: {package id: (Decimal kg disposed of, last disposal or False)}
        """
        inbound_kg = sum((kg(inbound.actual_kg) for inbound in inbounds), Decimal(0))
        inbound_packages = sum(inbounds.mapped("package_count"))
        vals = {"inbound_at": min(inbounds.mapped("inbound_at"), default=False)}
        if packages:
            refused = packages.filtered(lambda package: package.state in ("refused", "returned"))
            accepted = sum((kg(package.accepted_kg) for package in packages), Decimal(0))
            refused_kg = sum((kg(package.allocated_kg) for package in refused), Decimal(0))
            declared = sum((kg(package.declared_kg) for package in packages), Decimal(0))
            disposed = sum((ended[package.id][0] for package in packages), Decimal(0))
            ends = [ended[package.id][1] for package in packages if ended[package.id][1]]
            vals["package_count"] = len(packages)
            vals["accepted_package_count"] = inbound_packages or len(packages - refused)
            on_the_way = any(package.state not in ("packed", "labelled", "stored_at_producer") for package in packages)
        else:
            accepted, refused_kg = inbound_kg, Decimal(0)
            declared = sum((kg(inbound.planned_kg) for inbound in inbounds), Decimal(0))
            disposed = sum((kg(disposal.qty_kg) for disposal in disposals), Decimal(0))
            ends = disposals.mapped("finished_at")
            vals["package_count"] = vals["accepted_package_count"] = inbound_packages
            on_the_way = False
        stock = accepted - disposed
        if accepted and stock <= 0:
            state = "disposed"
        elif disposed:
            state = "part"
        elif inbounds:
            state = "stored"
        else:
            state = "moving" if on_the_way else "announced"
        return {
            **vals,
            "declared_kg": float(declared),
            "gate_kg": float(accepted + refused_kg),
            "refused_kg": float(refused_kg),
            "accepted_kg": float(accepted),
            "disposed_kg": float(disposed),
            "stock_kg": float(stock),
            "disposed_at": max(ends) if state == "disposed" and ends else False,
            "state": state,
        }
