"""Check one file of a stranger in a process of its own: work of a ``workshop``, never imported by the server.

In: one line of JSON (roots, expected signers) and the file on standard input; limits of memory and time as arguments.
Out: the result as JSON, or {"sentence": why not}.
"""
import base64
import json
import logging
import resource
import sys
from datetime import datetime
from pathlib import Path


def prepare():
    """Import what takes long, once for many files; this folder stands outside of Odoo here."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from tools import verify  # noqa: F401


def limit(memory_mb, seconds):
    """Bind this process before it reads a byte of what a stranger made."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main():
    limit(int(sys.argv[1]), int(sys.argv[2]))
    logging.disable(logging.CRITICAL)
    from tools import trust, verify

    question = json.loads(sys.stdin.buffer.readline())
    pdf = sys.stdin.buffer.read()
    trusted = trust.Trust(*([base64.b64decode(text) for text in question[name]] for name in trust.Trust._fields))
    try:
        answer = verify.examine(pdf, trusted, expected=question['expected'], moment=datetime.fromisoformat(question['moment']))
    except verify.VerifyError as error:
        answer = {'sentence': error.sentence}
    sys.stdout.write(json.dumps(answer))


if __name__ == '__main__':
    main()
