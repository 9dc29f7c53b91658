import json
import os
import shlex
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user

from odoo.addons.wecom.tests.common import FAKES
from odoo.addons.wecom_archive.tools import cipher
from odoo.addons.wecom_contact.tests.common import ContactCase

BEGIN = 1_763_800_000_000  # milliseconds


class ArchiveCase(ContactCase):
    """An archive whose library is `tests/fakes/wecom_archive.py`, a customer, an auditor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.path = cls.folder / 'world.json'
        cls.startClassPatcher(patch.dict(os.environ, {
            'WECOM_ARCHIVE_CHILD': shlex.join([sys.executable, str(FAKES / 'wecom_archive.py'), str(cls.path)])}))
        cls.pems = {version: cipher.make_key() for version in (1, 2)}
        cls.publics = {version: cipher.public_pem(cipher.load(pem)) for version, pem in cls.pems.items()}
        cls.archive = cls.env['wecom.archive'].create({'app_id': cls.app.id, 'secret': 'archive-secret', 'key_ids': [
            (0, 0, {'version': 1, 'pem': cls.pems[1]})]})
        cls.auditor = new_test_user(cls.env, login='auditor.a', groups='base.group_user,wecom_archive.group_auditor')

    def setUp(self):
        super().setUp()
        self.world = {'secret': 'archive-secret', 'keys': self.publics, 'records': [], 'files': {}, 'log': str(self.folder / 'log')}
        (self.folder / 'log').write_text('')
        self.wang = self.friend('王经理')
        self.run_queue(self.event('add_external_contact', self.wang))
        self.customer = self.contact(self.wang)
        self.save()

    # WECOM -----------------------------------------------------------------

    def save(self, **values):
        self.world.update(values)
        self.path.write_text(json.dumps(self.world))

    def say(self, seq, text='你好', by=None, to='LiNa', *, version=1, fault=None, **content):
        """Somebody says something: a customer to a member unless told."""
        said = {'msgid': f'm{seq}_external', 'action': 'send', 'from': by or self.wang, 'tolist': [to] if isinstance(to, str) else to,
                'roomid': '', 'msgtime': BEGIN + seq * 1000, 'msgtype': 'text', 'text': {'content': text}, **content}
        self.world['records'].append({'seq': seq, 'version': version, 'content': said, 'fault': fault})
        self.save()

    def three(self):
        self.say(101, '你好，我想了解处置服务')
        self.say(102, '您好王经理，我是李娜', by='LiNa', to=self.wang)
        self.say(103, '请给个报价')

    def asked(self):
        """What the child was asked: [(process, op, argument)]."""
        return [tuple(line.split(' ')) for line in (self.folder / 'log').read_text().splitlines()]

    # HERE ------------------------------------------------------------------

    def pull(self):
        self.run_job(lambda: self.env['wecom.archive']._cron_pull())

    def messages(self, **values):
        return self.env['wecom.archive.message'].search(
            [('archive_id', '=', self.archive.id), *((name, '=', value) for name, value in values.items())], order='seq')

    def texts(self):
        return [message.text for message in self.messages().sudo()]

    def records(self):
        return self.env['wecom.archive.record'].search([('archive_id', '=', self.archive.id)], order='seq')

    def accesses(self, user):
        return [(row.use, row.message_count, row.detail) for row in self.env['wecom.archive.access'].search(
            [('user_id', '=', user.id)], order='id')]

    def ago(self, **words):
        return fields.Datetime.now() - timedelta(**words)
