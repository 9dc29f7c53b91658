"""WeCom cut off, slowed and restarted in the middle of each flow: nothing lost, nothing doubled, nobody has to press anything.

A room lists its flows in `test_wecom_cuts*.py`; `tests/test_wecom_endpoints.py` sees to it that no endpoint is left out.
"""
import socket
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from odoo.tests import common

FASTER = 100  # times, than our patience with WeCom
LONG = 20  # seconds that a slow call takes, or until nobody waits for it
AWAY = 'away, then back without our token'
#: what happens at the endpoint: the simulator's switch for it, and its value
FAULTS = {
    'cut before it was done': ('hang_up', 1),
    'cut after it was done': ('hang_up_after', 1),
    'slower than we wait': ('delay', LONG),
    'restarted in its middle': ('die_after', 1),
    AWAY: None,
}


class CutsMixin:
    """Before a case of `WecomMixin`. A flow begins something; it returns the job that the cron would run, and a check of the end."""

    FLOWS = ()  # (endpoint, flow)
    slow = None  # the endpoint that is

    @classmethod
    def setUpWecom(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.fake_options = ('--state', Path(folder.name) / 'state')
        super().setUpWecom()
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            cls.nowhere = f'http://127.0.0.1:{free.getsockname()[1]}/cgi-bin/'

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Override of Odoo's tests, which wait ten seconds for any answer."""
        if cls.slow and urlsplit(r.url).path == f'/cgi-bin/{cls.slow}':
            return common._super_send(s, r, **{**kw, 'timeout': kw['timeout'] / FASTER})
        return super()._request_handler(s, r, **kw)

    def cut_everywhere(self):
        """Begin each flow, let it meet each fault, run its job again twice, look at the end."""
        for path, flow in self.FLOWS:
            for fault in FAULTS:
                with self.subTest(path=path, flow=flow.__name__, fault=fault), self.apart():
                    job, check = flow(self)
                    self.env.flush_all()
                    self.suffer(path, fault, job)
                    self.run_job(job)
                    self.run_job(job)
                    check()

    @contextmanager
    def apart(self):
        """Let nothing be left of a case, here or there: what it made would be read, listed and asked about in all that follow."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            self.control('reset')

    def suffer(self, path, fault, job):
        """Run a job while WeCom fails at one endpoint; then WeCom is well again."""
        self.control('forget')
        if fault == AWAY:
            here, self.app.api_base_url = self.app.api_base_url, self.nowhere
            self.env.flush_all()
            self.run_job(job)
            self.app.api_base_url = here
            self.control('expire')
            self.env.flush_all()
            return
        switch, value = FAULTS[fault]
        self.control('settings', **{switch: {path: value}})
        type(self).slow = path if switch == 'delay' else None
        self.run_job(job)
        type(self).slow = None
        if switch == 'die_after':
            self.assertTrue(self.fake.process.wait(10), "the fault was met")
            self.fake.kill()
            self.fake.start()
        self.control('settings', **{switch: {}})
        self.wait_for_call(path)

    def wait_for_call(self, path):
        """The fault was met; what was held back is carried out when nobody waits for it any more."""
        until = time.monotonic() + 5
        while path not in self.called():
            self.assertLess(time.monotonic(), until, "the fault was met")
            time.sleep(0.01)
