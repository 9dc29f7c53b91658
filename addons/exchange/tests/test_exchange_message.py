import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MODEL, ExchangeCase


class TestExchangeMessage(ExchangeCase):

    def test_payload_is_kept_as_received_and_shown_readable(self):
        payload = '{"b":1,  "a":"联单"}'
        message = self.create('done', payload=payload)

        self.assertEqual(message.payload, payload)
        self.assertEqual(message.payload_pretty, '{\n  "b": 1,\n  "a": "联单"\n}')

    def test_payload_that_is_no_json_is_shown_as_it_is(self):
        self.assertEqual(self.create('done', payload='<xml/>').payload_pretty, '<xml/>')

    def test_digest_is_sha256_of_the_text(self):
        self.assertEqual(
            self.Message._digest('联单'), '597e4fc9e1277e6d66d12d1ff534ead9aae555cee3310f9741e9b98cf625c336')

    def test_insert_equals_create(self):
        vals = {
            'key': "k'1", 'payload': '{"do": "done", "x": "\\u0000 %s"}', 'payload_sha256': 'ab', 'state': 'pending',
            'received_at': fields.Datetime.now(), 'company_id': self.env.company.id,
        }
        second = vals | {'key': 'k2', 'company_id': None}

        inserted = self.Message._insert([vals, second])
        created = self.Message.create([vals, second])

        names = [
            name for name, field in self.Message._fields.items() if field.store and name not in ('id', 'display_name', 'write_uid')]
        self.assertEqual(
            [{**row, 'id': 0} for row in inserted.read(names)], [{**row, 'id': 0} for row in created.read(names)])
        self.assertFalse(inserted.write_uid, "nobody has changed them yet")
        self.assertEqual(inserted.mapped('key'), ["k'1", 'k2'])

    def test_insert_of_nothing_does_nothing(self):
        self.assertFalse(self.Message._insert([]))

    def test_creation_of_many_costs_the_same_queries_as_of_one(self):
        vals = {'key': 'k', 'payload': '{}', 'state': 'pending', 'received_at': '2026-07-01 00:00:00'}
        self.env.flush_all()

        with self.assertQueryCount(1):
            self.Message._insert([vals])
        with self.assertQueryCount(1):
            self.Message._insert([vals] * 100)


class TestExchangeReplay(ExchangeCase):

    def test_replay_puts_the_message_back_and_keeps_what_it_ended_with(self):
        message = self.create('reject')
        self.process()

        message.with_user(self.system_user).action_replay()

        self.assertRecordValues(message, [{
            'state': 'pending', 'error': False, 'error_category': False, 'error_path': False, 'processed_at': False}])
        self.assertRecordValues(message.attempt_ids, [{
            'kind': 'replayed', 'state': 'rejected', 'error_category': 'value', 'error_path': '$.x', 'error': "Refused.",
            'create_uid': self.system_user.id,
        }])

    def test_replay_is_refused_for_what_went_well(self):
        for state in ('pending', 'done', 'duplicate'):
            message = self.create('done', state=state)
            with self.subTest(state=state), self.assertRaisesRegex(UserError, "can be processed again"):
                message.action_replay()
            self.assertEqual(message.state, state)
            self.assertFalse(message.attempt_ids)

    def test_replay_is_refused_to_others(self):
        message = self.create('done', state='rejected')

        with self.assertRaises(AccessError):
            message.with_user(self.plain_user).action_replay()

        self.assertEqual(message.state, 'rejected')


@tagged('post_install', '-at_install')
class TestExchangeRetention(ExchangeCase):

    def old_messages(self):
        states = ('done', 'duplicate', 'stale', 'warned', 'parked', 'rejected', 'pending')
        messages = self.Message.create([{'key': state, 'state': state, 'payload': '{}'} for state in states])
        messages.received_at = fields.Datetime.now() - timedelta(days=40)
        return messages

    def test_nothing_is_deleted_by_default(self):
        messages = self.old_messages()

        self.assertEqual(self.Message._gc_messages(), (0, False))
        self.assertEqual(len(messages.exists()), 7)

    def test_old_messages_that_ended_well_are_deleted_when_the_parameter_says_so(self):
        messages = self.old_messages()
        messages[0]._log_attempt('failed', 1)
        fresh = self.create('done', state='done')
        self.env['ir.config_parameter'].set_param(f'exchange.{MODEL}.retention_days', '30')

        self.assertEqual(self.Message._gc_messages(), (3, False))

        self.assertEqual(messages.exists().mapped('state'), ['warned', 'parked', 'rejected', 'pending'])
        self.assertTrue(fresh.exists())
        self.assertFalse(self.env['exchange.attempt'].search([('res_model', '=', MODEL)]))

    def test_the_mixin_itself_has_nothing_to_delete(self):
        self.assertEqual(self.env['exchange.message.mixin']._gc_messages(), (0, False))

    def test_content_survives_a_round_trip(self):
        message = self.create('done', payload=json.dumps({'do': 'done', 'text': '😀"\\'}))
        message.invalidate_recordset()

        self.assertEqual(json.loads(message.payload)['text'], '😀"\\')
