"""The WeCom simulator behaves as reference/wecom.md says WeCom does; a test that passes against it means something."""
import base64
import hashlib
import http.client
import http.server
import json
import shutil
import signal
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from fakes.running import Fake

CORP, SECRET, AGENT = 'wwfake0000000001', 'fake-app-secret-1000002', '1000002'


class Client:
    """Plain calls, without any of the product's care."""

    def __init__(self, url):
        self.url = url
        self.token = None

    def control(self, action, /, **values):
        return self._open(f'/control/{action}', values)

    def act(self, name, /, **values):
        return self.control('act', act=name, **values)

    def state(self, name='state'):
        return self._open(f'/control/{name}.json')

    def log_in(self, secret=SECRET, corp=CORP):
        answer = self._open(f'/cgi-bin/gettoken?corpid={corp}&corpsecret={secret}')
        self.token = answer.get('access_token')
        return answer

    def call(self, path, body=None, headers=None, **query):
        query = urllib.parse.urlencode({'access_token': self.token or '', **query})
        return self._open(f'/cgi-bin/{path}?{query}', body, headers)

    def _open(self, path, body=None, headers=None):
        data = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, headers or {})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


@pytest.fixture(scope='module')
def running():
    with Fake('wecom') as fake:
        yield fake


@pytest.fixture
def wecom(running):
    client = Client(running.url)
    client.control('reset')
    client.log_in()
    return client


