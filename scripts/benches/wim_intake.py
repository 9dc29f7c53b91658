"""The whole feed through the door, from the first byte sent until the last message is applied, in messages a second.

One client sends batches of 500 one after the other over HTTP with an API key, as WIM does, while the server (one
process with its cron thread, as in `odoo.conf`) applies them. Companies, people and parties are there before. The
references run in the same database right after:

- one bare ORM ``create`` of as many rows of the shape of a package event, on a model without method, index or constraint
  of its own (what a document message says stands in its text column), with commit;
- the same, and one more ``create`` of as many rows of the shape of an inbox message: what is written at the least
  when messages are kept and applied;
- ``COPY`` of the event rows;
- one XML-RPC ``create`` per event row, for the first 500 rows, with a password, as scripts do it.

The whole feed holds 238 messages of money, and most of the time goes into the 135 invoices and payments that Odoo posts
for them. So the feed is pushed once more in its two parts: what happened to the material, measured against the same
``create``; then the money, measured against Odoo posting, paying and matching as many documents of the same amounts
without our rooms.

All of it three times, each on a fresh copy of the company set-up.
"""
import time

from journey import feed
from journey.clients import Door, Json2, Rpc, wait_until_idle

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
            'all': ours, 'rpc': rpc, **{way: bare['rows'] / seconds for way, seconds in bare['seconds'].items()},
            **_push_in_parts(bench),
        })

    def row(title, way, target=None, part='all'):
        what = 'wim_intake' if part == 'all' else f'wim_intake, {part} only'
        return Row(f'{what} ÷ {title}', [(run[part], run[way]) for run in runs], 'rows/s', target)

    return [
        row('one ORM create of event rows', 'create', 0.25),
        row('two ORM creates, of message and event rows', 'create_both'),
        row('COPY of event rows', 'copy'),
        row('an XML-RPC create for each event row', 'rpc', 40),
        row('one ORM create of event rows', 'create', part='material'),
        row('an XML-RPC create for each event row', 'rpc', part='material'),
        row('Odoo posting the same documents', 'posting', part='money'),
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
    door, json2 = Door(server.url, bench.keys.wim), Json2(server.url, bench.keys.admin)
    started = time.perf_counter()
    for batch in feed.batches(messages):
        door.push(batch)
    taken = time.perf_counter() - started
    wait_until_idle(json2)
    applied = time.perf_counter() - started
    machine.say(f'  {len(messages)} messages taken in {taken:.1f} s, applied after {applied:.1f} s')
    return len(messages) / applied


def _create_each(server, rows):
    rpc = Rpc(server.url, server.db)
    rpc('x_bench_event', 'search_count', [])
    started = time.perf_counter()
    for vals in rows:
        rpc('x_bench_event', 'create', vals)
    return len(rows) / (time.perf_counter() - started)
