"""Excel sheets out and in, the same way in every room: plain Python, no ``env``.

Cells are written with their type, and text that a spreadsheet would take for a formula is marked as text, so that what a
customer typed into a name does nothing on the clerk's machine, not even after he edits the cell.
"""
import zipfile
from datetime import date, datetime
from io import BytesIO
from numbers import Number

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000

# Unpacked, a file of 5 MB may be a thousand times as large.
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

#: for `xlsxwriter.Workbook`: text stays text
WORKBOOK_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class SheetError(ValueError):
    """The file can't be read: ``reason`` is 'size', 'rows' or 'format'."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class SheetWriter:
    """Fills one worksheet of `xlsxwriter` row by row."""

    def __init__(self, workbook, name, widths):
        self.sheet = workbook.add_worksheet(name)
        self.formats = {
            "text": workbook.add_format({"text_wrap": True, "valign": "top"}),
            "marked": workbook.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True}),
            "bold": workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            "number": workbook.add_format({"num_format": "#,##0.00####", "valign": "top"}),
            "integer": workbook.add_format({"num_format": "#,##0", "valign": "top"}),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}),
            "datetime": workbook.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"}),
        }
        self.row = 0
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def header(self, labels):
        for column, label in enumerate(labels):
            self.sheet.write_string(self.row, column, label, self.formats["bold"])
        self.row += 1
        self.sheet.freeze_panes(self.row, 0)

    def write(self, values):
        for column, value in enumerate(values):
            self._write_cell(column, value)
        self.row += 1

    def _write_cell(self, column, value):
        if value is None or value is False or value == "":
            return
        if isinstance(value, datetime):
            self.sheet.write_datetime(self.row, column, value, self.formats["datetime"])
        elif isinstance(value, date):
            self.sheet.write_datetime(self.row, column, value, self.formats["date"])
        elif isinstance(value, Number):
            kind = "integer" if isinstance(value, int) else "number"
            self.sheet.write_number(self.row, column, float(value), self.formats[kind])
        else:
            kind = "marked" if str(value).startswith(_FORMULA_STARTS) else "text"
            self.sheet.write_string(self.row, column, str(value), self.formats[kind])


def read_rows(content):
    """Return the rows of the first sheet that hold anything, as [(row number as Excel shows it, [values])].

    Formulas are read as the values that were saved with them, never calculated.

    :param content: bytes of an xlsx file
    :raise SheetError: more than 5 MB or 20,000 rows, or no such file
    """
    if len(content) > MAX_BYTES:
        raise SheetError("size")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise SheetError("size")
        workbook = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        if isinstance(error, SheetError):
            raise
        raise SheetError("format") from error
    rows = []
    try:
        for number, values in enumerate(workbook.worksheets[0].iter_rows(values_only=True), 1):
            if any(value is not None and str(value).strip() for value in values):
                rows.append((number, list(values)))
                if len(rows) > MAX_ROWS + 1:  # and the header
                    raise SheetError("rows")
    finally:
        workbook.close()
    return rows
