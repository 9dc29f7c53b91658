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
    """An Odoo process on one database."""

    def __init__(self, databases, db, options=()):
        self.databases = databases
        self.db = db
        self.options = options
        self.port = _free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        self.log = CHECKOUT / 'test-results' / f'server-{db}.log'
        self.process = None

    def start(self, timeout=60):
        self.log.parent.mkdir(exist_ok=True)
        with open(self.log, 'a') as log:
            self.process = subprocess.Popen(
                [odoo.COMMAND, '-d', self.db, f'--db-filter=^{self.db}$', f'--http-port={self.port}',
                 f'--gevent-port={_free_port()}', *self.options],
                env=self.databases.env(), cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if self._answers():
                return self
            time.sleep(0.1)
        self.kill()
        fail(f'The server on {self.db} did not answer within {timeout} s:\n{self.log.read_text()[-3000:]}')

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


def _free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]
