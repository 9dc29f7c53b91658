"""The archive of conversations with real processes: check 12 of reference/wecom.md, 5. A notice of WeCom, the child, the jobs, kill -9."""
import json
import os
import shlex
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from fakes.running import HERE, Fake
from journey.clients import Rpc

from workbench import postgres

AGENT, CORP = '1000002', 'wwfake0000000001'
CUSTOMER = 'wmjourney00000000000000000000001'
MANY = 4000


@pytest.fixture(scope='module')
def wecom():
    with Fake('wecom') as fake:
        yield fake


@pytest.fixture(scope='module')
def world(tmp_path_factory):
    """The file of `tests/fakes/wecom_archive.py`, which the server starts as its child."""
    path = tmp_path_factory.mktemp('archive') / 'world.json'
    os.environ['WECOM_ARCHIVE_CHILD'] = shlex.join([sys.executable, str(HERE / 'wecom_archive.py'), str(path)])
    yield World(path)
    del os.environ['WECOM_ARCHIVE_CHILD']


@pytest.fixture(scope='module')
def archive(world, wecom, make_server):
    """An archive set up on both sides, with a key that was made here."""
    server = make_server()
    rpc = Rpc(server.url, server.db)
    app = rpc('wecom.app', 'create', {
        'name': 'SCRM', 'corp_id': CORP, 'agent_id': AGENT, 'secret': f'fake-app-secret-{AGENT}', 'callback_token': f'token{AGENT}',
        'callback_aes_key': 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C', 'api_base_url': f'{wecom.url}/cgi-bin/'})
    [row] = rpc('wecom.app', 'read', [app], fields=['door'])
    _control(wecom, 'app', agentid=AGENT, callback=f'{server.url}/wecom/callback/{row["door"]}')
    archive = rpc('wecom.archive', 'create', {'app_id': app, 'secret': 'archive-secret', 'key_ids': [[0, 0, {'version': 1}]]})
    [key] = rpc('wecom.archive.key', 'search_read', [('archive_id', '=', archive)], fields=['public_pem'])
    world.write(keys={'1': key['public_pem']})
    yield server
    server.stop()


class World:

    def __init__(self, path):
        self.path, self.content = Path(path), {'secret': 'archive-secret', 'records': [], 'files': {}}
        self.write()

    def write(self, **values):
        self.content.update(values)
        self.path.write_text(json.dumps(self.content))

    def say(self, *texts):
        records = self.content['records']
        for text in texts:
            seq = len(records) + 1
            records.append({'seq': seq, 'version': 1, 'content': {
                'msgid': f'journey{seq}', 'action': 'send', 'from': CUSTOMER, 'tolist': ['LiNa'], 'roomid': '',
                'msgtime': int(time.time() * 1000), 'msgtype': 'text', 'text': {'content': text}}})
        self.write()


def test_check_12_a_word_is_told_within_a_minute_of_the_notice_and_reading_it_is_on_record(archive, wecom, world):
    rpc = Rpc(archive.url, archive.db)
    for name, group in (('officer', 'wecom_contact.group_compliance'), ('auditor', 'wecom_archive.group_auditor')):
        rpc('res.users', 'create', {'name': name, 'login': name, 'password': name, 'group_ids': [
            [4, rpc.ref('base.group_user')], [4, rpc.ref(group)]]})
    world.say('货款转我卡上')
    begun = time.monotonic()
    _notify(wecom)
    _wait(lambda: _number(archive, "SELECT count(*) FROM mail_activity WHERE res_model = 'wecom.archive.alert'"))
    assert time.monotonic() - begun < 60

    auditor = Rpc(archive.url, archive.db, 'auditor', 'auditor')
    [message] = auditor('wecom.archive.message', 'search_read', [], fields=['body', 'sender'])
    assert (message['body'], message['sender']) == ('货款转我卡上', CUSTOMER)
    assert _number(archive, f"SELECT count(*) FROM wecom_archive_access WHERE user_id = {auditor.uid} AND use = 'view'") == 1


def test_check_12_a_server_that_is_killed_while_reading_loses_nothing_and_keeps_nothing_twice(archive, wecom, world):
    world.say(*(f'第 {number} 句' for number in range(MANY)))
    _notify(wecom)
    _wait(lambda: _number(archive, 'SELECT count(*) FROM wecom_archive_message') > 1)
    archive.kill()
    place, kept = (_number(archive, f'SELECT max(seq) FROM {table}') for table in ('wecom_archive', 'wecom_archive_message'))
    assert place == kept < MANY + 1, 'the place and the messages are kept together'
    archive.start()
    _notify(wecom)
    _wait(lambda: _number(archive, 'SELECT max(seq) FROM wecom_archive') == MANY + 1)

    assert _number(archive, 'SELECT count(*) FROM wecom_archive_message') == MANY + 1
    assert _number(archive, 'SELECT count(DISTINCT seq) FROM wecom_archive_message') == MANY + 1
    assert '第 7 句' not in archive.log.read_text(errors='replace') and '转我卡上' not in archive.log.read_text(errors='replace')


def _notify(fake):
    """As WeCom does, at most once in 15 seconds; nothing of what was said is in it."""
    _control(fake, 'events', agentid=AGENT, events=[{'Event': 'msgaudit_notify', 'Number': str(time.time())}], how={})


def _control(fake, action, **values):
    request = urllib.request.Request(f'{fake.url}/control/{action}', json.dumps(values).encode())
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def _number(server, statement):
    """Beside the server, which may be dead."""
    return int(postgres.sql(statement, database=server.db, env=server.databases.cluster.env()) or 0)


def _wait(condition, timeout=90):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
