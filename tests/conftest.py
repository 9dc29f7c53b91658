"""Odoo as others meet it: a server process on a database of its own, reached over HTTP.

`make_database`  a copy of the template with all rooms installed, dropped afterwards
`make_server`    a server on such a copy (or on one given), with its own port
`server`         one server for the tests of a module: `.url`, `.db`, `.kill()`, `.restart()`
"""
import itertools
import os
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT / 'scripts'))

from workbench import database, machine, postgres, rooms  # noqa: E402  (the path above comes first)
from workbench.server import Server  # noqa: E402

#: the set-up of the WIM journeys, and of those that sign
pytest_plugins = ['journey.fixtures', 'journey.signing']

numbers = itertools.count(1)


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
