"""Handing customers over with real processes: the server is killed in the middle of it, WeCom is slow; check 9 of reference/wecom.md, 5."""
import contextlib
import http.client
import json
import threading
import time
import urllib.request

import pytest
from fakes.running import Fake
from journey.clients import Rpc

from workbench import postgres

AGENT, CORP, COUNT = '1000002', 'wwfake0000000001', 150
AES_KEY = 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C'
TRANSFER = 'externalcontact/transfer_customer'


@pytest.fixture(scope='module')
def wecom():
    with Fake('wecom') as fake:
        yield fake


@pytest.fixture(scope='module')
def rpc(wecom, server):
    """An app whose callbacks don't arrive; its members, two of them with users, and 250 customers of one."""
    rpc = Rpc(server.url, server.db)
    app = rpc('wecom.app', 'create', {
        'name': 'SCRM', 'corp_id': CORP, 'agent_id': AGENT, 'secret': f'fake-app-secret-{AGENT}', 'callback_token': f'token{AGENT}',
        'callback_aes_key': AES_KEY, 'api_base_url': f'{wecom.url}/cgi-bin/', 'company_id': False})
    rpc('wecom.app', 'action_sync_members', [app])
    _wait(lambda: int(_sql(server, 'SELECT count(*) FROM wecom_member')) == 5)
    for userid in ('ZhangWei', 'LiNa'):
        user = rpc('res.users', 'create', {'name': userid, 'login': f'{userid}.handover', 'group_ids': [
            (4, rpc.ref('sales_team.group_sale_salesman'))]})
        rpc('wecom.member', 'write', [rpc.one('wecom.member', [('userid', '=', userid)])], {'user_id': user})
    external = _control(wecom, 'customers', count=COUNT, userid='ZhangWei')['external_userid']
    _control(wecom, 'act', act='transfer_refused', userid='LiNa', external_userid=external[-1])
    rpc('wecom.app', 'action_resync_contacts', [app])
    _wait(lambda: _sql(server, 'SELECT state FROM wecom_resync') == 'done')
    return rpc


def test_killed_and_slow_in_the_middle_nothing_is_lost_or_doubled(wecom, server, rpc):
    giver, taker = (rpc.one('wecom.member', [('userid', '=', userid)]) for userid in ('ZhangWei', 'LiNa'))
    assert _leads(server) == {'ZhangWei': COUNT}
    _control(wecom, 'settings', delay={TRANSFER: 1.5})
    wizard = rpc('wecom.handover.start', 'create', {'giver_id': giver, 'taker_id': taker, 'reason': '调岗'})
    rpc('wecom.handover.start', 'action_start', [wizard])
    for _kill in range(2):
        _wait(lambda: _states(server).get('sent'))
        time.sleep(0.5)  # the call is with WeCom, which carries it out; its answer finds nobody
        server.kill()
        server.start()
    _control(wecom, 'settings', delay={})
    _wait(lambda: _states(server) == {'waiting': COUNT})

    rows = _control(wecom, 'state.json')['transfers']
    assert len(rows) == len({row['external'] for row in rows}) == COUNT

    _control(wecom, 'clock', advance=25 * 3600)
    asking = threading.Thread(target=_ask, args=(rpc,))
    asking.start()
    _wait(lambda: _states(server).get('done', 0) > COUNT // 5)
    server.kill()
    asking.join()
    assert _states(server).get('waiting'), 'killed too late to prove anything'
    server.start()
    _ask(rpc)
    assert _states(server) == {'done': COUNT - 1, 'refused': 1}

    assert _leads(server) == {'LiNa': COUNT - 1, 'ZhangWei': 1}
    relations = _sql(server, "SELECT m.userid, r.state, count(*) FROM wecom_relation r JOIN wecom_member m ON m.id = r.member_id "
                             "GROUP BY 1, 2 ORDER BY 1, 2")
    assert relations.split() == [f'LiNa|active|{COUNT - 1}', 'ZhangWei|active|1', f'ZhangWei|transferred|{COUNT - 1}']
    assert _sql(server, 'SELECT count(*), count(DISTINCT (kind_id, number)) FROM wecom_handover_record') == f'{COUNT - 1}|{COUNT - 1}'
    assert _sql(server, 'SELECT count(*) FROM wecom_loss') == '0'


def _ask(rpc):
    """Run the hourly job; its caller may find the server dead."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        rpc('ir.cron', 'method_direct_trigger', [rpc.ref('wecom_handover.ir_cron_wecom_handover_ask')])


def _states(server):
    rows = _sql(server, 'SELECT state, count(*) FROM wecom_handover_line GROUP BY 1').split()
    return {state: int(count) for state, count in (row.split('|') for row in rows)}


def _leads(server):
    rows = _sql(server, "SELECT split_part(u.login, '.', 1), count(*) FROM crm_lead l JOIN res_users u ON u.id = l.user_id "
                        "WHERE l.wecom_contact_id IS NOT NULL GROUP BY 1").split()
    return {login: int(count) for login, count in (row.split('|') for row in rows)}


def _control(fake, action, **values):
    request = urllib.request.Request(f'{fake.url}/control/{action}', json.dumps(values).encode() if values else None)
    with urllib.request.urlopen(request, timeout=300) as answer:
        return json.load(answer)


def _sql(server, statement):
    """Beside the server, which may be dead."""
    return postgres.sql(statement, database=server.db, env=server.databases.cluster.env()).strip()


def _wait(condition, timeout=120):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
