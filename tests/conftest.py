"""Odoo as others meet it: a server process on a database of its own, reached over HTTP.

`make_database`  a copy of the template with all rooms installed, dropped afterwards
`make_server`    a server on such a copy (or on one given), with its own port
`server`         one server for the tests of a module: `.url`, `.db`, `.kill()`, `.restart()`
"""
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT / 'scripts'))

from workbench import database, machine, odoo, postgres, rooms  # noqa: E402  (the path above comes first)

numbers = itertools.count(1)


class Server:
    """An Odoo process on one database."""

    def __init__(self, databases, db, options=()):
        self.databases = databases
        self.db = db
        self.options = options
        self.port = _free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        self.log = CHECKOUT / 'test-results' / f'server-{db}.log'
        self.process = None

    def start(self, timeout=60):
        self.log.parent.mkdir(exist_ok=True)
        with open(self.log, 'a') as log:
            self.process = subprocess.Popen(
                [odoo.COMMAND, '-d', self.db, f'--db-filter=^{self.db}$', f'--http-port={self.port}',
                 f'--gevent-port={_free_port()}', *self.options],
                env=self.databases.env(), cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if self._answers():
                return self
            time.sleep(0.1)
        self.kill()
        pytest.fail(f'The server on {self.db} did not answer within {timeout} s:\n{self.log.read_text()[-3000:]}')

    def kill(self):
        """End it as a power cut would: no shutdown, open transactions lost."""
        self._end(signal.SIGKILL)

    def stop(self):
        self._end(signal.SIGTERM)

    def restart(self):
        self.stop()
        return self.start()

    def _end(self, how):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _answers(self):
        try:
            with urllib.request.urlopen(f'{self.url}/web/login', timeout=30) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False


@pytest.fixture(scope='session')
def databases():
    cluster = postgres.cluster()
    cluster.start()
    return database.Databases(cluster, machine.CACHE / 'data')


@pytest.fixture(scope='session')
def template(databases):
    """`scripts/test` says which; a run by hand makes it if need be."""
    return os.environ.get('WASTE_TEMPLATE_DB') or rooms.template(databases)


@pytest.fixture(scope='session')
def make_database(databases, template):
    made = []

    def make(source=None):
        name = f'test_{os.getpid()}_journey{next(numbers)}'
        databases.clone(source or template, name)
        made.append(name)
        return name

    yield make
    for name in made:
        databases.drop(name)


@pytest.fixture(scope='session')
def make_server(databases, make_database):
    made = []

    def make(db=None, *options):
        """:param options: for Odoo, e.g. '--max-cron-threads=0'"""
        server = Server(databases, db or make_database(), options)
        made.append(server)
        return server.start()

    yield make
    for server in made:
        server.stop()


@pytest.fixture(scope='module')
def server(make_server):
    running = make_server()
    yield running
    running.stop()


def _free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]
