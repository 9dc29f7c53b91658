"""Several senders and several servers at once: every message has one effect."""
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from journey import feed, snapshot
from journey.clients import Door, wait_until_idle

from workbench.server import Server


def test_ten_identical_posts_at_once_have_one_effect(make_world):
    world = make_world()
    contracts = [message for message in feed.messages() if message['event'] == 'contract.upsert']

    with ThreadPoolExecutor(10) as senders:
        answers = list(senders.map(lambda _number: Door(world.server.url, world.keys.wim).push(contracts), range(10)))

    wait_until_idle(world.json2)
    for number, message in enumerate(contracts):
        assert Counter(answer[number]['state'] for answer in answers) == {'pending': 1, 'duplicate': 9}, message['msg_id']
    assert world.states() == {
        'done': len(contracts) + len(feed.master_data()), 'duplicate': 9 * len(contracts)}
    assert world.json2('sale.order', 'search_count', domain=[('business_id', '!=', False)]) == len(contracts)
    world.server.stop()


def test_two_servers_share_the_work_of_four_senders(fed, make_world):
    """Both servers take messages and apply them; batches overtake each other."""
    world = make_world()
    second = Server(world.server.databases, world.server.db).start()
    doors = [Door(server.url, world.keys.wim) for server in (world.server, second, world.server, second)]

    with ThreadPoolExecutor(len(doors)) as senders:
        for number, door in enumerate(doors):
            senders.submit(lambda door, mine: [door.push(batch) for batch in mine],
                           door, feed.batches(feed.messages())[number::len(doors)])
    wait_until_idle(world.json2)

    documents, states = world.documents(), world.states()
    second.stop()
    world.server.stop()
    assert snapshot.differences(fed.documents, documents) == []
    assert {state: states.get(state, 0) for state in ('pending', 'parked', 'rejected')} == {
        'pending': 0, 'parked': len(feed.issues('unknown parent')), 'rejected': fed.world.states()['rejected']}
