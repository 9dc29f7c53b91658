"""What `scripts/bench` measures: one module a row, named like it, with a function ``measure(bench)`` that returns rows."""
import contextlib
import importlib
import itertools
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from workbench import machine, odoo, rooms
from workbench.server import Server

NAMES = ('wim_intake', 'lifecycle_page', 'statements', 'esign_seal', 'esign_verify', 'wecom_callback', 'wecom_resync')
MARK = 'BENCH RESULT '
SHELL_START = '''import json
arguments = json.loads({arguments!r})
def report(result):
    print({mark!r} + json.dumps(result))

'''


@dataclass
class Row:
    """One line of the table: the pair of measurements whose ratio is the median.

    A pair is measured within minutes; other work on the machine spoils single pairs rather than the median.

    :param pairs: list of (ours, reference)
    :param target: least ratio allowed (most, with ``at_most``); None for a figure that only informs
    """
    name: str
    pairs: list
    unit: str
    target: float | None = None
    at_most: bool = False

    def __post_init__(self):
        ranked = sorted(self.pairs, key=lambda pair: pair[0] / pair[1])
        self.ours, self.reference = ranked[len(ranked) // 2]

    @property
    def ratio(self):
        return self.ours / self.reference

    @property
    def ok(self):
        return self.target is None or (self.ratio <= self.target if self.at_most else self.ratio >= self.target)

    def as_dict(self):
        return {**asdict(self), 'ours': self.ours, 'reference': self.reference, 'ratio': self.ratio, 'ok': self.ok}

    def cells(self):
        if self.target is None:
            target, verdict = '', ''
        else:
            target, verdict = f'{"≤" if self.at_most else "≥"} {self.target:g}', 'yes' if self.ok else 'NO'
        return (self.name, f'{_short(self.ours)} {self.unit}', f'{_short(self.reference)} {self.unit}', _short(self.ratio),
                target, verdict)


class Bench:
    """The databases of one run; all are dropped at its end."""

    def __init__(self, databases):
        self.databases = databases
        self.made = []
        self.numbers = itertools.count(1)
        self.company = self.keys = None

    def __enter__(self):
        """Set up a group of companies with people and parties, the start of every measurement."""
        from journey import company, feed
        from journey.clients import Door, Json2, wait_until_idle

        template = os.environ.get('WASTE_TEMPLATE_DB') or rooms.template(self.databases)
        self.company = self.copy(template)
        with machine.step('Company set-up'), self.serve(self.company) as server:
            self.keys = company.set_up(server.url, server.db)
            Door(server.url, self.keys.wim).push(feed.master_data())
            wait_until_idle(Json2(server.url, self.keys.admin))
        return self

    def __exit__(self, *_error):
        for name in self.made:
            self.databases.drop(name)

    def measure(self, name):
        with machine.step(name):
            return importlib.import_module(f'benches.{name}').measure(self)

    def copy(self, source=None):
        """Make a database, of the company set-up by default."""
        name = f'bench_{os.getpid()}_{next(self.numbers)}'
        self.databases.clone(source or self.company, name)
        self.made.append(name)
        return name

    def drop(self, name):
        self.databases.drop(name)
        self.made.remove(name)

    @contextlib.contextmanager
    def serve(self, name):
        server = Server(self.databases, name).start()
        try:
            yield server
        finally:
            server.stop()

    def shell(self, name, script, **arguments):
        """Run a script of this folder in `odoo shell`; it reads `arguments` and calls `report(dict)`.

        :return: what it reported
        """
        code = (Path(__file__).parent / f'{script}.py').read_text(encoding='utf-8')
        start = SHELL_START.format(arguments=json.dumps(arguments), mark=MARK)
        said = odoo.run(['shell', '-d', name, '--no-http'], self.databases.env(), stdin=start + code)
        return json.loads(next(line for line in said.splitlines() if line.startswith(MARK)).removeprefix(MARK))


def _short(number):
    return f'{number:,.0f}' if number >= 1000 else f'{number:.3g}'
