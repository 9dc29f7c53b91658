import base64
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.waste.tools.sheet import SheetError, read_rows
from odoo.addons.waste_contract.tools import KG_PER_T, exact

# What the columns are called in the lists that customers and WIM send; the first that fits is taken.
COLUMNS = {
    "batch": ("批次号", "批次", "batch", "batch no."),
    "manifest": ("联单号", "联单编号", "转移联单", "manifest", "manifest no."),
    "waste": ("废物名称", "废物", "名称", "waste"),
    "day": ("日期", "入库日期", "接收日期", "date", "day"),
    "kg": ("重量(公斤)", "重量(kg)", "数量(公斤)", "数量(kg)", "公斤", "kg"),
    "t": ("重量(吨)", "重量(t)", "数量(吨)", "数量(t)", "吨", "t"),
}
RESULTS = [
    ("equal", "Equal"),
    ("different", "Different"),
    ("only_ours", "Only Ours"),
    ("only_theirs", "Only Theirs"),
]

# A gram: weights are exact to it.
SAME_KG = Decimal("0.001")


class WasteReconciliation(models.Model):
    """The other side's list of a statement (对账清单) held against ours, row by row."""

    _name = "waste.reconciliation"
    _description = "Reconciliation with the Other Side's List"
    _order = "id desc"
    _rec_name = "filename"

    statement_id = fields.Many2one("waste.statement", "Statement", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="statement_id.company_id", store=True, index=True)
    file = fields.Binary("Excel File", required=True, attachment=True)
    filename = fields.Char("File")
    line_ids = fields.One2many("waste.reconciliation.line", "reconciliation_id", "Rows", readonly=True)
    open_count = fields.Integer("To Settle", compute="_compute_open_count")

    @api.depends("line_ids.result", "line_ids.is_settled")
    def _compute_open_count(self):
        for reconciliation in self:
            reconciliation.open_count = len(reconciliation.line_ids._filter_open())

    @api.model_create_multi
    def create(self, vals_list):
        reconciliations = super().create(vals_list)
        for reconciliation in reconciliations:
            reconciliation._compare()
        return reconciliations

    # ACTION --------------------------------------------------------------------

    def action_accept(self):
        """What still differs is accepted as it is on our statement."""
        self.check_access("write")
        # Rows follow from the file; people settle them here only.
        self.sudo().line_ids._filter_open().is_settled = True
        return True

    def action_dispute(self):
        """Make one objection of all that still differs."""
        self.check_access("write")
        for reconciliation in self:
            rows = reconciliation.line_ids._filter_open()
            if not rows:
                raise UserError(self.env._("Nothing differs any more in %(file)s.", file=reconciliation.filename))
            reconciliation.statement_id._dispute("\n".join(rows.mapped("explanation")))
            rows.sudo().is_settled = True
        return True

    # BUSINESS ------------------------------------------------------------------

    def _compare(self):
        """Match the rows of the file with the batches of the statement: by batch, manifest, else waste and day.

        :raise UserError: naming the row that can't be read; nothing is kept then
        """
        self.ensure_one()
        theirs = self._read_file()
        ours = [
            {"line": line, "batch": batch, "kg": exact(batch.accepted_kg), "day": batch._get_local_inbound_at().date(),
             "keys": {batch.name, *batch.manifest_ids.mapped("name")}}
            for line in self.statement_id.line_ids for batch in line.batch_ids]
        vals_list = []
        for row in theirs:
            found = next((our for our in ours if our["keys"] & {row["batch"], row["manifest"]} - {""}), None)
            if not found and not row["batch"] and not row["manifest"]:
                same = [our for our in ours if our["line"].name == row["waste"] and our["day"] == row["day"]]
                found = min(same, key=lambda our: abs(our["kg"] - row["kg"]), default=None)
            if found:
                ours.remove(found)
            vals_list.append(self._prepare_row(row, found))
        vals_list += [self._prepare_row(None, our) for our in ours]
        # See `action_accept`.
        self.env["waste.reconciliation.line"].sudo().create(vals_list)

    def _prepare_row(self, row, our):
        label = our["batch"].name if our else row["batch"] or row["manifest"] or f"{row['waste']} {row['day']}"
        their_kg, our_kg = row["kg"] if row else Decimal(0), our["kg"] if our else Decimal(0)
        if not our:
            result = "only_theirs"
        elif not row:
            result = "only_ours"
        else:
            result = "equal" if abs(their_kg - our_kg) < SAME_KG else "different"
        return {
            "reconciliation_id": self.id,
            "row_no": row["number"] if row else 0,
            "label": label,
            "batch_id": our["batch"].id if our else False,
            "their_kg": float(their_kg),
            "our_kg": float(our_kg),
            "result": result,
            "explanation": self.env._(
                "%(label)s: theirs %(theirs)s kg, ours %(ours)s kg", label=label, theirs=f"{their_kg:,f}", ours=f"{our_kg:,f}"),
        }

    # FILE ----------------------------------------------------------------------

    def _read_file(self):
        """Return the rows of the file as dicts with number, batch, manifest, waste, day and kg."""
        try:
            rows = read_rows(base64.b64decode(self.file))
        except SheetError as error:
            raise UserError({
                "size": self.env._("%(file)s is larger than 5 MB: split it.", file=self.filename),
                "rows": self.env._("%(file)s has more than 20,000 rows: split it.", file=self.filename),
                "format": self.env._("%(file)s is no Excel workbook (.xlsx): save it as one.", file=self.filename),
            }[error.reason]) from error
        header = [str(value or "").strip().replace("（", "(").replace("）", ")").lower() for value in (rows[0][1] if rows else ())]
        places = {key: next((header.index(name) for name in names if name in header), None) for key, names in COLUMNS.items()}
        if places["kg"] is None and places["t"] is None or all(places[key] is None for key in ("batch", "manifest", "waste")):
            raise UserError(self.env._(
                "%(file)s needs a first row with the names of the columns: "
                "批次号 or 联单号 (else 废物名称 and 日期), and 重量(公斤) or 重量(吨).",
                file=self.filename))
        return [self._read_row(number, values, places) for number, values in rows[1:]]

    def _read_row(self, number, values, places):
        def cell(key):
            place = places[key]
            return values[place] if place is not None and place < len(values) else None

        weight = cell("kg") if places["kg"] is not None else cell("t")
        try:
            kg = Decimal(str(weight).strip().replace(",", "")) * (1 if places["kg"] is not None else KG_PER_T)
        except InvalidOperation as error:
            raise UserError(self.env._(
                "Row %(row)s: “%(value)s” is not a weight.", row=number, value=weight if weight is not None else "")) from error
        if not kg.is_finite() or kg < 0:
            raise UserError(self.env._("Row %(row)s: “%(value)s” is not a weight.", row=number, value=weight))
        day = cell("day")
        if isinstance(day, datetime):
            day = day.date()
        elif not isinstance(day, date) and day:
            try:
                day = fields.Date.to_date(str(day).strip().replace("/", "-"))
            except ValueError as error:
                raise UserError(self.env._(
                    "Row %(row)s: “%(value)s” is not a day such as 2026-09-10.", row=number, value=day)) from error
        return {
            "number": number, "kg": kg, "day": day or None,
            **{key: str(cell(key) or "").strip() for key in ("batch", "manifest", "waste")},
        }


