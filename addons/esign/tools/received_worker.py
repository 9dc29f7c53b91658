"""Read one PDF of others in a process of its own: work of a ``workshop``, never imported by the server.

In: one line of JSON ({"appendix": base64 or null}) and the file on standard input; limits of memory and time as arguments.
Out: one line of JSON ({"pages": n}, or {"sentence": why not}) and the joined file.
"""
import base64
import json
import logging
import sys
from pathlib import Path


def prepare():
    """Import what takes long, once for many files; this folder stands outside of Odoo here."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from tools import received  # noqa: F401


def main():
    from tools import received
    from tools.verify_worker import limit

    limit(int(sys.argv[1]), int(sys.argv[2]))
    logging.disable(logging.CRITICAL)
    appendix = json.loads(sys.stdin.buffer.readline())['appendix']
    pdf, joined = sys.stdin.buffer.read(), b''
    try:
        if appendix is None:
            answer = {'pages': received.examine(pdf)}
        else:
            joined, pages = received.join(pdf, base64.b64decode(appendix))
            answer = {'pages': pages}
    except received.PdfRefused as error:
        answer = {'sentence': error.sentence}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b'\n' + joined)


if __name__ == '__main__':
    main()
