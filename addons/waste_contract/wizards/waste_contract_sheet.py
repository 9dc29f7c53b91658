import base64
from decimal import Decimal, InvalidOperation
from io import BytesIO

import xlsxwriter

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.waste.tools.sheet import WORKBOOK_OPTIONS, SheetError, SheetWriter, read_rows

# Columns of the sheet, in its order; text beside numbers decides how a cell is read.
COLUMNS = (
    ('line_no', 'text'), ('waste_name', 'text'), ('waste_code_id', 'code'), ('pricing_mode', 'mode'), ('price_unit', 'number'),
    ('planned_quantity_t', 'number'), ('planned_count', 'count'),
)
SHOWN_ERRORS = 20


class WasteContractSheet(models.TransientModel):
    """The waste details of a contract as an Excel sheet: out, and in again."""

    _name = 'waste.contract.sheet'
    _description = "Waste Details in Excel"

    order_id = fields.Many2one('sale.order', "Contract", required=True)
    out_file = fields.Binary("Waste Details", compute='_compute_out_file')
    out_name = fields.Char(compute='_compute_out_file')
    file = fields.Binary(
        "Excel File",
        help="With the columns of the sheet below. A detail whose number is known is changed, the others are added.")
    filename = fields.Char()

    # COMPUTE -------------------------------------------------------------------

    def _compute_out_file(self):
        for wizard in self:
            content = BytesIO()
            with xlsxwriter.Workbook(content, WORKBOOK_OPTIONS) as workbook:
                wizard._write_sheet(workbook)
            wizard.out_file = base64.b64encode(content.getvalue())
            wizard.out_name = f"{wizard.order_id.name}.xlsx"

    def _write_sheet(self, workbook):
        writer = SheetWriter(workbook, self.env._("Waste Details"), [22, 28, 16, 22, 14, 14, 14])
        writer.header(self._get_labels())
        for line in self.order_id.order_line.filtered('pricing_mode'):
            writer.write([
                line.line_no, line.waste_name, line.waste_code_id.code, line._get_mode_label(), line.price_unit,
                line.planned_quantity_t, line.planned_count])

    def _get_labels(self):
        return [self.env['sale.order.line']._fields[name]._description_string(self.env) for name, _kind in COLUMNS]

    # ACTION --------------------------------------------------------------------

    def action_import(self):
        """Write the rows of the file as waste details: all of them or none.

        :raise UserError: naming each row that is wrong
        """
        self.ensure_one()
        self.order_id.check_access('write')
        errors, vals_list = [], []
        rows = self._read_rows()
        wizard = self.with_context(waste_codes=self._get_codes(rows))
        for number, values in rows:
            try:
                vals_list.append((number, wizard._read_row(values)))
            except ValueError as error:
                errors.append(self.env._("Row %(row)s: %(error)s", row=number, error=error))
        if not errors:
            # Raised inside, so that the right rows are taken back with the wrong ones.
            with self.env.cr.savepoint():
                self._raise_errors(self._write_rows(vals_list))
        self._raise_errors(errors)
        return {'type': 'ir.actions.act_window_close'}

    # BUSINESS ------------------------------------------------------------------

    def _write_rows(self, vals_list):
        """Write rows one by one, so that each wrong one can be named; return the sentences of those."""
        known = {line.line_no: line for line in self.order_id.order_line if line.line_no}
        errors = []
        for number, vals in vals_list:
            try:
                with self.env.cr.savepoint():
                    line = known.get(vals.pop('line_no', False))
                    if line:
                        line.write(vals)
                    else:
                        self.env['sale.order.line'].create({**vals, 'order_id': self.order_id.id})
                    self.env.flush_all()
            except (UserError, ValidationError) as error:
                errors.append(self.env._("Row %(row)s: %(error)s", row=number, error=error))
        return errors

    def _raise_errors(self, errors):
        if errors:
            raise UserError(self.env._(
                "Nothing was imported; %(count)s rows are wrong:\n%(errors)s",
                count=len(errors), errors="\n".join(errors[:SHOWN_ERRORS])))

    def _read_rows(self):
        try:
            rows = read_rows(base64.b64decode(self.file or b''))
        except SheetError as error:
            raise UserError({
                'size': self.env._("The file is larger than 5 MB: split it."),
                'rows': self.env._("The file has more than 20,000 rows: split it."),
                'format': self.env._("The file is no Excel workbook (.xlsx): save it as one."),
            }[error.reason]) from error
        labels = self._get_labels()
        if not rows or [str(value or '').strip() for value in rows[0][1][:len(labels)]] != labels:
            raise UserError(self.env._(
                "The first row must name the columns: %(columns)s. Start from the sheet of this contract.",
                columns=", ".join(labels)))
        return rows[1:]

    def _get_codes(self, rows):
        """Return {waste code: id} of the codes that the rows name."""
        column = [name for name, _kind in COLUMNS].index('waste_code_id')
        named = {str(values[column] or '').strip() for _number, values in rows if len(values) > column}
        return {code.code: code.id for code in self.env['waste.code'].search([('code', 'in', list(named))])}

    def _read_row(self, values):
        """Return the values of one waste detail.

        :raise ValueError: with the sentence that says what is wrong
        """
        values = [*values, *[None] * len(COLUMNS)]
        vals = {}
        for (name, kind), value in zip(COLUMNS, values):
            text = str(value).strip() if value is not None else ''
            if text:
                vals[name] = getattr(self, f'_read_{kind}')(text)
        if not vals.get('waste_name'):
            raise ValueError(self.env._("the name of the waste is missing."))
        return vals

    def _read_text(self, text):
        return text

    def _read_code(self, text):
        codes = self.env.context['waste_codes']
        if text not in codes:
            raise ValueError(self.env._("waste code %(code)s is unknown.", code=text))
        return codes[text]

    def _read_mode(self, text):
        modes = {label: key for key, label in self.env['sale.order.line']._fields['pricing_mode']._description_selection(self.env)}
        if text not in modes:
            raise ValueError(self.env._("there is no price “%(mode)s”.", mode=text))
        return modes[text]

    def _read_number(self, text):
        try:
            number = Decimal(text.replace(',', ''))
        except InvalidOperation:
            number = Decimal('NaN')
        if not number.is_finite():
            raise ValueError(self.env._("“%(value)s” is not a number.", value=text))
        return float(number)

    def _read_count(self, text):
        number = self._read_number(text)
        if number != int(number):
            raise ValueError(self.env._("“%(value)s” is not a whole number.", value=text))
        return int(number)

