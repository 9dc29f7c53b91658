from datetime import timedelta

from psycopg2 import errors as pg_errors

from odoo import fields
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import MODEL, ExchangeCase

MIXIN_LOG = 'odoo.addons.exchange.models.exchange_message_mixin'


class TestExchangeQueue(ExchangeCase):

    def test_queue_hands_over_batches_oldest_first(self):
        messages = self.create(*['done'] * 5)

        progress = self.process(batch_size=2)

        self.assertEqual(self.batches, [2, 2, 1])
        self.assertEqual(progress, [(2, 2), (2, 1), (1, 0)])
        self.assertEqual(messages.mapped('state'), ['done'] * 5)
        self.assertTrue(all(messages.mapped('processed_at')))
        self.assertEqual(self.env['exchange.attempt'].search_count([('res_model', '=', MODEL)]), 0)

    def test_queue_stops_when_the_cron_has_no_time_left(self):
        messages = self.create(*['done'] * 3)

        with self.committing(time_left=0):
            self.Message._process_queue(batch_size=2)

        self.env.invalidate_all()
        self.assertEqual(messages.mapped('state'), ['done', 'done', 'pending'])

    @mute_logger(MIXIN_LOG)
    def test_culprit_alone_is_set_back_and_the_rest_is_done(self):
        messages = self.create('done', 'done', 'boom', 'done', 'done', 'done', 'done', 'done')

        with freeze_time('2026-07-01 08:00:00'):
            self.process()

        culprit = messages[2]
        self.assertEqual((messages - culprit).mapped('state'), ['done'] * 7)
        self.assertRecordValues(culprit, [{
            'state': 'pending', 'attempts': 1, 'error_category': 'internal',
            'next_attempt_at': fields.Datetime.to_datetime('2026-07-01 08:02:00'),
        }])
        self.assertIn("ValueError", culprit.error)
        self.assertRecordValues(culprit.attempt_ids, [{'kind': 'failed', 'number': 1, 'error_category': 'internal'}])
        self.assertEqual(self.batches, [8, 4, 2, 2, 1, 1, 4])

    @mute_logger(MIXIN_LOG)
    def test_waiting_time_doubles_and_at_last_the_message_is_rejected(self):
        message = self.create('boom')
        waits = []

        with freeze_time('2026-07-01 08:00:00') as clock:
            for _attempt in range(4):
                self.process()
                waits.append((message.next_attempt_at - fields.Datetime.now()) // timedelta(minutes=1))
                clock.move_to(message.next_attempt_at)
            self.process()

        self.assertEqual(waits, [2, 4, 8, 16])
        self.assertRecordValues(message, [{
            'state': 'rejected', 'attempts': 5, 'error_category': 'internal', 'next_attempt_at': False}])
        self.assertEqual(message.attempt_ids.mapped('number'), [5, 4, 3, 2, 1])

    @mute_logger(MIXIN_LOG)
    def test_message_is_left_alone_until_its_time(self):
        self.create('boom')
        self.process()

        self.assertEqual(self.process(), [])

    @mute_logger(MIXIN_LOG)
    def test_success_after_a_failure_leaves_no_error(self):
        message = self.create('boom')
        self.process()
        message.write({'payload': '{"do": "done"}', 'next_attempt_at': False})

        self.process()

        self.assertRecordValues(message, [{'state': 'done', 'error': False, 'error_category': False, 'attempts': 1}])

    def test_refusal_of_our_own_rules_is_final_and_told_in_its_words(self):
        messages = self.create('done', 'against a rule', 'against a constraint')

        self.process()

        self.assertRecordValues(messages, [
            {'state': 'done', 'error_category': False, 'error': False, 'attempts': 0},
            {'state': 'rejected', 'error_category': 'rule', 'error': "The plate is missing.", 'attempts': 0},
            {'state': 'rejected', 'error_category': 'rule', 'attempts': 0,
             'error': "The code of the language must be unique!"},
        ])
        self.assertFalse(messages.attempt_ids)

    def test_log_tells_where_it_failed_but_not_what_the_message_says(self):
        self.create('boom', 'bad sql')

        with self.assertLogs('odoo', level='WARNING') as logs:
            self.process()

        text = '\n'.join(logs.output)
        self.assertNotIn('secret', text)
        self.assertIn('builtins.ValueError', text)
        self.assertIn('psycopg2.errors.InvalidTextRepresentation', text)
        self.assertIn('in _process_batch', text)

    def test_batch_begins_again_when_another_transaction_was_faster(self):
        message = self.create('busy')
        self.env.flush_all()
        self.busy.append(pg_errors.SerializationFailure())

        self.process()

        self.assertEqual(self.batches, [1, 1])
        self.assertRecordValues(message, [{'state': 'done', 'attempts': 0}])

    def test_queue_gives_up_for_now_when_others_are_always_faster(self):
        self.create('busy')
        self.env.flush_all()
        self.busy += [pg_errors.SerializationFailure() for _try in range(5)]

        with self.assertRaises(pg_errors.SerializationFailure):
            self.process()

        self.assertEqual(len(self.batches), 5)


class TestExchangeActivities(ExchangeCase):

    def activities(self):
        return self.env['mail.activity'].search([('res_model', '=', MODEL)])

    def test_one_activity_tells_of_all_rejected_messages_of_a_category(self):
        messages = self.create('reject', 'done', 'reject', 'reject')

        self.process(batch_size=2)

        activity = self.activities()
        self.assertRecordValues(activity, [{
            'user_id': self.system_user.id, 'res_id': messages[0].id, 'summary': "Messages rejected: Wrong value"}])
        self.assertIn("3 cases are open", activity.note)

    def test_message_text_is_escaped_in_the_activity(self):
        message = self.create('done')
        message._finish('rejected', 'value', '$.x', "<script>alert(1)</script>")

        message._raise_activities()

        self.assertIn("&lt;script&gt;", self.activities().note)

    def test_messages_rejected_on_arrival_are_told_of_too(self):
        messages = self.create('done', 'done', state='rejected', error_category='company', error="Not yours.")

        self.process()

        self.assertEqual(self.activities().res_id, messages[0].id)
        self.assertTrue(all(messages.mapped('processed_at')))
        self.process()
        self.assertEqual(len(self.activities()), 1)

    def test_waiting_for_more_than_a_day_raises_an_alarm(self):
        old, new = self.create('park', 'park')
        self.process()
        old.received_at = fields.Datetime.now() - timedelta(hours=25)

        self.Message._cron_alarm_parked()

        self.assertRecordValues(self.activities(), [{
            'res_id': old.id, 'summary': "Messages wait for more than a day", 'user_id': self.system_user.id}])

    def test_parameter_names_another_responsible_group(self):
        self.env['ir.config_parameter'].set_param(f'exchange.{MODEL}.responsible_group', 'base.group_user')
        self.env.ref('base.group_user').user_ids = self.plain_user

        users = self.Message._get_responsible_users(self.env.company)

        self.assertIn(self.plain_user, users)
