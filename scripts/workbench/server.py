"""An Odoo server as a process of its own, on one database."""
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import odoo
from .machine import CHECKOUT, fail


class Server:
    """An Odoo process on one database.

    :param options: more words for Odoo, e.g. '--workers=2'
    :param port: a free one by default; /websocket is served on port + 3 when there are workers
    :param log: file that its log is added to
    """

    def __init__(self, databases, db, options=(), port=None, log=None):
        self.databases = databases
        self.db = db
        self.options = options
        self.port = port or _free_port()
        self.gevent_port = port + 3 if port else _free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        self.log = log or CHECKOUT / 'test-results' / f'server-{db}.log'
        self.process = None

    def start(self, timeout=120):
        if _is_taken(self.port):
            fail(f'Port {self.port} is taken; choose another one with --port.')
        self.log.parent.mkdir(exist_ok=True)
        with open(self.log, 'a') as log:
            self.process = subprocess.Popen(
                [odoo.COMMAND, '-d', self.db, f'--db-filter=^{self.db}$', f'--http-port={self.port}',
                 f'--gevent-port={self.gevent_port}', *self.options],
                env=self.databases.env(), cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if self._answers():
                return self
            time.sleep(0.1)
        self.kill()
        fail(f'The server on {self.db} did not answer within {timeout} s; mend what its log {self.log} says:\n'
             f'{self.log.read_text(errors="replace")[-3000:]}')

    def wait(self):
        """Serve until the process ends; by itself it should not."""
        code = self.process.wait()
        if code:
            fail(f'The server ended by itself ({code}); its log is {self.log}.')

    def kill(self):
        """End it as a power cut would: no shutdown, open transactions lost."""
        self._end(signal.SIGKILL)

    def stop(self):
        self._end(signal.SIGTERM)

    def restart(self):
        self.stop()
        return self.start()

    def _end(self, how):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _answers(self):
        try:
            with urllib.request.urlopen(f'{self.url}/web/login', timeout=30) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False


def _is_taken(port):
    with socket.socket() as probe:
        return not probe.connect_ex(('127.0.0.1', port))


def _free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]
