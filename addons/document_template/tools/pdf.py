"""HTML to PDF/A in a process of its own, so that no document can hold up or fill the server."""
import json
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from .workshop import Workshop

#: fontTools dates its subsets by SOURCE_DATE_EPOCH
WORKSHOP = Workshop(Path(__file__).with_name('pdf_worker.py'), SOURCE_DATE_EPOCH='0', PYTHONHASHSEED='0')
SECONDS = 60
MEMORY_BYTES = 1536 * 1024 * 1024
#: a contract of 300 lines is 0.2 MB of HTML; pictures come inside it
HTML_BYTES = 30 * 1024 * 1024


class PdfError(Exception):
    """The document could not be drawn; ``reason`` is 'time', 'memory', 'size' or 'engine'."""

    def __init__(self, reason, detail=''):
        super().__init__(f'{reason}: {detail}')
        self.reason = reason
        self.detail = detail


class Rendered(NamedTuple):
    pdf: bytes
    pages: int
    #: {'sig_party_a': {'page': 3, 'box': [x1, y1, x2, y2]}}, points from the lower left corner of the page
    places: dict
    engine: str
    fonts: dict
    warnings: list

    @property
    def sha256(self):
        return sha256(self.pdf).hexdigest()


def render(html, *, seconds=SECONDS, memory_bytes=MEMORY_BYTES):
    """Draw ``html`` as PDF/A-3b; the same HTML and fonts give the same bytes.

    Only ``data:`` URLs are read. Scripts don't exist here.

    :param html: str, a whole document
    :return: :class:`Rendered`
    :raise PdfError: when it takes too long, too much memory or can't be drawn
    """
    source = html.encode()
    if len(source) > HTML_BYTES:
        raise PdfError('size')
    try:
        done = WORKSHOP.run([str(memory_bytes), str(seconds)], source, seconds)
    except TimeoutError:
        raise PdfError('time') from None
    if done.returncode:
        raise PdfError(*_why(done))
    head, _newline, pdf = done.stdout.partition(b'\n')
    return Rendered(pdf, **json.loads(head))


def _why(done):
    """Return reason and detail of a worker that failed."""
    error = done.stderr.decode(errors='replace').strip()
    last = error.rpartition('\n')[2]
    if done.returncode in (-24, -9):  # SIGXCPU, or killed when it didn't stop then
        return 'time', last
    if 'MemoryError' in error or 'allocate' in error or done.returncode in (-6, -11, -5):
        return 'memory', last
    return 'engine', last
