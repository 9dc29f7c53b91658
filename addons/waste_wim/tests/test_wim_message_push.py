import json
from unittest.mock import patch

from odoo.exceptions import ConcurrencyError, UserError
from odoo.tests import freeze_time
from odoo.tests.common import warmup

from .common import WimCase


class TestWimPush(WimCase):

    def test_message_is_kept_as_received_and_waits_for_the_queue(self):
        message = self.message()
        text = json.dumps(message, indent=1)

        with freeze_time('2026-11-22 02:00:00'):
            results = self.receive(text)

        self.assertEqual(results, [{'msg_id': message['msg_id'], 'state': 'pending'}])
        row = self.row(message)
        self.assertEqual(row.payload, text)
        self.assertEqual(row.payload_sha256, self.Message._digest(text))
        self.assertRecordValues(row, [{
            'state': 'pending', 'key': message['msg_id'], 'event': 'pickup.upsert', 'entity_key': 'P-1', 'version': 1,
            'company_id': self.company_a.id, 'company_code': 'T-A', 'business_type': 'hazardous', 'attempts': 0,
            'create_uid': self.integrator.id,
        }])
        self.assertEqual(str(row.occurred_at), '2026-07-01 02:41:00')
        self.assertEqual(str(row.received_at), '2026-11-22 02:00:00')

    def test_arrival_wakes_the_queue(self):
        cron = self.env.ref('waste_wim.ir_cron_wim_message_queue')
        self.env['ir.cron.trigger'].search([('cron_id', '=', cron.id)]).unlink()

        self.push(self.message())

        self.assertEqual(self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id)]), 1)

    def test_s0_3_1_1_d_bad_messages_are_kept_and_their_neighbours_taken(self):
        good, nan, unknown, other, last = (
            self.message(), self.message(payload={'x': float('nan')}), self.message('nothing.upsert'),
            self.message(company_code='T-C'), self.message())

        results = self.push(good, nan, unknown, other, last)

        self.assertEqual([result['state'] for result in results], ['pending', 'rejected', 'rejected', 'rejected', 'pending'])
        self.assertEqual([result['error']['category'] for result in results[1:4]], ['value', 'schema', 'company'])
        self.assertEqual([result['error']['path'] for result in results[1:4]], ['$.payload.x', '$.event', '$.company_code'])
        for message, result in zip((nan, unknown, other), results[1:4]):
            self.assertRecordValues(self.row(message), [{
                'state': 'rejected', 'error_category': result['error']['category'], 'error_path': result['error']['path'],
                'error': result['error']['message'], 'company_id': self.company_a.id}])

    def test_message_without_usable_number_is_kept_once_under_its_digest(self):
        bad = [self.message(msg_id=None), self.message(msg_id='a b'), 5]

        results = self.push(*bad, 5)
        self.push(*bad)

        self.assertEqual([result['msg_id'] for result in results], [None, None, None, None])
        self.assertEqual([result['error']['path'] for result in results], ['$.msg_id', '$.msg_id', '$', '$'])
        rows = self.Message.search([], order='id')
        self.assertEqual(rows.mapped('state'), ['rejected'] * 3)
        self.assertEqual(rows.mapped('msg_id'), [False] * 3)
        self.assertEqual(rows.mapped('error'), [result['error']['message'] for result in results[:3]])
        self.assertEqual(rows[2].payload, '5')
        self.assertEqual(rows[2].key, rows[2].payload_sha256[:16])

    def test_limits_of_push(self):
        for messages in ([self.message()] * 1001, {'a': 1}, [self.message(payload={'x': 'y' * 6_000_000})], [{1, 2}]):
            with self.assertRaises(UserError):
                self.Message.with_user(self.integrator).push(messages)
        self.assertEqual(self.Message.search_count([]), 0)

    @warmup
    def test_hundred_messages_cost_the_queries_of_one(self):
        self.push(self.message())
        counts = []
        for number in (1, 100):
            messages = [self.message() for _number in range(number)]
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.push(*messages)
            counts.append(self.env.cr.sql_log_count - before)

        self.assertEqual(counts[0], counts[1])


