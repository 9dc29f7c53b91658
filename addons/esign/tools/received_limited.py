"""A paper of others, read as ``received.py`` does, in a process that is stopped when it takes too much."""
import base64
import json
from pathlib import Path

from odoo.addons.document_template.tools.workshop import Workshop

from .errors import PdfRefused
from .received import LARGE, UNREADABLE

WORKSHOP = Workshop(Path(__file__).with_name('received_worker.py'))
SECONDS = 20
MEMORY_MB = 600


def examine_received(pdf):
    """Return the number of pages of a PDF of others that can be signed here.

    :raise PdfRefused: one sentence, whatever the file is
    """
    return _run(pdf, None)[0]


def join_received(pdf, appendix):
    """Return the pages of a PDF of others with ours behind them, and how many pages the first has.

    :raise PdfRefused: one sentence, whatever the file is
    """
    pages, joined = _run(pdf, appendix)
    return joined, pages


def _run(pdf, appendix):
    if b'%PDF-' not in pdf[:1024]:
        raise PdfRefused(UNREADABLE)
    question = json.dumps({'appendix': appendix and base64.b64encode(appendix).decode()}).encode()
    try:
        done = WORKSHOP.run([str(MEMORY_MB), str(SECONDS)], question + b'\n' + pdf, SECONDS)
    except TimeoutError:
        raise PdfRefused(LARGE) from None
    if done.returncode:
        raise PdfRefused(LARGE if b'MemoryError' in done.stderr or done.returncode < 0 else UNREADABLE)
    head, _newline, joined = done.stdout.partition(b'\n')
    answer = json.loads(head)
    if 'sentence' in answer:
        raise PdfRefused(answer['sentence'])
    return answer['pages'], joined
