from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.waste_contract.models.waste_pricing_mode import PRICING_MODES

LINE_KINDS = [
    ("waste", "Waste"),
    ("lump", "Lump sum"),
    ("minimum", "Minimum charge"),
    ("advance", "Advance"),
    ("advance_paid", "Advance taken off"),
    ("carried_out", "Carried to the next year"),
    ("carried_in", "Carried from the year before"),
    ("correction", "Correction"),
]


class WasteStatementLine(models.Model):
    """One waste detail in one period: what moved, at which price, and the sentence that says how."""

    _name = "waste.statement.line"
    _description = "Statement Line"
    _inherit = ["waste.part.mixin"]
    _order = "statement_id, sequence, id"

    _part_of = "statement_id"

    statement_id = fields.Many2one("waste.statement", "Statement", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char("Waste", required=True)
    contract_line_id = fields.Many2one(
        "sale.order.line", "Waste Detail", index="btree_not_null", ondelete="restrict",
        help="Empty on the yearly lump sum, which belongs to the contract as a whole.")
    kind = fields.Selection(LINE_KINDS, required=True, default="waste", help="What the amount stands for.")
    date_from = fields.Date("From", help="Set when the terms changed inside the period: this line is a part of it.")
    date_to = fields.Date("To")
    batch_ids = fields.Many2many("waste.batch", "waste_statement_line_batch_rel", "line_id", "batch_id", "Batches")
    quantity_kg = fields.Float("Quantity (kg)", digits=(16, 3))
    package_count = fields.Integer("Packages")
    trip_count = fields.Integer("Trips")
    before_kg = fields.Float(
        "Before (kg)", digits=(16, 3), help="Moved earlier in the period that quotas, tiers or the lump sum count in.")
    pricing_mode = fields.Selection(PRICING_MODES)
    price_unit = fields.Float("Price", min_display_digits="Product Price", aggregator=None)
    amount = fields.Monetary(help="Tax included; rounded once.")
    government_amount = fields.Monetary(
        "Government Owes", help="What is free for the producer and paid by the government; on no invoice of this statement.")
    # Supplies at another rate than the contract's, such as transport priced apart.
    has_own_tax_rate = fields.Boolean()
    own_tax_rate_percent = fields.Float("Own Tax Rate (%)", digits=(5, 2), aggregator=None)
    tax_rate_percent = fields.Float(
        "Tax Rate (%)", digits=(5, 2), compute="_compute_tax_rate_percent", help="VAT that the amount includes.")
    explanation = fields.Text("Calculation")
    source_id = fields.Many2one(
        "waste.statement", "Source", index="btree_not_null", ondelete="restrict",
        help="The other statement that this line takes up: the advance, or the year that was carried over.")

    currency_id = fields.Many2one(related="statement_id.currency_id")
    company_id = fields.Many2one(related="statement_id.company_id", store=True, index=True)

    # COMPUTE -------------------------------------------------------------------

    @api.depends("has_own_tax_rate", "own_tax_rate_percent", "statement_id.tax_rate_percent", "statement_id.external_system")
    def _compute_tax_rate_percent(self):
        for line in self:
            # Of its own statements another system says the rate itself.
            is_own = line.has_own_tax_rate and not line.statement_id.external_system
            line.tax_rate_percent = line.own_tax_rate_percent if is_own else line.statement_id.tax_rate_percent

    # ACTION --------------------------------------------------------------------

    def action_view_weighings(self):
        """Open the weighings of the trips that brought the batches."""
        self.check_access("read")
        return self._get_evidence_action(
            self.env._("Weighings"), "waste.weighing", [("pickup_id", "in", self.batch_ids.pickup_id.ids)])

    def action_view_packages(self):
        """Open the packages that came with the batches."""
        self.check_access("read")
        return self._get_evidence_action(self.env._("Packages"), "waste.package", [("batch_id", "in", self.batch_ids.ids)])

    def _get_evidence_action(self, name, model, domain):
        return {
            "type": "ir.actions.act_window", "name": name, "res_model": model, "view_mode": "list,form",
            "domain": domain, "context": {"create": False},
        }

    # BUSINESS ------------------------------------------------------------------

    def _get_label(self):
        """Return what the line is for, with its days when the terms changed inside the period."""
        self.ensure_one()
        return f"{self.name} ({self.date_from} – {self.date_to})" if self.date_from else self.name

    def _check_document_open(self):
        self.statement_id._check_lines_open()


class WasteStatement(models.Model):
    _inherit = "waste.statement"

    def _check_lines_open(self):
        """Lines of our own statements are frozen by the approval; the lines beside another system's amount stay a calculation.

        :raise UserError: when a line may no longer change
        """
        for statement in self:
            if statement.state != "draft" and not statement.external_system:
                raise UserError(self.env._(
                    "Statement %(statement)s is approved: its lines can no longer be changed. Take it back to draft first.",
                    statement=statement.name))
