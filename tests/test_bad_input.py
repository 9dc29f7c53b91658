"""What must not come in at the door, and what of its neighbours must; and what must not stand in the log.

Needs the company set-up only: contract and pickup come with the first, good messages.
"""
import gzip
import json
import re

import pytest
import requests
from journey import company, feed
from journey.clients import Door, Json2, make_key
from journey.snapshot import DOCUMENTS

CONTRACT, LINE, PICKUP = 'DSWF-2026-0001', 'DSWF-2026-0001-02', 'SYTTD-BAD-INPUT'
SECRET = 'geheim-4711'


@pytest.fixture(scope='module')
def world(make_world):
    """Three contracts of two companies and one pickup order."""
    world = make_world()
    wanted = {CONTRACT, 'DSCC-2026-0024'}
    world.push([message for message in feed.messages() if message['entity_key'] in wanted])
    world.push([pickup(PICKUP)])
    yield world
    world.server.stop()


@pytest.fixture
def counts(world):
    """Call it for {model: number of records}."""
    def count():
        return {model: world.json2(model, 'search_count', domain=[]) for model in (*DOCUMENTS, 'wim.message')}
    return count


# --- the request as a whole: refused, and nothing kept ---


def test_no_key(world, counts):
    before = counts()

    answer = Door(world.server.url).post(json.dumps([pickup('NO-KEY')]))

    assert answer.status_code == 401
    assert counts() == before


@pytest.mark.parametrize('header', [
    'Bearer 0123456789abcdef0123456789abcdef01234567', 'Bearer ', 'Bearer', 'Basic d2ltOmpvdXJuZXktMjAyNg==', 'Bearer \xe9\xff',
])
def test_wrong_key(header, world, counts):
    before = counts()

    answer = requests.post(world.door.url, json=[pickup('WRONG-KEY')], headers={'Authorization': header.encode('latin-1')}, timeout=30)

    assert answer.status_code in (400, 401)
    assert counts() == before


def test_session_of_a_browser_is_no_key(world, counts):
    """A page on another site must not be able to push with the cookie of an administrator."""
    session, before = requests.Session(), counts()
    session.post(f'{world.server.url}/web/session/authenticate', json={'params': {
        'db': world.server.db, 'login': 'admin', 'password': 'admin'}}, timeout=30).raise_for_status()

    answer = session.post(world.door.url, data=json.dumps([pickup('COOKIE')]), headers={
        'Content-Type': 'text/plain', 'Origin': 'https://elsewhere.example', 'Sec-Fetch-Site': 'cross-site'}, timeout=30)

    assert answer.status_code in (400, 401, 403)
    assert counts() == before


@pytest.mark.parametrize('group', ['base.group_user', 'waste.group_dispatcher', 'waste.group_admin'])
def test_wrong_group(group, world, counts):
    rpc, login = world.rpc(), group.replace('.', '_')
    company.user(rpc, login, login, [group], own_companies(rpc))
    key, before = make_key(world.server.url, world.server.db, login, company.PASSWORD, 'curious'), counts()

    door = Door(world.server.url, key)

    assert door.post(json.dumps([pickup('WRONG-GROUP')])).status_code == 403
    assert requests.get(f'{door.url}/{pickup(PICKUP)["msg_id"]}', headers=door.session.headers, timeout=30).status_code == 403
    answer = Json2(world.server.url, key).session.post(
        f'{world.server.url}/json/2/wim.message/push', json={'messages': [pickup('WRONG-GROUP')]}, timeout=30)
    assert answer.status_code == 403
    assert counts() == before


@pytest.mark.parametrize('body', [
    b'', b'   ', b'hello', b'<xml/>', b'42', b'null', b'"text"', b'[{"msg_id": "1"}', b'[{}] trailing', b'{"a": 1', b"[{'a': 1}]",
    b'\xff\xfe{\x00}\x00', b'[' * 100_000, b'{"a":' * 100_000, b'[1' + b'0' * 10_000 + b']',
], ids=lambda body: repr(body[:14]))
def test_not_json(body, world, counts):
    before = counts()

    answer = world.door.post(body)

    assert answer.status_code == 400, answer.text[:300]
    assert_says_what(answer)
    assert counts() == before


def test_ten_megabytes(world, counts):
    before = counts()
    body = json.dumps([pickup('TEN-MB', cancel_reason='x' * 10_000_000)])

    assert world.door.post(body).status_code == 413
    assert counts() == before


def test_ten_megabytes_without_length(world, counts):
    before = counts()

    try:
        status = requests.post(
            world.door.url, data=iter([b'[', *[b' ' * 65536] * 160, b']']), headers=world.door.session.headers, timeout=60).status_code
    except requests.ConnectionError:  # the server hung up in the middle of it
        status = None

    assert status in (None, 400, 411, 413)
    assert counts() == before


