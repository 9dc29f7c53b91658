from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.tests import tagged

from odoo.addons.wecom_archive.models import wecom_archive_backend
from odoo.addons.wecom_archive.models.wecom_archive_backend import WecomArchive
from odoo.addons.wecom_archive.models.wecom_archive_message import WecomArchiveMessage

from .common import ArchiveCase


@tagged('post_install', '-at_install')
class TestWecomArchiveRecord(ArchiveCase):
    """What can't be read is kept, and holds up nothing else."""

    def replay(self, *records):
        for record in records:
            record.with_user(self.env.ref('base.user_admin')).action_replay()
        self.run_job(lambda: self.env['wecom.archive.record']._process_queue())

    def test_check_12_a_crash_ends_only_the_child_and_parks_only_its_record(self):
        self.say(101, '一')
        self.say(102, '二', fault='abort')
        self.say(103, '三')
        self.pull()

        self.assertEqual((self.texts(), self.archive.seq, self.archive.problem), (['一', '三'], 103, False))
        record = self.records()
        self.assertEqual((record.seq, record.state, record.error_category, record.attempts), (102, 'pending', 'crash', 1))
        self.assertEqual(len({process for process, op, _argument in self.asked()}), 2, "one child after the crash")
        for _time in range(3):
            record.next_attempt_at = self.ago(minutes=1)
            self.run_job(lambda: self.env['wecom.archive.record']._process_queue())
        self.assertEqual((record.state, record.attempts), ('rejected', 3), "tried a bounded number of times")
        self.assertTrue(record.activity_ids)

    def test_a_child_that_hangs_is_ended_and_a_record_of_another_shape_parked(self):
        self.say(101, fault='hang')
        self.say(102, fault='garbage')
        self.say(103, fault=10008)
        self.say(104, msgtime='yesterday')
        self.say(105, '五')
        self.patch(wecom_archive_backend, 'SECONDS', dict.fromkeys(('open', 'pull', 'decrypt', 'media'), 1))
        self.pull()
        self.assertEqual(self.texts(), ['五'])
        self.assertEqual([(record.seq, record.error_category) for record in self.records()],
                         [(101, 'crash'), (102, 'shape'), (103, 'refused'), (104, 'shape')])

    def test_check_12_a_key_is_chosen_by_its_version_and_a_wrong_one_parks(self):
        """Both RSA libraries' ways: an error, or random bytes (implicit rejection)."""
        self.say(101, '旧钥', version=1)
        self.say(102, '新钥', version=2)
        self.pull()
        self.assertEqual((self.texts(), self.records().error_category, self.archive.problem_code), (['旧钥'], 'no_key', 'no_key'))

        key = self.env['wecom.archive.key'].create({'archive_id': self.archive.id, 'version': 2, 'pem': self.pems[1]})
        self.replay()
        self.assertEqual((self.texts(), self.records().error_category), (['旧钥'], 'wrong_key'), "not garbage")

        key.pem = self.pems[2]
        self.replay()
        self.assertEqual((self.texts(), self.records().state, self.archive.problem), (['旧钥', '新钥'], 'done', False))

    def test_check_12_dead_letters_are_replayed_with_one_click_and_once(self):
        self.say(101, '一', fault=10008)
        self.pull()
        record = self.records()
        self.assertEqual(record.state, 'rejected')

        self.replay(record)
        self.assertEqual((record.state, len(self.messages())), ('rejected', 0), "still so")
        with patch.object(WecomArchive, '_read_record', autospec=True, side_effect=self._mended(WecomArchive._read_record)):
            self.replay(record)
            self.assertEqual((record.state, self.texts()), ('done', ['一']))
            record.state = 'rejected'
            self.replay(record)
        self.assertEqual((record.state, len(self.messages())), ('done', 1), "again adds none")
        self.archive.seq = 0
        self.pull()
        self.assertEqual((len(self.messages()), len(self.records())), (1, 1))

    def _mended(self, original):
        """A newer library, which reads what the older couldn't."""
        def read(archive, record, child, keys):
            self.world['records'][0]['fault'] = None
            self.save()
            return original(archive, child.call('pull', seq=100, limit=1)['records'][0], child, keys)
        return read

    def test_another_job_that_is_faster_parks_nothing(self):
        """The customer's first message and the event that he was added come in the same second."""
        self.say(101, '一')
        races = iter([UniqueViolation()])
        with patch.object(WecomArchiveMessage, '_link_recalls', side_effect=lambda: self._raise_next(races)), \
                patch.object(self.env.cr, 'rollback') as rollback:
            self.pull()
        self.assertEqual((self.texts(), len(self.records()), rollback.call_count), (['一'], 0, 1))

    def _raise_next(self, errors):
        for error in errors:
            raise error

    def test_check_12_nothing_said_no_secret_and_no_key_is_in_the_logs(self):
        self.say(101, '机密报价四千', fault='garbage')
        self.say(102, '机密报价五千', fault='abort')
        self.say(103, '机密报价六千')
        with self.assertLogs('odoo', level='INFO') as logs:
            with patch.object(WecomArchiveMessage, '_link_recalls', side_effect=lambda: self._fail_on('机密报价')):
                self.pull()
            self.save(fault={'pull': 10009})
            self.pull()
        told = '\n'.join(logs.output)
        self.assertIn('records up to 103', told)
        for word in ('机密', 'archive-secret', 'PRIVATE KEY'):
            self.assertNotIn(word, told)
        self.assertEqual([(one.seq, one.error_category) for one in self.records()], [(101, 'shape'), (102, 'crash'), (103, 'internal')])

    def _fail_on(self, text):
        with self.env.cr.savepoint():
            self.env.cr.execute('SELECT %s::int', [text])
