"""An Odoo server as a process of its own, on one database."""
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import odoo, postgres
from .machine import CHECKOUT, fail


class Server:
    """Odoo on one database: a process for the pages and one for the jobs, as `docker/` has them apart.

    In one process both would wait for Python's global lock: pages stand still while a thousand messages are applied.

    :param options: more words for Odoo, e.g. '--max-cron-threads=2'
    :param workers: processes for the pages, with the jobs under the same parent; 0 is one process with threads
    :param port: a free one by default; /websocket is served on port + 3 when there are workers
    :param log: file that its log is added to
    """

    def __init__(self, databases, db, options=(), workers=0, port=None, log=None):
        self.databases = databases
        self.db = db
        self.options = options
        self.workers = workers
        self.port = port or _free_port()
        self.gevent_port = port + 3 if port else _free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        self.log = log or CHECKOUT / 'test-results' / f'server-{db}.log'
        self.processes = []

    def start(self, timeout=120):
        if _is_taken(self.port):
            fail(f'Port {self.port} is taken; choose another one with --port.')
        pages = [f'--workers={self.workers}', f'--http-port={self.port}', f'--gevent-port={self.gevent_port}']
        if self.workers:
            self.processes = [self._spawn(pages)]
        else:
            self.processes = [self._spawn([*pages, '--max-cron-threads=0']), self._spawn(['--workers=0', '--no-http'])]
        end = time.monotonic() + timeout
        while time.monotonic() < end and not self._has_ended():
            if self._answers() and self._takes_jobs():
                self._wake_jobs()
                return self
            time.sleep(0.1)
        self.kill()
        fail(f'The server on {self.db} did not answer within {timeout} s; mend what its log {self.log} says:\n'
             f'{self.log.read_text(errors="replace")[-3000:]}')

    def _spawn(self, words):
        self.log.parent.mkdir(exist_ok=True)
        with open(self.log, 'a') as log:
            return subprocess.Popen(
                [odoo.COMMAND, '-d', self.db, *self.options, *words],
                env=self.databases.env(), cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait(self):
        """Serve until a process ends; by itself none should."""
        while not self._has_ended():
            time.sleep(0.5)
        self.stop()
        fail(f'The server ended by itself; its log is {self.log}.')

    def kill(self):
        """End it as a power cut would: no shutdown, open transactions lost."""
        self._end(signal.SIGKILL)

    def stop(self):
        self._end(signal.SIGTERM)

    def restart(self):
        self.stop()
        return self.start()

    def _end(self, how):
        running = [process for process in self.processes if process.poll() is None]
        for process in running:
            process.send_signal(how)
        for process in running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _has_ended(self):
        return any(process.poll() is not None for process in self.processes)

    def _takes_jobs(self):
        """Whether the process of the jobs listens: one that begins later looks at what waits after a minute."""
        if self.workers:
            return True
        # Its thread keeps a connection to this database for the notifications; its last statement there is a COMMIT.
        listening = f"datname = 'postgres' AND application_name = 'odoo-{self.processes[-1].pid}' AND query = 'COMMIT'"
        return postgres.sql(f'SELECT count(*) FROM pg_stat_activity WHERE {listening}', env=self.databases.cluster.env()) != '0'

    def _wake_jobs(self):
        """Let what a killed server left behind go on at once; by itself the first look at it comes after a minute."""
        postgres.sql(f"SELECT pg_notify('cron_trigger', '{self.db}')", env=self.databases.cluster.env())

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
