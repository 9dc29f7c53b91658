"""Fixtures of the WIM journeys: one company set-up a session, copied for each journey, and one database that got the feed."""
from dataclasses import dataclass, field

import pytest

from . import company, feed, snapshot
from .clients import Door, Json2, Rpc, wait_until_idle


@dataclass
class World:
    """A server on a copy of the company set-up, with a client for each door."""
    server: object
    keys: company.Keys
    door: Door = field(init=False)
    json2: Json2 = field(init=False)

    def __post_init__(self):
        self.door = Door(self.server.url, self.keys.wim)
        self.json2 = Json2(self.server.url, self.keys.admin)

    def rpc(self, login='admin', password='admin'):
        return Rpc(self.server.url, self.server.db, login, password)

    def push(self, messages, size=feed.BATCH):
        """Send messages in batches, arrays and NDJSON in turn, and wait until each had its first handling.

        :return: {state that the door answered: count}
        """
        answered = {}
        for number, batch in enumerate(feed.batches(messages, size)):
            results = (self.door.push_lines if number % 2 else self.door.push)(batch)
            assert [result['msg_id'] for result in results] == [message['msg_id'] for message in batch]
            for result in results:
                answered[result['state']] = answered.get(result['state'], 0) + 1
        self.door.settled(messages[-1]['msg_id'])
        wait_until_idle(self.json2)
        return answered

    def states(self):
        """{state: count} of the messages that were kept."""
        groups = self.json2('wim.message', 'formatted_read_group', domain=[], groupby=['state'], aggregates=['__count'])
        return {group['state']: group['__count'] for group in groups}

    def documents(self):
        return snapshot.documents(self.json2)


@dataclass
class Fed:
    """A world that got the whole feed once, and what it was like right after."""
    world: World
    answered: dict
    documents: dict
    stamps: dict


@pytest.fixture(scope='session')
def company_database(make_database, make_server):
    """(database, keys): three companies with people, parties and licences, and no document yet."""
    db = make_database()
    server = make_server(db)
    world = World(server, company.set_up(server.url, db))
    world.push(feed.master_data())
    states = world.states()
    server.stop()
    assert states == {'done': len(feed.master_data())}
    return db, world.keys


@pytest.fixture(scope='session')
def make_world(company_database, make_database, make_server):
    """Make a world of one's own; it ends with the session, or earlier by ``world.server.stop()``."""
    db, keys = company_database

    def make(*options):
        return World(make_server(make_database(db), *options), keys)

    return make


@pytest.fixture(scope='session')
def fed(make_world):
    world = make_world()
    answered = world.push(feed.messages())
    return Fed(world, answered, world.documents(), snapshot.stamps(world.json2))
