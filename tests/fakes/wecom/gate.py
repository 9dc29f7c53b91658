"""What stands before every call: addresses, tokens, limits, faults. Refusals carry the vendor's codes."""
import secrets
import threading
import time

from errors import Refused
from world import CORP


class Gate:

    def __init__(self, world):
        self.world, self.running, self.windows, self.blocked = world, {}, {}, {}
        self.lock = threading.Lock()
        self.tokenless = {'gettoken'}

    def reset(self):
        with self.lock:
            self.running, self.windows, self.blocked = {}, {}, {}

    # FAULTS --------------------------------------------------------------------

    def hangs_up(self, path, when='hang_up'):
        left = self.world.settings[when]
        for name in (path, '*'):
            if left.get(name, 0) > 0:
                left[name] -= 1
                return True
        return False

    def delay(self, path):
        def seconds():
            delays = self.world.settings['delay']
            return delays.get(path, delays.get('*', 0))

        began = time.monotonic()
        while time.monotonic() < began + seconds():
            time.sleep(0.005)

    # CHECKS --------------------------------------------------------------------

    def check(self, path, address, query):
        """Return the app that calls.

        :raise Refused: when the call is not let in
        """
        settings = self.world.settings
        trusted = settings['trusted_ips']
        if trusted is not None and address not in trusted:
            raise Refused(60020, f'from ip: {address}, more info at https://open.work.weixin.qq.com/devtool/query?e=60020')
        for name in (path, '*'):
            if settings['fail_next'].get(name):
                raise Refused(settings['fail_next'][name].pop(0), 'as asked')
        self._count(path)
        if path in self.tokenless:
            return None
        given = query.get('access_token')
        if not given:
            raise Refused(41001)
        if settings['endless_40014']:
            raise Refused(40014)
        token = self.world.tokens.get(given)
        if not token or token['dead']:
            raise Refused(40014)
        if token['until'] <= self.world.now():
            raise Refused(42001)
        return self.world.apps[token['agent']]

    def _count(self, path):
        """Block an endpoint for a whole window once it was called too often in one, as 45009 does."""
        now, settings = time.time(), self.world.settings
        with self.lock:
            if self.blocked.get(path, 0) > now:
                raise Refused(45009, 'blocked')
            start, count = self.windows.get(path, (now, 0))
            if now - start >= settings['window_seconds']:
                start, count = now, 0
            self.windows[path] = (start, count + 1)
            if count + 1 > settings['per_window']:
                self.blocked[path] = now + settings['window_seconds']
                raise Refused(45009)

    def enter(self, path):
        """Note that a call begins.

        :raise Refused: 45033, when too many of its kind run
        """
        with self.lock:
            most = self.world.settings['concurrency'].get(path)
            if most and self.running.get(path, 0) >= most:
                raise Refused(45033)
            self.running[path] = self.running.get(path, 0) + 1

    def leave(self, path):
        with self.lock:
            self.running[path] -= 1

    # TOKENS --------------------------------------------------------------------

    def issue(self, query):
        if query.get('corpid') != CORP:
            raise Refused(40013)
        app = next((app for app in self.world.apps.values() if app['secret'] == query.get('corpsecret')), None)
        if not app:
            raise Refused(40001)
        for value, token in self.world.tokens.items():
            if token['agent'] == app['agentid'] and not token['dead'] and token['until'] > self.world.now() + 60:
                return value, int(token['until'] - self.world.now())
        value, seconds = secrets.token_urlsafe(96), self.world.settings['token_seconds']
        self.world.tokens[value] = {'agent': app['agentid'], 'until': self.world.now() + seconds, 'dead': False}
        return value, seconds

    def expire(self, how='dead'):
        """End all tokens early: 'dead' gives 40014, 'old' gives 42001."""
        for token in self.world.tokens.values():
            if how == 'dead':
                token['dead'] = True
            else:
                token['until'] = 0
        self.world.tickets.clear()