class Listener(http.server.BaseHTTPRequestHandler):
    """Takes callbacks and keeps them as they came; answers slowly for the first `slow` ones."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        with self.server.lock:
            self.server.got.append((self.path, body))
            slow = len(self.server.got) <= self.server.slow
        if slow:
            time.sleep(0.6)
        self.send_response(self.server.status)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *_args):
        """Quiet."""


@pytest.fixture
def listener():
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Listener)
    server.daemon_threads = True
    server.got, server.slow, server.status, server.lock = [], 0, 200, threading.Lock()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def decrypt(aes_key, encrypted):
    """The openssl program as an independent decoder: (message, receiver)."""
    key = base64.b64decode(aes_key + '=')
    plain = subprocess.run(['openssl', 'enc', '-d', '-aes-256-cbc', '-nopad', '-K', key.hex(), '-iv', key[:16].hex()],
                           input=base64.b64decode(encrypted), capture_output=True, check=True).stdout
    plain = plain[16:-plain[-1]]
    size = int.from_bytes(plain[:4], 'big')
    return plain[4:4 + size].decode(), plain[4 + size:].decode()


# TOKENS ------------------------------------------------------------------------

def test_each_app_has_its_token_and_its_ticket(wecom):
    first = wecom.token
    ticket = wecom.call('ticket/get', type='agent_config')['ticket']
    corp_ticket = wecom.call('get_jsapi_ticket')['ticket']
    wecom.log_in('fake-app-secret-1000003')

    assert wecom.token != first
    assert wecom.call('ticket/get', type='agent_config')['ticket'] != ticket
    assert wecom.call('get_jsapi_ticket')['ticket'] == corp_ticket
    assert wecom.log_in()['access_token'] == first


@pytest.mark.parametrize(('secret', 'corp', 'code'), [('wrong', CORP, 40001), (SECRET, 'wwother', 40013)])
def test_a_wrong_secret_or_corp_gets_no_token(wecom, secret, corp, code):
    assert wecom.log_in(secret, corp) == {'errcode': code, 'errmsg': wecom.log_in(secret, corp)['errmsg']}


@pytest.mark.parametrize(('how', 'code'), [('dead', 40014), ('old', 42001)])
def test_tokens_end_early_when_told(wecom, how, code):
    wecom.control('expire', how=how)

    assert wecom.call('user/list_id', {})['errcode'] == code
    wecom.log_in()
    assert wecom.call('user/list_id', {})['errcode'] == 0


def test_endless_40014_refuses_new_tokens_too(wecom):
    wecom.control('settings', endless_40014=True)

    assert wecom.log_in()['errcode'] == 0
    assert wecom.call('user/list_id', {})['errcode'] == 40014


def test_other_addresses_are_refused(wecom):
    wecom.control('settings', trusted_ips=['203.0.113.7'])

    assert wecom.call('user/list_id', {})['errcode'] == 60020
    assert '127.0.0.1' in wecom.call('user/list_id', {})['errmsg']
    assert wecom.call('user/list_id', {}, headers={'X-Real-IP': '203.0.113.7'})['errcode'] == 0


# LIMITS ------------------------------------------------------------------------

def test_too_many_calls_block_the_endpoint_for_a_window(wecom):
    wecom.control('settings', per_window=3, window_seconds=1)
    codes = [wecom.call('externalcontact/get_follow_user_list')['errcode'] for _call in range(5)]

    assert codes == [0, 0, 0, 45009, 45009]
    assert wecom.call('user/list_id', {})['errcode'] == 0
    time.sleep(1.1)
    assert wecom.call('externalcontact/get_follow_user_list')['errcode'] == 0


def test_too_many_at_once_get_45033(wecom):
    external = wecom.control('customers', count=1, userid='LiNa')['external_userid'][0]
    wecom.control('settings', delay={'externalcontact/mark_tag': 0.4})
    with ThreadPoolExecutor(7) as pool:
        answers = list(pool.map(lambda _number: wecom.call(
            'externalcontact/mark_tag', {'userid': 'LiNa', 'external_userid': external})['errcode'], range(7)))

    assert sorted(answers) == [0] * 5 + [45033] * 2


def test_escaped_json_is_refused(wecom):
    assert Client._open(wecom, f'/cgi-bin/user/list_id?access_token={wecom.token}')['errcode'] == 0
    request = urllib.request.Request(f'{wecom.url}/cgi-bin/externalcontact/remark?access_token={wecom.token}', b'{"remark": "\\u5f20"}')
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert json.load(answer)['errcode'] == 40033


# CUSTOMERS ---------------------------------------------------------------------

def test_pages_and_the_two_shapes(wecom):
    made = wecom.control('customers', count=250, userid='LiNa')['external_userid']
    tags = wecom.call('externalcontact/get_corp_tag_list', {})['tag_group']
    tag = tags[0]['tag'][0]
    wecom.call('externalcontact/mark_tag', {'userid': 'LiNa', 'external_userid': made[0], 'add_tag': [tag['id']]})
    found, cursor, pages = {}, '', 0
    while True:
        answer = wecom.call('externalcontact/batch/get_by_user', {'userid_list': ['lina'], 'cursor': cursor, 'limit': 100})
        found |= {row['external_contact']['external_userid']: row['follow_info'] for row in answer['external_contact_list']}
        pages, cursor = pages + 1, answer['next_cursor']
        if not cursor:
            break
    single = wecom.call('externalcontact/get', external_userid=made[0])['follow_user'][0]

    assert (pages, set(found)) == (3, set(made))
    assert found[made[0]]['tag_id'] == [tag['id']] and 'tags' not in found[made[0]]
    assert single['tags'] == [{'group_name': '客户等级', 'tag_name': tag['name'], 'tag_id': tag['id'], 'type': 1}]
    assert 'tag_id' not in single


def test_a_member_without_customers(wecom):
    assert wecom.call('externalcontact/list', userid='ChenHao')['errcode'] == 84061


def test_tags_of_another_app_cannot_be_changed(wecom):
    groups = {row['group_name']: row for row in wecom.call('externalcontact/get_corp_tag_list', {})['tag_group']}
    foreign, own = groups['别的应用']['tag'][0]['id'], groups['客户等级']['tag'][0]['id']

    assert wecom.call('externalcontact/edit_corp_tag', {'id': foreign, 'name': 'x'})['errcode'] == 60011
    assert wecom.call('externalcontact/del_corp_tag', {'tag_id': [foreign]})['errcode'] == 60011
    assert wecom.call('externalcontact/edit_corp_tag', {'id': own, 'name': '普通'})['errcode'] == 40071
    assert wecom.call('externalcontact/edit_corp_tag', {'id': own, 'name': '很重点'})['errcode'] == 0
    assert wecom.call('externalcontact/mark_tag', {'userid': 'LiNa', 'external_userid': wecom.control(
        'customers', count=1, userid='LiNa')['external_userid'][0], 'add_tag': ['nonsense']})['errcode'] == 40068


def test_welcome_codes_live_twenty_seconds_and_once(wecom):
    for _scan in range(2):
        wecom.act('scan', name='王女士', userid='LiNa')
    late, early = wecom.state()['welcome']

    def send(code):
        return wecom.call('externalcontact/send_welcome_msg', {'welcome_code': code, 'text': {'content': '您好'}})['errcode']

    assert [send(early), send(early)] == [0, 41051]
    wecom.control('clock', advance=21)
    assert send(late) == 41050


def test_transfers_take_a_day_and_twice_in_90_days(wecom):
    external = wecom.control('customers', count=1, userid='LiNa')['external_userid'][0]

    def transfer(giver, taker):
        return wecom.call('externalcontact/transfer_customer', {
            'handover_userid': giver, 'takeover_userid': taker, 'external_userid': [external]})['customer'][0]['errcode']

    def status(giver, taker):
        return wecom.call('externalcontact/transfer_result', {'handover_userid': giver, 'takeover_userid': taker})['customer'][-1]['status']

    assert transfer('LiNa', 'ZhangWei') == 0
    assert (status('LiNa', 'ZhangWei'), transfer('LiNa', 'ChenHao')) == (2, 40100)
    wecom.control('clock', advance=86401)
    wecom.log_in()
    assert status('LiNa', 'ZhangWei') == 1
    assert [row['userid'] for row in wecom.call('externalcontact/get', external_userid=external)['follow_user']] == ['ZhangWei']
    assert transfer('ZhangWei', 'LiNa') == 0
    wecom.control('clock', advance=86401)
    wecom.log_in()
    assert (status('ZhangWei', 'LiNa'), transfer('LiNa', 'ChenHao')) == (1, 40128)


def test_messages_lower_case_the_unknown_and_drop_the_31st(wecom):
    def send(touser):
        return wecom.call('message/send', {'touser': touser, 'msgtype': 'text', 'agentid': AGENT, 'text': {'content': '好'}})

    assert send('LiNa|NoBody')['invaliduser'] == 'nobody'
    assert send('NoBody')['errcode'] == 81013
    codes = {send('ZhangWei')['errcode'] for _message in range(31)}
    dropped = [row['dropped'] for row in wecom.state()['messages'] if row['to'] == 'zhangwei']
    assert codes == {0} and dropped == [False] * 30 + [True]


# CALLBACKS ---------------------------------------------------------------------

def listen(wecom, listener):
    return wecom.control('app', agentid=AGENT, callback=f'http://127.0.0.1:{listener.server_port}/door')


@pytest.mark.skipif(not shutil.which('node'), reason='needs node')
def test_callbacks_are_made_by_wecoms_own_package(wecom):
    assert wecom.state()['encoder'] == '@wecom/crypto'


def test_a_callback_is_signed_and_encrypted(wecom, listener):
    app = listen(wecom, listener)
    external = wecom.act('scan', name='王女士', userid='lina')['external_userid']
    [(path, body)] = listener.got
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query))
    encrypted = body.decode().partition('<Encrypt><![CDATA[')[2].partition(']]>')[0]
    signed = ''.join(sorted([app['token'], query['timestamp'], query['nonce'], encrypted]))
    text, receiver = decrypt(app['aes_key'], encrypted)

    assert query['msg_signature'] == hashlib.sha1(signed.encode()).hexdigest()
    assert receiver == CORP
    assert f'<ExternalUserID><![CDATA[{external}]]></ExternalUserID>' in text and '<UserID><![CDATA[LiNa]]></UserID>' in text


def test_callbacks_come_twice_shuffled_and_with_gaps(wecom, listener):
    listen(wecom, listener)
    events = [{'Event': 'change_contact', 'ChangeType': 'update_user', 'UserID': f'u{number}'} for number in range(40)]
    rows = wecom.control('events', agentid=AGENT, events=events, how={'duplicates': 1, 'shuffle': True, 'drop': 0.2, 'seed': 4})['rows']
    lost = sum(row['lost'] for row in rows)

    assert 0 < lost < 20
    assert len(listener.got) == 2 * (40 - lost)
    assert all(row['acked'] == (0 if row['lost'] else 2) for row in rows)


def test_callbacks_are_repeated_after_time_outs_only(wecom, listener):
    listen(wecom, listener)
    event, how = [{'Event': 'change_contact', 'ChangeType': 'update_user', 'UserID': 'u'}], {'timeout': 0.3}
    listener.slow = 2
    [row] = wecom.control('events', agentid=AGENT, events=event, how=how)['rows']
    assert (len(listener.got), row['answers'][-1]) == (3, 200)

    listener.got.clear()
    listener.slow, listener.status = 0, 500
    [row] = wecom.control('events', agentid=AGENT, events=event, how=how)['rows']
    assert (len(listener.got), row['answers']) == (1, [500])


def test_a_person_plays_on_the_page(wecom):
    def open_page(**values):
        data = urllib.parse.urlencode(values).encode() if values else None
        with urllib.request.urlopen(wecom.url + ('/play' if values else '/'), data, timeout=20) as answer:
            return answer.read().decode()

    assert '李娜' in open_page()
    assert '王女士 <b>' not in open_page(act='scan', name='王女士 <b>', userid='LiNa')
    assert '王女士 &lt;b&gt;' in open_page()


# GROUP SENDS -------------------------------------------------------------------

def friends(wecom, *pairs):
    """Make customers the friends of members: [(member, name)] -> their ids."""
    return [wecom.act('scan', userid=userid, name=name)['external_userid'] for userid, name in pairs]


def send(wecom, **body):
    return wecom.call('externalcontact/add_msg_template', {'text': {'content': '周五停运通知'}, **body})


def results(wecom, msgid, userid):
    rows = wecom.call('externalcontact/get_groupmsg_send_result', {'msgid': msgid, 'userid': userid})['send_list']
    return {row.get('external_userid') or row['chat_id']: row['status'] for row in rows}


def test_a_group_send_sends_nothing_until_the_member_confirms(wecom):
    first, second, third = friends(wecom, ('LiNa', '王女士'), ('LiNa', '赵先生'), ('ZhangWei', '孙总'))

    answer = send(wecom, external_userid=[first, second, third, 'wmStranger'])

    assert answer['fail_list'] == ['wmStranger']
    assert results(wecom, answer['msgid'], 'LiNa') == {first: 0, second: 0}
    wecom.act('customer_deletes', userid='LiNa', external_userid=second)
    wecom.act('confirms_send', msgid=answer['msgid'], userid='LiNa')
    assert results(wecom, answer['msgid'], 'LiNa') == {first: 1, second: 2}
    assert results(wecom, answer['msgid'], 'ZhangWei') == {third: 0}
    tasks = wecom.call('externalcontact/get_groupmsg_task', {'msgid': answer['msgid']})['task_list']
    assert {row['userid']: row['status'] for row in tasks} == {'LiNa': 2, 'ZhangWei': 0}


def test_a_customer_gets_no_more_group_sends_than_the_quota(wecom):
    wecom.control('settings', group_sends_per='day')
    customer, = friends(wecom, ('LiNa', '王女士'))
    sends = [send(wecom, external_userid=[customer])['msgid'] for _number in range(2)]
    for msgid in sends:
        wecom.act('confirms_send', msgid=msgid, userid='LiNa')

    assert [results(wecom, msgid, 'LiNa')[customer] for msgid in sends] == [1, 3]
    wecom.control('clock', advance=86400)
    wecom.log_in()
    later = send(wecom, external_userid=[customer])['msgid']
    wecom.act('confirms_send', msgid=later, userid='LiNa')
    assert results(wecom, later, 'LiNa') == {customer: 1}


def test_group_sends_are_unknown_at_first_reminded_three_times_and_cancelled(wecom):
    wecom.control('settings', group_send_seconds=5)
    customer, = friends(wecom, ('LiNa', '王女士'))
    msgid = send(wecom, external_userid=[customer])['msgid']

    assert wecom.call('externalcontact/get_groupmsg_task', {'msgid': msgid})['errcode'] == 41063
    reminders = [wecom.call('externalcontact/remind_groupmsg_send', {'msgid': msgid})['errcode'] for _number in range(4)]
    assert reminders == [0, 0, 0, 41094]
    assert wecom.call('externalcontact/cancel_groupmsg_send', {'msgid': msgid})['errcode'] == 0
    wecom.act('confirms_send', msgid=msgid, userid='LiNa')
    wecom.control('clock', advance=6)
    assert results(wecom, msgid, 'LiNa') == {customer: 0}


def test_a_group_send_to_chats_goes_to_those_of_its_sender(wecom):
    own = wecom.act('opens_chat', name='宏达服务群', owner='LiNa')['chat_id']
    other = wecom.act('opens_chat', name='恒达服务群', owner='ZhangWei')['chat_id']

    answer = send(wecom, chat_type='group', sender='LiNa', chat_id_list=[own, other])

    assert answer['fail_list'] == [other]
    wecom.act('confirms_send', msgid=answer['msgid'], userid='LiNa')
    assert results(wecom, answer['msgid'], 'LiNa') == {own: 1}
    assert send(wecom, chat_type='group')['errcode'] == 40058
    assert send(wecom, external_userid=['wmStranger'])['errcode'] == 41048
    assert send(wecom, external_userid=['wmStranger'], text={})['errcode'] == 44004


# KILLED ------------------------------------------------------------------------

def test_what_it_acknowledged_outlives_it_and_tokens_do_not(tmp_path):
    """Killed from outside, and in the middle of a call that it had carried out; where it listens stays the same."""
    with Fake('wecom', '--state', tmp_path / 'state') as fake:
        client, url = Client(fake.url), fake.url
        client.log_in()
        way = client.call('externalcontact/add_contact_way', {'type': 2, 'scene': 2, 'user': ['LiNa'], 'state': 'c1'})['config_id']
        external = client.act('scan', way=way)['external_userid']
        before = client.state()

        fake.kill()
        fake.start()
        assert fake.url == url
        assert client.state() == before
        assert client.call('user/get', userid='LiNa')['errcode'] == 40014

        client.log_in()
        client.control('settings', die_after={'externalcontact/remark': 1})
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            client.call('externalcontact/remark', {'userid': 'LiNa', 'external_userid': external, 'remark': '王经理'})
        assert fake.process.wait(10) == -signal.SIGKILL
        fake.kill()
        fake.start()
        assert [(row['userid'], row['remark'], row['state']) for row in client.state()['relations']] == [('LiNa', '王经理', 'c1')]
        assert [call['path'] for call in client.state('calls')][-1] == 'externalcontact/remark'
        client.log_in()
        client.call('externalcontact/del_contact_way', {'config_id': way})
        assert client.call('externalcontact/list_contact_way', {})['contact_way'] == []


def test_a_delay_ends_when_it_is_taken_back(wecom):
    wecom.control('settings', delay={'user/get': 20})
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(wecom.call, 'user/get', userid='LiNa')
        time.sleep(0.1)
        assert not call.done()
        wecom.control('settings', delay={})
        assert call.result(5)['userid'] == 'LiNa'
