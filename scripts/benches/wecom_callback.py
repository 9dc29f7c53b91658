"""Callbacks from WeCom, from the envelope to the acknowledgement, held against the same server's empty controller.

Four clients send 2,000 different callbacks, encrypted beforehand by WeCom's own package, over kept connections; each is
verified, decrypted, stored and committed before it is answered. The reference is `/web/health` of the same server, called
as often by the same clients: a route without a user that does nothing. Three rounds, the jobs running beside.
"""
import http.client
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from journey.clients import Rpc

from . import Row
from workbench import machine, node_tools

RUNS, CALLBACKS, CLIENTS = 3, 2000, 4
CORP, TOKEN, AES_KEY = 'wwfake0000000001', 'token1000002', 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C'
TEXT = ('<xml><ToUserName>{corp}</ToUserName><FromUserName>sys</FromUserName><CreateTime>{now}</CreateTime><MsgType>event</MsgType>'
        '<Event>bench</Event><ChangeType>add_external_contact</ChangeType><UserID>LiNa</UserID>'
        '<ExternalUserID>wm{number:030}</ExternalUserID></xml>')


def measure(bench):
    node_tools.ensure_wecom_crypto()
    name = bench.copy()
    with bench.serve(name) as server:
        door = _door(server)
        pairs = []
        for run in range(RUNS):
            packets = _packets(door, run)
            pairs.append((_speed(server, packets), _speed(server, [('GET', '/web/health', None)] * CALLBACKS)))
            machine.say(f'  {pairs[-1][0]:.0f} callbacks/s, {pairs[-1][1]:.0f} empty answers/s')
        stored = Rpc(server.url, server.db)('wecom.callback', 'search_count', [])
    bench.drop(name)
    assert stored == RUNS * CALLBACKS, f'{stored} callbacks were stored'
    return [Row('wecom_callback, acknowledged ÷ an empty controller', pairs, 'requests/s', 0.6)]


def _door(server):
    rpc = Rpc(server.url, server.db)
    app = rpc('wecom.app', 'create', {
        'name': 'Bench', 'corp_id': CORP, 'agent_id': '1000002', 'callback_token': TOKEN, 'callback_aes_key': AES_KEY})
    return f'/wecom/callback/{rpc("wecom.app", "read", [app], fields=["door"])[0]["door"]}'


def _packets(door, run):
    """Requests with callbacks that were never sent before, made by the simulator's encoder."""
    sys.path.insert(0, str(machine.CHECKOUT / 'tests/fakes/wecom'))
    from encoder import encoder
    tool, now, packets = encoder(), str(int(time.time())), []
    for number in range(CALLBACKS):
        text = TEXT.format(corp=CORP, now=now, number=run * CALLBACKS + number)
        encrypted, signature = tool.encrypt(TOKEN, AES_KEY, CORP, text, now, str(number))
        packets.append(('POST', f'{door}?msg_signature={signature}&timestamp={now}&nonce={number}',
                        f'<xml><ToUserName>{CORP}</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>'.encode()))
    tool.close()
    return packets


def _speed(server, packets):
    """Return how many requests a second were answered with 200."""
    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda client: _send(server, packets[client::CLIENTS]), range(CLIENTS)))
    return len(packets) / (time.perf_counter() - started)


def _send(server, packets):
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    for method, path, body in packets:
        connection.request(method, path, body, {'Content-Type': 'text/xml'} if body else {})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, f'{path.partition("?")[0]}: {answer.status}'
    connection.close()
