"""Contracts sealed and archived, per second in one worker, with a time-stamp authority of its own process over HTTP.

Ours draws a seal with its slices across the pages, checks certificate and tokens, signs, adds what the archive needs and the
last time-stamp. The reference is bare pyHanko making the same level (B-LTA) of the same frozen file with the same keys, lists
and authority: certificates checked, a signature with a time-stamp, then a document time-stamp; nothing drawn. Five pairs of ten.
The memory of the worker must be flat: after 120 contracts as after 20.
"""
from . import Row


def measure(bench):
    name = bench.copy()
    found = bench.shell(name, 'shell_esign', what='seal')
    bench.drop(name)
    return [
        Row('esign_seal ÷ bare pyHanko', found['rates'], '/s', 0.7),
        Row('esign_seal, memory after 120 ÷ after 20', [found['memory']], 'MiB', 1.05, at_most=True),
    ]
