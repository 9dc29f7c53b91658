from odoo import models

from odoo.addons.waste.tools.sheet import WORKBOOK_OPTIONS, SheetWriter


class StatementXlsx(models.AbstractModel):
    """Statements as a workbook for the producer: totals, lines with their calculation, batches with their weighings."""

    _name = "report.waste_settlement.statement_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Statements in Excel"

    def get_workbook_options(self):
        return WORKBOOK_OPTIONS

    def generate_xlsx_report(self, workbook, data, objs):
        """Write statements of one or several producers, in the language of the first one."""
        objs.check_access("read")
        # Read by whoever may read the statement: names of contract, batches and weighings around it.
        statements = objs.with_context(lang=objs[:1].partner_id.lang or self.env.lang).sudo()
        self.with_env(statements.env)._write_sheets(workbook, statements)

    def _write_sheets(self, workbook, statements):
        totals = SheetWriter(workbook, self.env._("Totals"), [20, 28, 20, 12, 12, 14, 14, 14, 14, 10, 14, 14])
        totals.header([
            self.env._("Statement No."), self.env._("Producer"), self.env._("Contract"), self.env._("From"), self.env._("To"),
            self.env._("Direction"), self.env._("Quantity (kg)"), self.env._("Untaxed Amount"), self.env._("Tax"),
            self.env._("Tax Rate (%)"), self.env._("Amount"), self.env._("Open")])
        lines = SheetWriter(workbook, self.env._("Lines"), [20, 24, 14, 10, 10, 14, 14, 60])
        lines.header([
            self.env._("Statement No."), self.env._("Waste"), self.env._("Quantity (kg)"), self.env._("Packages"),
            self.env._("Trips"), self.env._("Price"), self.env._("Amount"), self.env._("Calculation")])
        batches = SheetWriter(workbook, self.env._("Batches and Weighings"), [20, 24, 18, 20, 18, 14, 10, 18, 12, 12, 12, 12])
        batches.header([
            self.env._("Statement No."), self.env._("Waste"), self.env._("Batch No."), self.env._("Manifest No."),
            self.env._("Stored"), self.env._("Accepted (kg)"), self.env._("Packages"), self.env._("Weighing No."),
            self.env._("Plate"), self.env._("Gross (kg)"), self.env._("Tare (kg)"), self.env._("Net (kg)")])
        directions = dict(statements._fields["direction"]._description_selection(self.env))
        weighings = statements.line_ids.batch_ids._get_weighings()
        for statement in statements:
            totals.write([
                statement.name, statement.partner_id.display_name, statement.contract_id.name, statement.period_start,
                statement.period_end, directions[statement.direction], statement.quantity_kg, statement.amount_untaxed,
                statement.amount_tax, statement.tax_rate_percent, statement.amount_total, statement.open_amount])
            for line in statement.line_ids:
                lines.write([
                    statement.name, line._get_label(), line.quantity_kg, line.package_count, line.trip_count, line.price_unit,
                    line.amount, line.explanation])
                for batch in line.batch_ids.sorted("inbound_at"):
                    self._write_batch(batches, line, batch, weighings.get(batch, ()))

    def _write_batch(self, sheet, line, batch, weighings):
        """One row a batch; further weighings of its trip below it, without the batch's own weight again."""
        stored_at = batch.inbound_at and batch._get_local_inbound_at()
        first = [
            line.statement_id.name, line._get_label(), batch.name, ", ".join(batch.manifest_ids.mapped("name")), stored_at,
            batch.accepted_kg, batch.accepted_package_count]
        if not weighings:
            sheet.write(first)
        for index, weighing in enumerate(weighings):
            sheet.write([
                *(first if not index else [*first[:5], None, None]), weighing.name, weighing.plate, weighing.gross_kg,
                weighing.tare_kg, weighing.net_kg])
