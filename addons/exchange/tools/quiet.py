"""Keeps what a message says out of the log while it is being handled."""
import contextlib
import contextvars
import logging
import traceback

_is_quiet = contextvars.ContextVar('exchange_is_quiet', default=False)


class _HideQueries(logging.Filter):
    """Takes the text off "bad query" lines: it would carry the values of the message."""

    def filter(self, record):
        if _is_quiet.get() and record.levelno >= logging.WARNING:
            record.msg, record.args = "A query failed while messages were handled; its text is withheld.", ()
        return True


logging.getLogger('odoo.sql_db').addFilter(_HideQueries())


@contextlib.contextmanager
def withheld():
    """Inside this block the database layer logs failed queries without their text."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


def describe(error):
    """Say where an exception came from without what it says: texts of exceptions quote values.

    :return: type and call stack, one line a frame
    """
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{type(error).__module__}.{type(error).__qualname__}"]
    lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    return '\n'.join(lines)
