"""Keeps Python's search for cyclic garbage out of the handling of a batch."""
import contextlib
import gc


@contextlib.contextmanager
def not_collecting():
    """Inside this block objects that refer to each other in circles stay in memory.

    A batch makes a million objects that live until its commit: looking through them again and again is 7 % of the work.
    Where two threads do this at once, the first to end switches it on again, which costs time only.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
