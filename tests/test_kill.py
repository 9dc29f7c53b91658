"""A power cut in the middle of the feed: nothing is lost, nothing happens twice."""
import contextlib
import threading
import time

import requests
from journey import feed, snapshot

from workbench import postgres

#: cut the power once so many batches are acknowledged, some messages are applied and others wait
CUTS = (4, 15, 30)


def test_killed_server_ends_in_the_same_state(fed, make_world):
    world = make_world()
    batches = feed.batches(feed.messages())
    sent = 0

    for cut in CUTS:
        applied = _count(world, "state != 'pending'")
        while sent < cut or not (_count(world, "state != 'pending'") > applied and _count(world, "state = 'pending'")):
            world.door.push(batches[sent])
            sent += 1
        _cut_power_while_sending(world, batches[sent])
        assert _count(world, "state = 'pending'"), 'all was applied already: this cut proves nothing'
        world.server.start()
        sent -= 1  # the sender begins again with the last batch that was acknowledged
    for batch in batches[sent:]:
        world.door.push(batch)
    _wait_until_idle(world)

    documents, states = world.documents(), world.states()
    world.server.stop()
    assert snapshot.differences(fed.documents, documents) == []
    assert _without_duplicates(states) == _without_duplicates(fed.world.states())


def _cut_power_while_sending(world, batch):
    """Kill the server while it applies messages and has just begun to receive more."""
    sending = threading.Thread(target=_send_unheard, args=(world, batch))
    sending.start()
    time.sleep(0.02)
    world.server.kill()
    sending.join()


def _send_unheard(world, batch):
    with contextlib.suppress(requests.RequestException, AssertionError):
        world.door.push(batch)


def _without_duplicates(states):
    return {state: count for state, count in states.items() if state != 'duplicate'}


def _count(world, where):
    """Count messages beside the server, which may be dead."""
    statement = f'SELECT count(*) FROM wim_message WHERE {where}'
    return int(postgres.sql(statement, database=world.server.db, env=world.server.databases.cluster.env()))


def _wait_until_idle(world):
    end = time.monotonic() + 600
    while _count(world, "state = 'pending'"):
        assert time.monotonic() < end
        time.sleep(0.2)
