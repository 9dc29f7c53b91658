"""The code on each page of a paper that leads to where it is checked; drawn before the first signature, as nothing may be drawn later."""
import zlib

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from reportlab.graphics.barcode import qr

from . import appearance

#: 15 mm: at 300 dpi a square of the code has four dots, and a telephone reads it from a copy of a copy
SIDE = 15 / 25.4 * 72
#: from the lower left corner: papers leave their margin free there
LEFT, BOTTOM = 22, 12
WORDS_WIDTH = 110


def draw(writer, address, lines, pages):
    """Draw the code of an address on every page, lines of words beside it.

    :param lines: list of str
    :param pages: how many there are
    """
    words = appearance.text(lines, (SIDE + 5, 0, SIDE + 5 + WORDS_WIDTH, SIDE), largest=6.5)
    # An artifact: programs that read the paper aloud pass it over. Below what is on the page, whose coordinates may be turned.
    shape = b'/Artifact BMC q 1 0 0 1 %d %d cm %b %b Q EMC\n' % (LEFT, BOTTOM, _squares(address), words)
    content = writer.add_object(generic.StreamObject(
        {pdf_name('/Filter'): pdf_name('/FlateDecode')}, encoded_data=zlib.compress(shape, 9)))
    for page in range(pages):
        writer.add_stream_to_page(page, content, prepend=True)


def _squares(address):
    """Return the operators that draw the code's dark squares, joined along each line."""
    code = qr.QrCodeWidget(address, barLevel='M').qr
    code.make()
    count = code.getModuleCount()
    step, parts = SIDE / count, ['q 0 g']
    for row in range(count):
        column = 0
        while column < count:
            end = column
            while end < count and code.isDark(row, end):
                end += 1
            if end > column:
                parts.append(f'{step * column:.3f} {SIDE - step * (row + 1):.3f} {step * (end - column):.3f} {step:.3f} re')
            column = end + 1
    return ' '.join([*parts, 'f Q']).encode()