def test_compressed_body_is_not_taken(world, counts):
    """A bomb of a few kilobytes could hold gigabytes."""
    before = counts()

    answer = world.door.session.post(
        world.door.url, data=gzip.compress(b'[' + b' ' * 1_000_000 + b']'),
        headers={'Content-Type': 'application/json', 'Content-Encoding': 'gzip'}, timeout=30)

    assert answer.status_code in (400, 415)
    assert counts() == before


def test_1001_messages(world, counts):
    before = counts()

    answer = world.door.post(json.dumps([pickup(f'MANY-{number}') for number in range(1001)]))

    assert answer.status_code == 413
    assert_says_what(answer)
    assert counts() == before


def test_1000_messages_are_taken(world):
    results = world.door.push([pickup(f'THOUSAND-{number}', kind='nonsense.upsert') for number in range(1000)])

    assert len(results) == 1000
    assert {result['state'] for result in results} == {'rejected'}


# --- one message: refused with category, path and sentence, its neighbours kept ---

BAD = {
    'NaN weight as text': ({'payload': {'gross_kg': 'NaN'}}, 'value', '$.payload.gross_kg'),
    'infinite weight as text': ({'payload': {'gross_kg': 'Infinity'}}, 'value', '$.payload.gross_kg'),
    'NaN weight': ({'payload': {'gross_kg': float('nan')}}, 'value', '$.payload.gross_kg'),
    'infinite weight': ({'payload': {'gross_kg': float('-inf')}}, 'value', '$.payload.gross_kg'),
    'weight in powers of ten': ({'payload': {'gross_kg': '1e3'}}, 'value', '$.payload.gross_kg'),
    'one gram too few': ({'payload': {'tare_kg': '-0.001'}}, 'value', '$.payload.tare_kg'),
    'parts of a gram': ({'payload': {'gross_kg': '7100.0001'}}, 'value', '$.payload.gross_kg'),
    'weight is a list': ({'payload': {'gross_kg': ['7100']}}, 'schema', '$.payload.gross_kg'),
    'net is not gross minus tare': ({'payload': {'net_kg': '521.000'}}, 'weight', '$.payload.net_kg'),
    'a truck of 100 tonnes': ({'payload': {'gross_kg': '100000', 'net_kg': '93420'}}, 'value', '$.payload.gross_kg'),
    'unknown event': ({'event': 'weighing.explode'}, 'schema', '$.event'),
    'no event': ({'event': None}, 'schema', '$.event'),
    'no document number': ({'entity_key': ''}, 'schema', '$.entity_key'),
    'version 0': ({'version': 0}, 'schema', '$.version'),
    'version is true': ({'version': True}, 'schema', '$.version'),
    'version is enormous': ({'version': 10 ** 30}, 'schema', '$.version'),
    'happens tomorrow': ({'occurred_at': '2099-01-01T00:00:00+08:00'}, 'future', '$.occurred_at'),
    'no offset': ({'occurred_at': '2026-09-01T10:00:00'}, 'schema', '$.occurred_at'),
    '30 February': ({'occurred_at': '2026-02-30T10:00:00+08:00'}, 'schema', '$.occurred_at'),
    'year 1': ({'occurred_at': '0001-01-01T00:00:00+14:00'}, None, '$.occurred_at'),
    'unknown company': ({'company_code': 'DS-XX'}, 'company', '$.company_code'),
    'unknown business': ({'business_type': 'radioactive'}, 'schema', '$.business_type'),
    "another company's pickup": ({'company_code': 'DS-KW', 'business_type': 'kitchen'}, 'company', '$.payload.pickup_no'),
    'payload is a list': ({'payload': None}, 'schema', '$.payload'),
    'no pickup named': ({'payload': {'pickup_no': None}}, 'schema', '$.payload.pickup_no'),
    'control character': ({'payload': {'plate': '粤S\x0012345'}}, 'value', '$.payload.plate'),
    'half a character': ({'payload': {'plate': '\ud800'}}, 'value', '$.payload.plate'),
}


