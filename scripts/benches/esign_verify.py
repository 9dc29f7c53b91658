"""Completed contracts of three parties verified, per second in one worker.

Ours is `examine`: all signatures with the analysis of what came later, each at its time, lists of revocation, expected parties,
coverage. The reference is bare pyHanko's validation of the same five signatures on the same file with its own analysis.
Five pairs of ten.
"""
from . import Row


def measure(bench):
    name = bench.copy()
    found = bench.shell(name, 'shell_esign', what='verify')
    bench.drop(name)
    return [Row('esign_verify ÷ bare pyHanko', found['rates'], '/s', 0.7)]