class WasteReconciliationLine(models.Model):
    _name = "waste.reconciliation.line"
    _description = "Row of a Reconciliation"
    _order = "reconciliation_id, result, row_no, id"

    reconciliation_id = fields.Many2one("waste.reconciliation", required=True, index=True, ondelete="cascade")
    row_no = fields.Integer("Row", help="Of the file; 0 when the file doesn't have it.")
    label = fields.Char("What")
    batch_id = fields.Many2one("waste.batch", "Batch", index="btree_not_null", ondelete="set null")
    their_kg = fields.Float("Theirs (kg)", digits=(16, 3))
    our_kg = fields.Float("Ours (kg)", digits=(16, 3))
    result = fields.Selection(RESULTS, required=True)
    explanation = fields.Char()
    is_settled = fields.Boolean("Settled")
    company_id = fields.Many2one(related="reconciliation_id.company_id", store=True, index=True)

    def _filter_open(self):
        return self.filtered(lambda row: row.result != "equal" and not row.is_settled)


class WasteStatement(models.Model):
    _inherit = "waste.statement"

    def action_reconcile(self):
        """Open the lists of the other side that were held against this statement; a new one is uploaded there."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("waste_settlement.waste_reconciliation_action"),
            "domain": [("statement_id", "in", self.ids)], "context": {"default_statement_id": self[:1].id},
        }