@pytest.mark.parametrize('name', BAD)
@pytest.mark.parametrize('form', ['array', 'lines'])
def test_bad_message_between_good_ones(name, form, world):
    changes, category, path = BAD[name]
    key = f'{form}-{list(BAD).index(name)}'
    bad = weighing(f'BAD-{key}')
    payload = changes.get('payload', {})
    bad.update({field: value for field, value in changes.items() if field != 'payload'})
    bad['payload'] = {**bad['payload'], **payload} if payload is not None else [1]
    batch = [weighing(f'LEFT-{key}'), bad, weighing(f'RIGHT-{key}')]

    results = (world.door.push if form == 'array' else world.door.push_lines)(batch)

    left, middle, right = (settle(world, result) for result in results)
    assert (left['state'], right['state']) == ('done', 'done')
    assert middle['state'] == 'rejected'
    assert middle['error']['path'] == path
    assert category in (None, middle['error']['category'])
    assert re.search(r'\w+ \w+ \w+', middle['error']['message'])
    found = world.json2('waste.weighing', 'search_read', domain=[('name', 'like', f'%-{key}')], fields=['name'])
    assert {row['name'] for row in found} == {f'LEFT-{key}', f'RIGHT-{key}'}


def test_negative_package_weight(world):
    event = message('package.event', 'BZ-NEGATIVE#PACKED', {
        'package_no': 'BZ-NEGATIVE', 'kind': 'PACKED', 'unit': 'P00001', 'net_kg': '-0.001', 'batch_no': 'PC-NEGATIVE', 'line_no': LINE})

    [result] = world.door.push([event])

    assert_rejected(settle(world, result), 'value', '$.payload.net_kg')
    assert not world.json2('waste.package', 'search_count', domain=[('name', '=', 'BZ-NEGATIVE')])
    assert not world.json2('waste.batch', 'search_count', domain=[('name', '=', 'PC-NEGATIVE')])


def test_unknown_contract_waits_for_it(world):
    [result] = world.door.push([pickup('NO-CONTRACT', contract_no='DSWF-2099-9999')])

    assert settle(world, result)['state'] == 'parked'
    assert 'DSWF-2099-9999' in settle(world, result)['waits_for']
    assert not world.json2('waste.pickup', 'search_count', domain=[('name', '=', 'NO-CONTRACT')])


def test_contract_of_another_company(world):
    [result] = world.door.push([pickup('THEIRS', contract_no='DSCC-2026-0024')])

    assert_rejected(settle(world, result), 'company', '$.payload.contract_no')
    assert not world.json2('waste.pickup', 'search_count', domain=[('name', '=', 'THEIRS')])


def test_company_that_the_key_may_not_speak_for(world):
    rpc = world.rpc()
    one = {'DS-HW': own_companies(rpc)['DS-HW']}
    company.user(rpc, 'wim-hw', 'WIM HW', ['waste.group_wim_integrator'], one)
    door = Door(world.server.url, make_key(world.server.url, world.server.db, 'wim-hw', company.PASSWORD, 'door'))
    theirs = pickup('NOT-MINE', company_code='DS-KW', business_type='kitchen', contract_no=None)

    results = door.push([theirs, pickup('MINE')])

    assert_rejected(results[0], 'company', '$.company_code')
    assert door.settled(results[1]['msg_id'])['state'] == 'done'
    assert not world.json2('waste.pickup', 'search_count', domain=[('name', '=', 'NOT-MINE')])


def test_same_number_with_other_content_is_not_applied(world):
    first, second = pickup('CONFLICT', driver_name='甲'), pickup('CONFLICT', driver_name='乙')
    settle(world, world.door.push([first])[0])

    [result] = world.door.push([second])

    assert result['state'] == 'rejected'
    assert result['error']['category'] == 'conflict'
    [row] = world.json2('waste.pickup', 'search_read', domain=[('name', '=', 'CONFLICT')], fields=['driver_name'])
    assert row['driver_name'] == '甲'


HOSTILE = [
    "Robert'); DROP TABLE waste_pickup;--", '<script>alert(1)</script><img src=x onerror=alert(1)>', '%s %(x)s {0} {{7*7}} ${7*7}',
    "=cmd|' /C calc'!A0", '../../etc/passwd', '𠮷🛢️é',
]


@pytest.mark.parametrize('text', HOSTILE)
def test_names_are_text_and_nothing_else(text, world):
    party = message('partner.upsert', f'X{HOSTILE.index(text)}', {'name': text, 'unit_kind': '运输'})
    order = pickup(f'NAMES-{party["entity_key"]}', driver_name=text[:64], cancel_reason=text)

    results = [settle(world, result) for result in world.door.push([party, order])]

    assert [result['state'] for result in results] == ['done', 'done']
    [row] = world.json2('res.partner', 'search_read', domain=[('external_key', '=', party['entity_key'])], fields=['name'])
    assert row['name'] == text
    [row] = world.json2('waste.pickup', 'search_read', domain=[('name', '=', order['entity_key'])],
                        fields=['driver_name', 'cancel_reason', 'message_ids'])
    assert (row['driver_name'], row['cancel_reason']) == (text[:64], text)
    notes = world.json2('mail.message', 'read', ids=row['message_ids'], fields=['body'])
    assert not [note for note in notes if '<script' in note['body'] or '<img' in note['body']]


