"""One batch run over 5,000 contracts that all have accepted batches, in statement and line rows a second.

Each contract has two waste details with two batches each in the month: 5,000 statements with 10,000 lines. Ours is
the run as the cron makes it (``waste.statement.run``): batches and terms read, amounts and sentences calculated,
checks made, rows written, all with the commit after each slice. The reference is what it must do at the least: bare
ORM ``create`` of the same statement, line and line-batch rows in slices of the same size, with commit, on models with
the same columns of the same types, but without method, index or constraint. Three times, each on a fresh copy.
"""
from . import Row
from workbench import machine

RUNS = 3
CONTRACTS = 5000


def measure(bench):
    ready = bench.copy()
    bench.shell(ready, 'shell_statement_contracts', contracts=CONTRACTS)
    runs = []
    for _run in range(RUNS):
        name = bench.copy(ready)
        runs.append(bench.shell(name, 'shell_statements', contracts=CONTRACTS))
        bench.drop(name)
        machine.say(f'  {runs[-1]["rows"]} rows: run {runs[-1]["ours"]:.1f} s, bare creates {runs[-1]["bare"]:.1f} s')
    bench.drop(ready)
    return [Row(
        'statements, run over 5,000 contracts ÷ bare ORM creates of the rows it makes',
        [(run['rows'] / run['ours'], run['rows'] / run['bare']) for run in runs], 'rows/s', 0.4)]
