#!/usr/bin/env python3
"""WeCom (企业微信) on a loopback port: its API for self-built apps, its callbacks, its people.

    python tests/fakes/wecom --port 0

says `WeCom http://127.0.0.1:41235/` when it listens. The API is under /cgi-bin/, as on qyapi.weixin.qq.com. Besides:

    GET  /                     a page on which a person plays customers and members
    GET  /control/state.json   the world: customers, relations, tags, chats, messages, welcome codes, transfers
    GET  /control/calls.json   every call and what it was answered (the query's secrets and tokens as digests)
    POST /control/reset        the small company again
    POST /control/settings     a JSON object over `world.SETTINGS`: faults, limits, how callbacks are delivered
    POST /control/app          {'agentid', 'callback', …}: add or change an app
    POST /control/clock        {'advance': seconds}
    POST /control/expire       {'how': 'dead' | 'old'}: all tokens end now
    POST /control/forget       the list of calls begins anew
    POST /control/people       some customers with notes, tags and two group chats, without events
    POST /control/customers    {'count', 'userid', 'prefix'}: many customers at once, without events
    POST /control/act          {'act': …, …}: what people do (acts.py); answers when the events are delivered
    POST /control/events       {'agentid', 'events': [{…}], 'how': {…}}: deliver these, answer how each went
    POST /control/verify       {'agentid'}: what the console does on saving the address of callbacks

With `--state FILE` it goes on where it was after `kill -9` and a start on the same port. Nothing of the product is imported.
"""
import argparse
import hashlib
import json
import os
import signal
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import acts_half  # noqa: F401 - registers its acts
import acts_tags  # noqa: F401 - the same
import api_basic  # noqa: F401 - registers its endpoints
import api_contact  # noqa: F401 - the same
import api_groupmsg  # noqa: F401 - the same
import api_joinway  # noqa: F401 - the same
import api_links  # noqa: F401 - the same
import api_transfer
from acts import ACTS
from api import ENDPOINTS, Call
from callbacks import Callbacks
from errors import Pass, Refused
from gate import Gate
from memory import Memory
from page import page, picture
from world import World

API = '/cgi-bin/'
STATE = ('customers', 'relations', 'tags', 'chats', 'ways', 'links', 'join_ways', 'welcome', 'messages', 'transfers', 'members', 'left',
         'departments', 'group_sends', 'media_at')