def test_number_of_a_message_is_no_path(world):
    for msg_id in ('../../web/login', '%2e%2e%2fweb', "1' OR '1'='1", '<script>alert(1)</script>', 'x' * 5000):
        answer = world.door.session.get(f'{world.door.url}/{requests.utils.quote(msg_id, safe="")}', timeout=30)
        assert answer.status_code in (400, 404, 414), msg_id
        assert '<script>alert' not in answer.text


def test_unknown_fields_are_kept(world):
    order = pickup('EXTRA', moon_phase={'name': '满月', 'share': [1, 2.5, None, True]})

    assert settle(world, world.door.push([order])[0])['state'] == 'done'

    [row] = world.json2('waste.pickup', 'search_read', domain=[('name', '=', 'EXTRA')], fields=['external_extra'])
    assert row['external_extra'] == {'moon_phase': {'name': '满月', 'share': [1, 2.5, None, True]}}


# --- what stays behind ---


def test_log_holds_no_payload_and_no_key(world):
    """Values of good, rejected, parked, unreadable and conflicting messages, and of those on which we fail."""
    door = world.door
    settle(world, door.push([pickup('SECRET-1', driver_phone=SECRET)])[0])
    settle(world, door.push([pickup('SECRET-2', contract_no=f'{SECRET}-contract')])[0])
    settle(world, door.push([pickup('SECRET-3', planned_at=SECRET)])[0])
    settle(world, door.push([message('partner.upsert', 'SECRET-4', {'name': SECRET, 'uscc': f'9144{SECRET}'})])[0])
    settle(world, door.push([message('partner.upsert', 'SECRET-5', {'name': SECRET, 'uscc': '91441900DEM000014R'})])[0])
    door.push([pickup('SECRET-1', driver_phone=f'{SECRET}-2')])
    assert door.post(f'[{{"msg_id": "{SECRET}"').status_code == 400
    assert door.post(json.dumps([{SECRET: SECRET}])).status_code == 202
    Door(world.server.url, SECRET * 4).post('[]')

    log = world.server.log.read_text(errors='replace')
    assert 'werkzeug' in log or 'odoo' in log
    assert SECRET not in log
    assert world.keys.wim not in log
    assert world.keys.wim[8:] not in log
    assert '联系人001' not in log
    assert 'DROP TABLE' not in log


def test_server_is_well_after_all_this(world, counts):
    assert settle(world, world.door.push([weighing('AFTERWARDS')])[0])['state'] == 'done'
    assert not world.json2('wim.message', 'search_count', domain=[('error_category', '=', 'internal')])
    assert ' CRITICAL ' not in world.server.log.read_text(errors='replace')
    assert 'Traceback' not in world.server.log.read_text(errors='replace')


# --- messages ---


def message(event, key, payload, **envelope):
    return {
        'msg_id': f'bad-input-{event}-{key}'.replace('#', ':'), 'event': event, 'entity_key': key, 'version': 1,
        'occurred_at': '2026-09-01T10:00:00+08:00', 'sent_at': '2026-09-01T10:00:05+08:00',
        'company_code': 'DS-HW', 'business_type': 'hazardous', 'payload': payload, **envelope,
    }


def pickup(key, kind='pickup.upsert', company_code='DS-HW', business_type='hazardous', **payload):
    content = {'contract_no': CONTRACT, 'producer_code': 'P00001', 'planned_at': '2026-09-02T10:00:00+08:00', 'state': 'to_dispatch'}
    return message(kind, key, {**content, **payload}, company_code=company_code, business_type=business_type)


def weighing(key):
    return message('weighing.upsert', key, {
        'pickup_no': PICKUP, 'plate': '粤S97234', 'gross_kg': '7100.000', 'tare_kg': '6580.000', 'net_kg': '520.000',
        'first_weighed_at': '2026-09-01T09:00:00+08:00', 'second_weighed_at': '2026-09-01T10:00:00+08:00'})


def settle(world, result):
    """What became of a message in the end."""
    return result if result['state'] == 'rejected' else world.door.settled(result['msg_id'])


def own_companies(rpc):
    rows = rpc('res.company', 'search_read', [('company_code', '!=', False)], fields=['company_code'])
    return {row['company_code']: row['id'] for row in rows}


def assert_rejected(result, category, path):
    assert result['state'] == 'rejected'
    assert (result['error']['category'], result['error']['path']) == (category, path)
    assert result['error']['message']


def assert_says_what(answer):
    error = answer.json()['error']
    assert error['category']
    assert len(error['message']) > 15
