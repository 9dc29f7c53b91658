from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open

from .common import WecomCase


@tagged('post_install', '-at_install')
class TestWecomApp(WecomCase):

    def test_bad_settings_are_refused_in_a_sentence(self):
        for values, words in (
                ({'callback_aes_key': 'short'}, 'EncodingAESKey has 43'),
                ({'api_base_url': 'http://example.com/'}, 'must begin with https')):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, words):
                self.app.write(values)

    def test_another_key_folder_is_told_in_a_sentence(self):
        key = self.vault.folder / 'key'
        self.addCleanup(key.write_bytes, key.read_bytes())
        key.write_bytes(bytes(32))

        with self.assertRaisesRegex(UserError, 'Check the key folder'):
            self.app._read_secret('secret')

    def test_a_new_secret_ends_tokens_and_problem(self):
        self.env['wecom.token']._get(self.app, 'access')
        self.app._write_problem("Refused.", 40001, stop=True)

        self.app.secret = 'another'

        self.assertFalse(self.env['wecom.token'].search([('app_id', '=', self.app.id)]))
        self.assertEqual((self.app.state, self.app.problem), ('enabled', False))

    def test_the_check_sets_a_stopped_app_going(self):
        self.app._write_problem("Refused.", 60020, stop=True)
        self.env.flush_all()

        answer = self.app.action_check()

        self.env.invalidate_all()
        self.assertEqual(answer['params']['type'], 'success')
        self.assertEqual((self.app.state, self.app.problem), ('enabled', False))
        self.assertFalse(self.app.activity_ids)
        self.assertEqual(self.called(), ['gettoken', 'get_api_domain_ip'])

    def test_health_tells_callbacks_and_calls(self):
        for number in range(2):
            self.env['wecom.callback']._receive(self.app.id, self.app.company_id.id, f'<xml><Event>x</Event><A>{number}</A></xml>')
        self.env['wecom.callback'].search([('app_id', '=', self.app.id)], limit=1)._finish('rejected', 'internal')
        self.control('settings', fail_next={'get_api_domain_ip': [48002]})
        self.app.action_check()
        self.app.invalidate_recordset()

        self.assertEqual((self.app.backlog, self.app.failed_count, self.app.failed_call_count), (1, 1, 1))
        self.assertTrue(self.app.last_callback_at and self.app.token_expires_at > self.app.token_fetched_at)

    def test_a_copy_of_the_database_is_mute(self):
        self.env['wecom.token']._get(self.app, 'access')
        door = self.app.door
        self.env.flush_all()

        with file_open('wecom/data/neutralize.sql') as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.env.registry.clear_cache()

        self.assertFalse(self.app.secret_word or self.app.callback_token_word or self.app.callback_aes_key_word)
        self.assertEqual((self.app.state, self.app._get_base_url()), ('disabled', 'http://127.0.0.1:9/'))
        self.assertFalse(self.env['wecom.token'].search([('app_id', '=', self.app.id)]))
        self.assertIsNone(self.env['wecom.app']._by_door(door))
