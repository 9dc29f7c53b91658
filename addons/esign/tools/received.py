"""A paper that others made: whether it can be signed here, and its pages with ours behind them.

What could change after the signatures, or act by itself, is refused, not cleaned away: nobody signs another document than was sent.
"""
import io
from collections.abc import Iterator

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from .errors import PdfRefused

MAX_PAGES = 300
MAX_OBJECTS = 100_000
#: points: from a stamp to the largest page that readers show
SMALLEST, LARGEST = 72, 14_400
UNREADABLE = 'The file is no PDF that can be read. Send the document as PDF again.'
ENCRYPTED = 'The PDF is encrypted. Send it without a password.'
SIGNED = 'The PDF has signatures or places for signatures already. Send it as it was before; the places are added here.'
ACTIVE = 'The PDF contains scripts or actions that start by themselves. Print it to PDF anew and send that.'
FORM = 'The PDF is a form whose fields could still be filled. Print it to PDF anew and send that.'
FILES = 'The PDF carries other files inside. Send the document alone.'
LARGE = 'The PDF has more than 300 pages or is built too complicated to be signed. Send it in parts.'
SIZES = 'A page of the PDF is too small or too large to be shown. Send it on usual paper.'

SCRIPTS = {'/JS', '/JavaScript', '/AA'}
ACTIONS = ('/JavaScript', '/Launch', '/SubmitForm', '/ImportData')
_READ_ERRORS = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, AssertionError)


def examine(pdf):
    """Return the number of pages of a PDF that can be signed here.

    :raise PdfRefused: one sentence
    """
    return len(_read(pdf).pages)


def join(pdf, appendix):
    """Return the pages of ``pdf``, as they were, and behind them those of ``appendix``, as one PDF.

    The result claims no PDF/A: nobody here knows how the first pages were made. Pages lie as they are shown, so that places and codes
    are where a reader expects them.

    :return: PDF, number of pages of ``pdf``
    """
    first = _read(pdf)
    try:
        writer = PdfWriter()
        writer.pdf_header = '%PDF-1.7'
        for page in (*first.pages, *PdfReader(io.BytesIO(appendix)).pages):
            added = writer.add_page(page)
            if added.rotation:
                added.transfer_rotation_to_content()
        output = io.BytesIO()
        writer.write(output)
    except _READ_ERRORS as error:
        raise PdfRefused(UNREADABLE) from error
    return output.getvalue(), len(first.pages)


def _read(pdf):
    try:
        reader = PdfReader(io.BytesIO(pdf))
        if reader.is_encrypted:
            raise PdfRefused(ENCRYPTED)
        for part in _parts(reader.trailer['/Root']):
            _check(part)
        if not 1 <= len(reader.pages) <= MAX_PAGES:
            raise PdfRefused(LARGE if reader.pages else UNREADABLE)
        for page in reader.pages:
            if not all(SMALLEST <= side <= LARGEST for side in (page.mediabox.width, page.mediabox.height)):
                raise PdfRefused(SIZES)
            page.get_contents()  # a page that can't be unpacked can't be shown either
    except PdfRefused:
        raise
    except _READ_ERRORS as error:
        raise PdfRefused(UNREADABLE) from error
    return reader


def _check(part):
    """Refuse what doesn't lie still."""
    if part.get('/Type') in ('/Sig', '/DocTimeStamp') or part.get('/FT') == '/Sig':
        raise PdfRefused(SIGNED)
    if part.get('/Fields') or '/XFA' in part or '/FT' in part:
        raise PdfRefused(FORM)
    if SCRIPTS.intersection(part) or part.get('/S') in ACTIONS:
        raise PdfRefused(ACTIVE)
    if '/EmbeddedFiles' in part or part.get('/Type') == '/EmbeddedFile' or part.get('/Subtype') in ('/FileAttachment', '/RichMedia'):
        raise PdfRefused(FILES)


def _parts(root) -> Iterator[DictionaryObject]:
    """Yield every dictionary that can be reached, each once."""
    waiting, seen = [root], set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, IndirectObject):
            if part.idnum in seen:
                continue
            seen.add(part.idnum)
            part = part.get_object()
        if len(seen) + len(waiting) > MAX_OBJECTS:
            raise PdfRefused(LARGE)
        if isinstance(part, DictionaryObject):
            yield part
            waiting.extend(value for value in dict.values(part) if isinstance(value, IndirectObject | DictionaryObject | ArrayObject))
        elif isinstance(part, ArrayObject):
            waiting.extend(value for value in list.__iter__(part) if isinstance(value, IndirectObject | DictionaryObject | ArrayObject))
