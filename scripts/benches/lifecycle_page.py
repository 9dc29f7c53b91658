"""The life-cycle page of a batch of 1,000 packages, in seconds a call, and its number of queries.

The batch comes through the door: every package with seven nodes, some split, merged and disposed of, with its statement,
invoice and payment. Ours is ``waste.batch.get_lifecycle`` on an empty cache, as a dispatcher in zh_CN; the reference is bare
SQL in the same process that fetches the same rows (packages with all that was made of them, their conversions, their
events) and does nothing with them. Five pairs. The number of queries must be that of a batch of 10 packages.
"""
from journey import company, feed
from journey.clients import Door, Json2, Rpc, wait_until_idle
from journey.large_batch import LargeBatch

from . import Row
from workbench import machine

MAX_QUERIES = 25


def measure(bench):
    name = bench.copy()
    with bench.serve(name) as server:
        _make_batches(bench, server)
    found = bench.shell(name, 'shell_lifecycle')
    bench.drop(name)
    machine.say(f'  {found["packages"]} packages, {found["events"]} events, {found["bytes"] / 1024:.0f} KiB of JSON')
    return [
        Row('lifecycle_page ÷ bare SQL', found['seconds'], 's'),
        Row('lifecycle_page, queries ÷ those for 10 packages', [(found['queries'], found['queries_small'])], '', 1, at_most=True),
        Row('lifecycle_page, queries ÷ allowed', [(found['queries'], MAX_QUERIES)], '', 1, at_most=True),
    ]


def _make_batches(bench, server):
    rpc, door = Rpc(server.url, server.db), Door(server.url, bench.keys.wim)
    companies = rpc('res.company', 'search_read', [('company_code', '!=', False)], fields=['company_code'])
    company.user(rpc, 'dispatcher', 'Dispatcher', ['waste.group_dispatcher'],
                 {row['company_code']: row['id'] for row in companies})
    messages = LargeBatch('PC-SMALL', 10, '2026-08').messages() + LargeBatch('PC-LARGE', 1000, '2026-09').messages()[1:]
    for batch in feed.batches(messages, 1000):
        door.push(batch)
    json2 = Json2(server.url, bench.keys.admin)
    wait_until_idle(json2)
    done = json2('wim.message', 'search_count', domain=[
        ('state', '=', 'done'), ('msg_id', 'in', [message['msg_id'] for message in messages])])
    if done != len(messages):
        machine.fail(f'Only {done} of {len(messages)} messages of the large batch were applied; look at the server log in {server.log}.')