class TestWimRepeats(WimCase):

    def test_second_delivery_is_a_duplicate_with_the_first_result(self):
        message = self.message()
        self.push(message)
        self.accept_all()
        self.process()

        results = self.push(message)

        self.assertEqual(results, [{'msg_id': message['msg_id'], 'state': 'duplicate', 'first': {'state': 'done'}}])
        first = self.row(message)
        self.assertRecordValues(first.duplicate_ids, [{
            'state': 'duplicate', 'key': message['msg_id'], 'msg_id': False, 'event': 'pickup.upsert'}])
        self.assertEqual(first.duplicate_count, 1)
        self.assertEqual(first.last_duplicate_at, first.duplicate_ids.received_at)

    def test_second_delivery_of_a_rejected_message_tells_why_again(self):
        message = self.message(business_type='nuclear')
        [first] = self.push(message)

        [second] = self.push(message)

        self.assertEqual(second, {
            'msg_id': message['msg_id'], 'state': 'duplicate', 'first': {'state': 'rejected', 'error': first['error']}})

    def test_duplicates_within_one_request_are_seen(self):
        message, other = self.message(), self.message()

        results = self.push(message, other, message, message)

        self.assertEqual([result['state'] for result in results], ['pending', 'pending', 'duplicate', 'duplicate'])
        self.assertEqual(self.row(message).duplicate_count, 2)

    def test_other_spacing_and_time_of_sending_make_no_other_message(self):
        message = self.message()
        self.push(message)

        [result] = self.receive(json.dumps({**dict(reversed(message.items())), 'sent_at': '2026-07-02T00:00:00+08:00'}, indent=2))

        self.assertEqual(result['state'], 'duplicate')

    def test_same_number_for_another_message_is_a_conflict_and_kept(self):
        message = self.message()
        self.push(message)

        [result] = self.push({**message, 'version': 2})

        self.assertEqual((result['state'], result['error']['category']), ('rejected', 'conflict'))
        conflict = self.Message.search([('error_category', '=', 'conflict')])
        self.assertRecordValues(conflict, [{
            'state': 'rejected', 'msg_id': False, 'key': message['msg_id'], 'version': 2, 'duplicate_of_id': self.row(message).id}])
        self.assertEqual(self.row(message).duplicate_count, 0)
        self.assertEqual(self.row(message).state, 'pending')

    def test_number_used_by_another_company_is_a_conflict_that_tells_nothing(self):
        message = self.message()
        self.push(message)

        [result] = self.push({**message, 'company_code': 'T-B'}, user=self.integrator_b)

        self.assertEqual((result['state'], result['error']['category']), ('rejected', 'conflict'))
        self.assertFalse(self.Message.search([('error_category', '=', 'conflict')]).duplicate_of_id)

    def test_message_with_half_a_character_is_a_duplicate_of_itself(self):
        message = self.message(payload={'x': '\ud800\x00'})

        self.assertEqual([result['state'] for result in self.push(message, message)], ['pending', 'duplicate'])

    def test_same_message_in_parallel_requests_has_one_effect(self):
        """The other request has committed after our snapshot: its row is not seen, and its number is taken."""
        message = self.message()
        self.push(message)

        with patch.object(self.registry['wim.message'], '_find_known', lambda *_args: {}), \
                self.assertLogs('odoo.sql_db', 'ERROR') as logs, self.assertRaises(ConcurrencyError), self.env.cr.savepoint():
            self.push(message)

        self.assertNotIn('producer_code', '\n'.join(logs.output))
        self.assertEqual(self.Message.search_count([]), 1)
        self.assertEqual(self.push(message)[0]['state'], 'duplicate')
