import importlib.util
import json
import tempfile
import urllib.request
from pathlib import Path
from unittest.mock import patch

from odoo.tests import TransactionCase

from odoo.addons.wecom.models.wecom_app import WecomApp
from odoo.addons.wecom.tools.vault import Vault

FAKES = Path(__file__).resolve().parents[3] / 'tests/fakes'
CORP, AGENT, SECRET = 'wwfake0000000001', '1000002', 'fake-app-secret-1000002'
AES_KEY = 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C'


def simulator(*options):
    """`tests/fakes/wecom` as a process of its own."""
    spec = importlib.util.spec_from_file_location('fakes_running', FAKES / 'running.py')
    running = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(running)
    return running.Fake('wecom', *options)


class WecomMixin:
    """The simulator for the whole class, an app of it, and a key folder of the test's own."""

    fake_options = ()

    @classmethod
    def setUpWecom(cls):
        cls.fake = simulator(*cls.fake_options).start()
        cls.addClassCleanup(cls.fake.stop)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.vault = Vault(Path(folder.name) / 'keys')
        cls.startClassPatcher(patch.object(WecomApp, '_vault', lambda _self: cls.vault))
        cls.app = cls.make_app()

    @classmethod
    def make_app(cls, agent=AGENT, **values):
        app = cls.env['wecom.app'].create({
            'name': f'App {agent}', 'corp_id': CORP, 'agent_id': agent, 'secret': f'fake-app-secret-{agent}',
            'callback_token': f'token{agent}', 'callback_aes_key': AES_KEY, 'api_base_url': f'{cls.fake.url}/cgi-bin/', **values})
        cls.env.flush_all()
        return app

    @classmethod
    def control(cls, action, /, **values):
        return cls._open(f'/control/{action}', values)

    @classmethod
    def seen(cls, name='calls'):
        return cls._open(f'/control/{name}.json')

    @classmethod
    def called(cls):
        return [call['path'] for call in cls.seen()]

    @classmethod
    def _open(cls, path, values=None):
        data = None if values is None else json.dumps(values).encode()
        with urllib.request.urlopen(urllib.request.Request(cls.fake.url + path, data), timeout=60) as answer:
            return json.load(answer)


class WecomCase(WecomMixin, TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpWecom()

    def setUp(self):
        super().setUp()
        self.control('reset')
        self.registry_enter_test_mode()  # tokens, limits and alarms are written in transactions of their own

    def act(self, name, /, **values):
        return self.control('act', act=name, **values)

    def run_job(self, job):
        """Run a job as the cron would."""
        with patch.object(self.registry['ir.cron'], '_commit_progress', lambda *_args, **_words: float('inf')):
            job()
        self.env.flush_all()
        self.env.invalidate_all()
