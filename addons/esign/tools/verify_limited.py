"""Checking a file of a stranger: as ``verify.py`` does, in a process that is stopped when it takes too much."""
import base64
import json
from datetime import UTC, datetime
from pathlib import Path

from odoo.addons.document_template.tools.workshop import Workshop

from .errors import VerifyError
from .verify import TOO_LONG, UNREADABLE

WORKSHOP = Workshop(Path(__file__).with_name('verify_worker.py'))
SECONDS = 30
MEMORY_MB = 800
MAX_BYTES = 50_000_000
TOO_LARGE = 'The file is too large to be checked.'
TOO_MUCH = 'Checking took too much memory and was stopped; the file is unusually complicated or made to hold up this server.'


def examine_limited(pdf, trusted, *, expected=None, seconds=SECONDS, memory_mb=MEMORY_MB, max_bytes=MAX_BYTES):
    """Check a file as ``verify.examine``, within limits.

    :raise VerifyError: a sentence, whatever the file is
    """
    if len(pdf) > max_bytes:
        raise VerifyError(TOO_LARGE, 'limit')
    if b'%PDF-' not in pdf[:1024]:
        raise VerifyError(UNREADABLE)
    question = json.dumps({
        **{name: [base64.b64encode(der).decode() for der in ders] for name, ders in trusted._asdict().items()},
        'expected': None if expected is None else list(expected), 'moment': datetime.now(UTC).isoformat(),
    }).encode()
    try:
        done = WORKSHOP.run([str(memory_mb), str(max(1, round(seconds)))], question + b'\n' + pdf, seconds)
    except TimeoutError:
        raise VerifyError(TOO_LONG, 'limit') from None
    if done.returncode == 0:
        answer = json.loads(done.stdout)
        if 'sentence' in answer:
            raise VerifyError(answer['sentence'])
        return answer
    if done.returncode in (-24, -9):  # SIGXCPU, or killed when it didn't stop then
        raise VerifyError(TOO_LONG, 'limit')
    if b'MemoryError' in done.stderr or done.returncode in (-6, -11):
        raise VerifyError(TOO_MUCH, 'limit')
    raise VerifyError(UNREADABLE)