class Door(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True  # else a body waits 40 ms for its head to be acknowledged

    def setup(self):
        super().setup()
        self.world, self.gate, self.callbacks = self.server.world, self.server.gate, self.server.callbacks

    def do_GET(self):
        self._handle(b'')

    def do_POST(self):
        self._handle(self.rfile.read(int(self.headers.get('Content-Length') or 0)))

    def _handle(self, body):
        split = urllib.parse.urlsplit(self.path)
        if split.path.startswith(API):
            return self._api(split.path.removeprefix(API), dict(urllib.parse.parse_qsl(split.query)), body)
        if split.path == '/' and self.command == 'GET':
            with self.world.lock:
                return self._reply(200, page(self.world).encode(), 'text/html; charset=utf-8')
        if split.path.startswith('/picture/') and self.command == 'GET':
            return self._reply(200, picture(split.path), 'image/png')
        if split.path == '/play':
            values = dict(urllib.parse.parse_qsl(body.decode()))
            self._act({name: value for name, value in values.items() if value})
            self.server.memory.keep()
            return self._reply(303, b'', location='/')
        return self._control(split.path, json.loads(body or b'{}'))

    # API -----------------------------------------------------------------------

    def _api(self, path, query, body):
        address = self.headers.get('X-Real-IP') or self.client_address[0]
        entered, started = False, time.time()
        try:
            if self.gate.hangs_up(path):
                self._log(path, query, started, {'errcode': 'cut off'})
                self.close_connection = True
                return None
            self.gate.enter(path)
            entered = True
            self.gate.delay(path)
            answer = {'errcode': 0, 'errmsg': 'ok', **self._answer(path, query, body, address)}
        except Refused as error:
            answer = error.answer
        except Pass as file:
            self._log(path, query, started, {'errcode': 0})
            return self._reply(200, file.body, file.kind)
        finally:
            if entered:
                self.gate.leave(path)
        self._log(path, query, started, answer)
        if self.gate.hangs_up(path, 'die_after'):
            os.kill(os.getpid(), signal.SIGKILL)
        if self.gate.hangs_up(path, 'hang_up_after'):
            self.close_connection = True
            return None
        return self._json(200, answer)

    def _answer(self, path, query, body, address):
        kind = self.headers.get('Content-Type', '')
        content = {}
        if body and not kind.startswith('multipart/'):
            if b'\\u' in body:
                raise Refused(40033)
            try:
                content = json.loads(body)
            except ValueError:
                raise Refused(47001) from None
        with self.world.lock:
            app = self.gate.check(path, address, query)
            if path not in ENDPOINTS:
                raise Refused(404, path)
            self._settle()
            return ENDPOINTS[path](Call(self.world, self.gate, app, query, content, body, kind))

    def _settle(self):
        """Let time have done its work; what that causes is told afterwards, as WeCom does."""
        texts = [self.callbacks.xml(event) for event in api_transfer.settle(self.world)]
        for app in self.world.apps.values() if texts else ():
            self.callbacks.later(app, texts)

    def _log(self, path, query, started, answer):
        hidden = {name: hashlib.sha256(value.encode()).hexdigest()[:12] if name in ('access_token', 'corpsecret') else value
                  for name, value in query.items()}
        with self.world.lock:
            self.world.calls.append({'path': path, 'query': hidden, 'at': started, 'until': time.time(), 'errcode': answer['errcode']})
        self.server.memory.keep()

    # CONTROL -------------------------------------------------------------------

    def _control(self, path, values):
        world = self.world
        if path == '/control/state.json':
            with world.lock:
                state = {name: getattr(world, name) for name in STATE}
                state['relations'] = [{'external_userid': external, **row} for (_name, external), row in world.relations.items()]
                state['running'] = [path for path, count in self.gate.running.items() if count]
                state['encoder'] = self.callbacks.encoder.name
                return self._json(200, state)
        if path == '/control/calls.json':
            with world.lock:
                return self._json(200, world.calls)
        action = getattr(self, f'_control_{path.removeprefix("/control/")}', None)
        if not action or not path.startswith('/control/'):
            return self._json(404, {'error': 'no such page'})
        try:
            answer = action(values) or {}
        except Refused as error:
            return self._json(400, error.answer)
        self.server.memory.keep()
        return self._json(200, answer)

    def _control_reset(self, _values):
        self.world.small_company()
        self.gate.reset()

    def _control_settings(self, values):
        with self.world.lock:
            for name, value in values.items():
                if name == 'callback':
                    self.world.settings[name].update(value)
                else:
                    self.world.settings[name] = value

    def _control_app(self, values):
        with self.world.lock:
            apps, agent = self.world.apps, values['agentid']
            apps.setdefault(agent, {**apps['1000002'], 'secret': f'fake-app-secret-{agent}', 'callback': ''}).update(values)
            return apps[agent]

    def _control_clock(self, values):
        with self.world.lock:
            self.world.offset += values['advance']
            self._settle()

    def _control_expire(self, values):
        with self.world.lock:
            self.gate.expire(values.get('how', 'dead'))

    def _control_forget(self, _values):
        with self.world.lock:
            self.world.calls.clear()

    def _control_people(self, _values):
        with self.world.lock:
            self.world.add_people()

    def _control_customers(self, values):
        with self.world.lock:
            made = [self.world.add_customer(f'{values.get("prefix", "客户")}{number}') for number in range(values['count'])]
            for external in made:
                self.world.relate(values['userid'], external)
            return {'external_userid': made}

    def _control_act(self, values):
        return self._act(values)

    def _act(self, values):
        with self.world.lock:
            answer, events = ACTS[values.pop('act')](self.world, **values)
            texts = [self.callbacks.xml(event) for event in events]
            apps = [app for app in self.world.apps.values() if app['callback']]
        for app in apps:
            self.callbacks.send(app, texts)
        return answer

    def _control_events(self, values):
        app = self.world.apps[values['agentid']]
        texts = [event if isinstance(event, str) else self.callbacks.xml(event) for event in values['events']]
        return {'rows': self.callbacks.send(app, texts, **values.get('how', {}))}

    def _control_verify(self, values):
        return self.callbacks.verify(self.world.apps[values['agentid']])

    # ANSWERS -------------------------------------------------------------------

    def _json(self, status, content):
        return self._reply(status, json.dumps(content, ensure_ascii=False).encode(), 'application/json; charset=utf-8')

    def _reply(self, status, body, kind='text/plain', location=None):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        if location:
            self.send_header('Location', location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Quiet: /control/calls.json shows what happened."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """Who asked may be gone by the time of the answer; all else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--port', type=int, default=8320, help='0: any free one')
    parser.add_argument('--state', metavar='FILE', help='where what it acknowledged is kept')
    args = parser.parse_args()
    server = Server(('127.0.0.1', args.port), Door)
    server.world = World()
    server.world.origin = f'http://127.0.0.1:{server.server_port}'
    server.memory = Memory(server.world, args.state)
    if not server.memory.recall():
        server.world.small_company()
    server.gate, server.callbacks = Gate(server.world), Callbacks(server.world)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    sys.stdout.write(f'WeCom http://127.0.0.1:{server.server_port}/\n')
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    server.callbacks.encoder.close()


if __name__ == '__main__':
    main()
