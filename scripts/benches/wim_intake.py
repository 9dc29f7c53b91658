"""The feed of 92 days through the door, from the first byte sent until the last message is applied.

One client sends batches of 500 one after the other over HTTP with an API key, as WIM does, while the server applies
them: a process for the door and one for the jobs, as `scripts/run` starts it. Companies, people and parties are there
before. Three rounds, each on fresh copies of the company set-up; in each the feed is pushed whole, and once more in its
two parts:

- material, 18,909 of the 19,147 messages: contracts, pickups, weighings, package events, manifests … what we apply
  ourselves. The targets are on it;
- money, 238 messages, for which Odoo posts and pays 135 documents: held against Odoo doing that, by itself.

The references, in the same round and for as many rows as there are messages, are

- one bare ORM ``create`` of rows of the shape of a package event, on a model without method, index or constraint
  of its own (what a document message says stands in its text column), with commit;
- the same, and one more ``create`` of rows of the shape of an inbox message: what is written at the least
  when messages are kept and applied;
- ``COPY`` of the event rows;
- one XML-RPC ``create`` per event row, for the first 500 rows, with a password, as scripts do it;
- Odoo posting, paying and matching documents of the same amounts as those of the feed, without our rooms.
"""
import contextlib
import time

import psycopg2
from journey import feed
from journey.clients import Door, Rpc

from . import Row
from workbench import machine

RUNS = 3
RPC_SAMPLE = 500
MONEY = ('statement.upsert', 'invoice.upsert', 'payment.upsert')


def measure(bench):
    runs = []
    for _run in range(RUNS):
        name = bench.copy()
        with bench.serve(name) as server:
            ours = _push(bench, server, feed.messages())
        bare = bench.shell(name, 'shell_bare_rows', feed=str(feed.FOLDER / 'messages.jsonl.gz'), sample=RPC_SAMPLE)
        with bench.serve(name) as server:
            rpc = _create_each(server, bare['sample'])
        bench.drop(name)
        runs.append({
            'whole feed': ours, 'rpc': rpc, **{way: bare['rows'] / seconds for way, seconds in bare['seconds'].items()},
            **_push_in_parts(bench),
        })

    def row(part, title, way, target=None):
        return Row(f'wim_intake, {part}, door to applied ÷ {title}', [(run[part], run[way]) for run in runs], 'rows/s', target)

    return [
        row('material', 'one bare ORM create of as many event rows', 'create', 0.25),
        row('material', 'an XML-RPC create for each event row', 'rpc', 40),
        row('material', 'two bare ORM creates, of message and event rows', 'create_both'),
        row('material', 'COPY of the event rows', 'copy'),
        row('whole feed', 'one bare ORM create of as many event rows', 'create'),
        row('whole feed', 'an XML-RPC create for each event row', 'rpc'),
        row('money', 'Odoo posting the same documents', 'posting'),
    ]


def _push_in_parts(bench):
    """Return the speeds of the two parts of the feed, and of Odoo alone with the documents of the second."""
    name = bench.copy()
    material = [message for message in feed.messages() if message['event'] not in MONEY]
    money = [message for message in feed.messages() if message['event'] in MONEY]
    with bench.serve(name) as server:
        speeds = {'material': _push(bench, server, material)}
        seconds = len(money) / _push(bench, server, money)
    posted = bench.shell(name, 'shell_post_documents')
    bench.drop(name)
    return {**speeds, 'money': posted['documents'] / seconds, 'posting': posted['documents'] / posted['seconds']}


def _push(bench, server, messages):
    """Return how many messages a second were taken and applied."""
    door = Door(server.url, bench.keys.wim)
    started = time.perf_counter()
    for batch in feed.batches(messages):
        door.push(batch)
    taken = time.perf_counter() - started
    _wait_until_applied(server)
    applied = time.perf_counter() - started
    machine.say(f'  {len(messages)} messages taken in {taken:.1f} s, applied after {applied:.1f} s')
    return len(messages) / applied


def _wait_until_applied(server):
    """Ask the database, twenty times a second: asking the server would cost it more than it takes to apply a message."""
    env = server.databases.cluster.env()  # empty where PGHOST is given
    place = {word: env[name] for word, name in (('host', 'PGHOST'), ('port', 'PGPORT'), ('user', 'PGUSER')) if name in env}
    with contextlib.closing(psycopg2.connect(dbname=server.db, **place)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            while True:
                cursor.execute("SELECT 1 FROM wim_message WHERE state = 'pending' LIMIT 1")
                if not cursor.fetchone():
                    return
                time.sleep(0.05)


def _create_each(server, rows):
    rpc = Rpc(server.url, server.db)
    rpc('x_bench_event', 'search_count', [])
    started = time.perf_counter()
    for vals in rows:
        rpc('x_bench_event', 'create', vals)
    return len(rows) / (time.perf_counter() - started)
