"""The WeCom rail with real processes: checks 1, 2 and 8 of reference/wecom.md, 5."""
import hashlib
import json
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from fakes.running import Fake
from journey.clients import Rpc

from workbench import postgres

AGENT, CORP = '1000002', 'wwfake0000000001'
AES_KEY = 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C'
PARTS, PART = 3, 340


@pytest.fixture(scope='module')
def wecom():
    with Fake('wecom') as fake:
        yield fake


@pytest.fixture(scope='module')
def app(wecom, server):
    """An app set up on both sides."""
    rpc = Rpc(server.url, server.db)
    app = rpc('wecom.app', 'create', {
        'name': 'SCRM', 'corp_id': CORP, 'agent_id': AGENT, 'secret': f'fake-app-secret-{AGENT}', 'callback_token': f'token{AGENT}',
        'callback_aes_key': AES_KEY, 'api_base_url': f'{wecom.url}/cgi-bin/'})
    [row] = rpc('wecom.app', 'read', [app], fields=['door'])
    _control(wecom, 'app', agentid=AGENT, callback=f'{server.url}/wecom/callback/{row["door"]}')
    return app


def test_check_08_eight_at_a_cold_start_fetch_one_token(wecom, server, app):
    clients = [Rpc(server.url, server.db) for _client in range(8)]
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(lambda rpc: rpc('wecom.app', 'action_check', [app])['params']['type'], clients))

    called = [call['path'] for call in _control(wecom, 'calls.json')]
    assert answers == ['success'] * 8
    assert sorted(called) == ['get_api_domain_ip'] * 8 + ['gettoken']


def test_check_01_no_acknowledged_callback_is_lost_when_the_server_is_killed(wecom, server, app):
    """A thousand callbacks, each delivered twice at once, the power cut twice while they come."""
    deliveries = []
    for part in range(PARTS):
        events = [{'Event': 'journey', 'ChangeType': 'kill', 'Number': f'{part}-{number}'} for number in range(PART)]
        before = _count(server)
        sending = threading.Thread(target=lambda events=events: deliveries.extend(
            _control(wecom, 'events', agentid=AGENT, events=events, how={'parallel': 4, 'duplicates': 1})['rows']))
        sending.start()
        if part < PARTS - 1:
            _wait(lambda before=before: _count(server) > before + PART // 3)
            server.kill()
        sending.join()
        if part < PARTS - 1:
            server.start()
    _wait(lambda: not _count(server, "state = 'pending'"))

    acked = {hashlib.sha256(row['text'].encode()).hexdigest() for row in deliveries if row['acked']}
    kept = _sql(server, 'SELECT key FROM wecom_callback').split()
    slowest = max(second for row in deliveries[-PART:] for second in row['seconds'])
    assert len(deliveries) == PARTS * PART and len(acked) > PART, 'too few were answered to prove anything'
    assert acked - set(kept) == set()
    assert len(kept) == len(set(kept))
    assert slowest < 5, 'WeCom waits no longer; how fast we answer is measured by scripts/bench wecom_callback'


def test_a_comparison_goes_on_at_once_when_another_job_was_faster(wecom, server, app):
    """Two jobs write the same: the second is refused by PostgreSQL, and Odoo would try it again in ten minutes."""
    followers = 'externalcontact/get_follow_user_list'
    _sql(server, 'UPDATE wecom_app SET has_stale_tags = true')
    _control(wecom, 'settings', delay={followers: 20})
    Rpc(server.url, server.db)('wecom.app', 'action_resync_contacts', [app])
    _wait(lambda: followers in _control(wecom, 'state.json')['running'])  # the tags were read, and will be written
    _sql(server, 'UPDATE wecom_app SET has_stale_tags = true')
    _control(wecom, 'settings', delay={})

    _wait(lambda: _sql(server, 'SELECT state FROM wecom_resync') == 'done', 20)
    called = [call['path'] for call in _control(wecom, 'calls.json')]
    assert called.count(followers) == 2, 'nobody was faster: that proves nothing'


def _control(fake, action, **values):
    request = urllib.request.Request(f'{fake.url}/control/{action}', json.dumps(values).encode() if values else None)
    with urllib.request.urlopen(request, timeout=300) as answer:
        return json.load(answer)


def _count(server, where='true'):
    return int(_sql(server, f'SELECT count(*) FROM wecom_callback WHERE {where}'))


def _sql(server, statement):
    """Beside the server, which may be dead."""
    return postgres.sql(statement, database=server.db, env=server.databases.cluster.env())


def _wait(condition, timeout=120):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
