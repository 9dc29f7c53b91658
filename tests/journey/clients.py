"""Clients of the product as an integrator writes them: `requests` and `xmlrpc.client`, and no line of our addons."""
import contextlib
import json
import time
import xmlrpc.client

import requests

TIMEOUT = 120


class Rpc:
    """Odoo's XML-RPC with a login and a password."""

    def __init__(self, url, db, login='admin', password='admin'):
        self.db, self.password = db, password
        self.uid = xmlrpc.client.ServerProxy(f'{url}/xmlrpc/2/common').authenticate(db, login, password, {})
        assert self.uid, f'{login} cannot log in'
        self.models = xmlrpc.client.ServerProxy(f'{url}/xmlrpc/2/object', allow_none=True)

    def __call__(self, model, method, *args, **kwargs):
        return self.models.execute_kw(self.db, self.uid, self.password, model, method, args, kwargs)

    def one(self, model, domain):
        """Id of the one record there is."""
        found = self(model, 'search', domain)
        assert len(found) == 1, f'{len(found)} records of {model} match {domain}'
        return found[0]

    def ref(self, xml_id):
        module, name = xml_id.split('.')
        rows = self('ir.model.data', 'search_read', [('module', '=', module), ('name', '=', name)], fields=['res_id'])
        return rows[0]['res_id']


class Json2:
    """Odoo's JSON-2 with an API key."""

    def __init__(self, url, key):
        self.url = url
        self.session = requests.Session()
        self.session.headers['Authorization'] = f'Bearer {key}'

    def __call__(self, model, method, **kwargs):
        answer = self.session.post(f'{self.url}/json/2/{model}/{method}', json=kwargs, timeout=TIMEOUT)
        assert answer.ok, f'{model}.{method}: {answer.status_code} {answer.text[:500]}'
        return answer.json()


class Door:
    """The door of WIM."""

    def __init__(self, url, key=None):
        self.url = f'{url}/wim/v1/messages'
        self.session = requests.Session()
        if key:
            self.session.headers['Authorization'] = f'Bearer {key}'

    def push(self, messages):
        """Send messages as a JSON array.

        :return: the result of each
        """
        answer = self.post(json.dumps(messages))
        assert answer.status_code == 202, f'{answer.status_code} {answer.text[:500]}'
        return answer.json()['results']

    def push_lines(self, messages):
        """Send messages as NDJSON, one a line."""
        answer = self.post('\n'.join(map(json.dumps, messages)), 'application/x-ndjson')
        assert answer.status_code == 202, f'{answer.status_code} {answer.text[:500]}'
        return answer.json()['results']

    def post(self, body, content_type='application/json'):
        """Send any text or bytes; the answer as it came."""
        if isinstance(body, str):
            body = body.encode()
        return self.session.post(self.url, data=body, headers={'Content-Type': content_type}, timeout=TIMEOUT)

    def get(self, msg_id):
        """What became of a message."""
        answer = self.session.get(f'{self.url}/{msg_id}', timeout=TIMEOUT)
        assert answer.status_code == 200, f'{answer.status_code} {answer.text[:500]}'
        return answer.json()

    def settled(self, msg_id, timeout=600):
        """Ask until a message has its result."""
        end = time.monotonic() + timeout
        while (result := self.get(msg_id))['state'] == 'pending':
            assert time.monotonic() < end, f'{msg_id} is still pending after {timeout} s'
            time.sleep(0.1)
        return result


def wait_until_idle(json2, timeout=600):
    """Wait until no message waits for its first handling."""
    end = time.monotonic() + timeout
    while pending := json2('wim.message', 'search_count', domain=[('state', '=', 'pending')]):
        assert time.monotonic() < end, f'{pending} messages are still pending after {timeout} s'
        time.sleep(0.2)


def make_key(url, db, login, password, name):
    """Make an API key as a person does in the web client: ask, confirm the password, copy the key."""
    session = requests.Session()

    def call(path, **params):
        answer = session.post(f'{url}{path}', json={'params': params}, timeout=TIMEOUT).json()
        assert 'error' not in answer, answer.get('error')
        return answer['result']

    def button(model, method, ids, **context):
        return call('/web/dataset/call_kw', model=model, method=method, args=[ids], kwargs={'context': context})

    call('/web/session/authenticate', db=db, login=login, password=password)
    wish = call('/web/dataset/call_kw', model='res.users.apikeys.description', method='create',
                args=[{'name': name, 'duration': '1'}], kwargs={})
    asked = button('res.users.apikeys.description', 'make_key', [wish])
    shown = button(asked['res_model'], 'run_check', [asked['res_id']], password=password)
    with contextlib.closing(session):
        return shown['context']['default_key']
