"""The server as the scripts start it: it answers, comes back after a power cut, and keeps its doors shut."""
import json
import urllib.error
import urllib.request


def test_server_comes_back_after_a_power_cut(server):
    server.kill()

    server.start()

    assert b'csrf_token' in _get(f'{server.url}/web/login')


def test_databases_are_not_listed(server):
    request = urllib.request.Request(
        f'{server.url}/web/database/list', json.dumps({'params': {}}).encode(), {'Content-Type': 'application/json'})

    with urllib.request.urlopen(request) as answer:
        body = json.load(answer)

    assert 'result' not in body
    assert body['error']['data']['name'] == 'odoo.exceptions.AccessDenied'


def _get(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read()
