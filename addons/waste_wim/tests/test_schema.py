import json
from datetime import date, datetime
from decimal import Decimal

from odoo.tests import BaseCase, TransactionCase
from odoo.tools import file_open

from odoo.addons.waste_wim.tools import schema
from odoo.addons.waste_wim.tools.events import EVENTS

NOW = datetime(2026, 11, 22, 2, 0)

ENVELOPE = {
    'msg_id': 'm-1', 'event': 'weighing.upsert', 'entity_key': 'ZBD-1', 'version': 1,
    'occurred_at': '2026-07-01T12:46:00+08:00', 'sent_at': '2026-07-01T12:46:03+08:00',
    'company_code': 'DS-HW', 'business_type': 'hazardous', 'payload': {},
}


def read(**changes):
    message = {name: value for name, value in {**ENVELOPE, **changes}.items() if value != 'absent'}
    return schema.read_envelope(message, NOW, {'DS-HW'}, {'hazardous'})


class TestEnvelope(BaseCase):

    def test_good_envelope_is_read_to_naive_utc(self):
        envelope = read()

        self.assertIsNone(envelope.problem)
        self.assertEqual(envelope.occurred_at, datetime(2026, 7, 1, 4, 46))
        self.assertEqual(envelope.sent_at, datetime(2026, 7, 1, 4, 46, 3))

    def test_what_is_wrong_is_told_by_category_and_path(self):
        cases = [
            ({'msg_id': 'absent'}, 'schema', '$.msg_id'),
            ({'msg_id': ''}, 'schema', '$.msg_id'),
            ({'msg_id': 7}, 'schema', '$.msg_id'),
            ({'msg_id': 'x' * 65}, 'schema', '$.msg_id'),
            ({'msg_id': '../x'}, 'schema', '$.msg_id'),
            ({'msg_id': 'x\n'}, 'schema', '$.msg_id'),
            ({'event': 'absent'}, 'schema', '$.event'),
            ({'event': 'nothing.upsert'}, 'schema', '$.event'),
            ({'event': ['weighing.upsert']}, 'schema', '$.event'),
            ({'entity_key': ''}, 'schema', '$.entity_key'),
            ({'entity_key': 'x' * 129}, 'schema', '$.entity_key'),
            ({'entity_key': 'a\x00b'}, 'value', '$.entity_key'),
            ({'version': 0}, 'schema', '$.version'),
            ({'version': True}, 'schema', '$.version'),
            ({'version': 1.0}, 'schema', '$.version'),
            ({'version': '1'}, 'schema', '$.version'),
            ({'occurred_at': '2026-07-01'}, 'schema', '$.occurred_at'),
            ({'occurred_at': '2026-07-01T12:46:00'}, 'schema', '$.occurred_at'),
            ({'occurred_at': '0001-01-01T00:00:00+08:00'}, 'schema', '$.occurred_at'),
            ({'occurred_at': '1999-01-01T00:00:00+08:00'}, 'value', '$.occurred_at'),
            ({'occurred_at': 1751345160}, 'schema', '$.occurred_at'),
            ({'sent_at': 'yesterday'}, 'schema', '$.sent_at'),
            ({'occurred_at': '2026-11-22T10:11:00+08:00'}, 'future', '$.occurred_at'),
            ({'company_code': 'DS-KW'}, 'company', '$.company_code'),
            ({'business_type': 'nuclear'}, 'schema', '$.business_type'),
            ({'business_type': 'absent'}, 'schema', '$.business_type'),
            ({'payload': []}, 'schema', '$.payload'),
            ({'payload': 'absent'}, 'schema', '$.payload'),
        ]
        for changes, category, path in cases:
            with self.subTest(changes=changes):
                problem = read(**changes).problem
                self.assertEqual((problem.category, problem.path), (category, path))

    def test_ten_minutes_of_clock_skew_are_forgiven(self):
        self.assertIsNone(read(occurred_at='2026-11-22T10:10:00+08:00').problem)

    def test_party_needs_no_business(self):
        self.assertIsNone(read(event='partner.upsert', business_type='absent').problem)

    def test_what_is_no_object_is_refused_as_a_whole(self):
        for content in (None, 5, 'x', [], True):
            problem = schema.read_envelope(content, NOW, set(), set()).problem
            self.assertEqual((problem.category, problem.path), ('schema', '$'))


class TestPayload(TransactionCase):

    def check(self, event, payload, version=2):
        read, problems, extra = schema.check(event, payload, version)
        return read, [(problem.category, problem.path) for problem in problems], extra

    def test_samples_of_the_feed_are_read(self):
        """Only the one weighing whose tare exceeds its gross has a shape that is refused."""
        with file_open('waste_wim/tests/fixtures/feed_samples.jsonl') as samples:
            messages = [json.loads(line) for line in samples]
        found = {}
        for message in messages:
            _read, problems, extra = self.check(message['event'], message['payload'], message['version'])
            self.assertEqual(extra, {})
            if problems:
                found[message['entity_key']] = problems

        self.assertEqual(found, {'ZBD-XSYTTD26092900570': [('value', '$.payload.net_kg')]})
        self.assertEqual({message['event'] for message in messages}, set(EVENTS) - {
            'partner.upsert', 'licence.upsert', 'assignment.upsert'})

    def test_values_are_exact(self):
        read, problems, _extra = self.check('weighing.upsert', {
            'gross_kg': '7100.000', 'tare_kg': 6580, 'net_kg': 0.1, 'first_weighed_at': '2026-07-01T12:46:00+08:00', 'plate': None})

        self.assertEqual(problems, [])
        self.assertEqual(read, {
            'gross_kg': Decimal('7100'), 'tare_kg': Decimal('6580'), 'net_kg': Decimal('0.1'),
            'first_weighed_at': datetime(2026, 7, 1, 4, 46), 'plate': None})

    def test_weights_that_are_refused(self):
        for value in (
            'NaN', 'Infinity', '-0.001', '60000.001', '1e3', '1.0001', '', ' 1', '1,5', '0x10', '٣', 'abc', '9' * 40,
            float('nan'), float('inf'), 1e16,
        ):
            with self.subTest(value=value):
                self.assertEqual(self.check('weighing.upsert', {'gross_kg': value})[1], [('value', '$.payload.gross_kg')])
        for value in (True, [], {}, ['7100']):
            with self.subTest(value=value):
                self.assertEqual(self.check('weighing.upsert', {'gross_kg': value})[1], [('schema', '$.payload.gross_kg')])

    def test_sixty_tonnes_and_zero_are_taken(self):
        self.assertEqual(self.check('weighing.upsert', {'gross_kg': '60000', 'tare_kg': '0.000'})[1], [])

    def test_tonnes_have_six_decimals(self):
        self.assertEqual(self.check('manifest.upsert', {'out_qty_t': '0.123456'})[1], [])
        self.assertEqual(self.check('manifest.upsert', {'out_qty_t': '0.1234567'})[1], [('value', '$.payload.out_qty_t')])

    def test_first_version_carries_the_required_fields_and_later_ones_need_not(self):
        self.assertEqual(self.check('inbound.upsert', {'batch_no': 'B'}, version=1)[1], [
            ('schema', '$.payload.line_no'), ('schema', '$.payload.actual_qty_t')])
        self.assertEqual(self.check('inbound.upsert', {'batch_no': 'B'}, version=2)[1], [])

    def test_problems_in_lines_and_rows_are_found_where_they_are(self):
        line = {'line_no': 'L-1', 'waste_name': "漆渣", 'price_mode': 'UNIT_T', 'unit_price': '3000'}
        cases = [
            ('contract.upsert', {'lines': [line, {**line, 'unit_price': 'x'}]}, 'value', '$.payload.lines[1].unit_price'),
            ('contract.upsert', {'lines': [{**line, 'line_no': None}]}, 'schema', '$.payload.lines[0].line_no'),
            ('contract.upsert', {'lines': ['x']}, 'schema', '$.payload.lines[0]'),
            ('contract.upsert', {'lines': {}}, 'schema', '$.payload.lines'),
            ('contract.upsert', {'tiers': [[0, 10, '500'], [10, None, '-1', 4]]}, 'schema', '$.payload.tiers[1]'),
            ('contract.upsert', {'start_date': '2026-02-30'}, 'schema', '$.payload.start_date'),
            ('package.event', {'to': [['BZ-1', 'NaN']]}, 'value', '$.payload.to[0][1]'),
            ('package.event', {'to': 5}, 'schema', '$.payload.to'),
            ('lab.upsert', {'items': [['pH', {}, '']]}, 'schema', '$.payload.items[0][1]'),
            ('payment.upsert', {'allocated': [['JSD-1', '1.001']]}, 'value', '$.payload.allocated[0][1]'),
            ('statement.upsert', {'period': '2026-13'}, 'schema', '$.payload.period'),
            ('partner.upsert', {'unit_kind': ['产废', 3]}, 'schema', '$.payload.unit_kind[1]'),
            ('inbound.upsert', {'package_count': -1}, 'value', '$.payload.package_count'),
            ('inbound.upsert', {'package_count': 1.5}, 'schema', '$.payload.package_count'),
            ('lab.upsert', {'qualified': 'yes'}, 'schema', '$.payload.qualified'),
            ('pickup.upsert', {'driver_name': 'a\x00'}, 'value', '$.payload.driver_name'),
            ('pickup.upsert', {'driver_name': '\ud800'}, 'value', '$.payload.driver_name'),
            ('pickup.upsert', {'driver_name': 'x' * 65}, 'schema', '$.payload.driver_name'),
        ]
        for event, payload, category, path in cases:
            with self.subTest(payload=payload):
                self.assertEqual(self.check(event, payload)[1], [(category, path)])

    def test_rows_and_dates_are_read(self):
        read, problems, _extra = self.check('contract.upsert', {'tiers': [[0, None, '500.5']], 'start_date': '2026-01-01'})

        self.assertEqual(problems, [])
        self.assertEqual(read, {'tiers': [[Decimal('0'), None, Decimal('500.5')]], 'start_date': date(2026, 1, 1)})

    def test_unknown_fields_are_kept_as_they_came(self):
        unknown = {'moon': {'a': [1, 2.5, None, True, "月"]}}

        self.assertEqual(self.check('pickup.upsert', {**unknown, 'state': 'done'})[::2], ({'state': 'done'}, unknown))

    def test_unknown_fields_that_no_column_holds_are_refused(self):
        deep = 'x'
        for _level in range(20):
            deep = [deep]
        for value in ('\x00', '\ud800', {'a': ['\x00']}, {'\ud800': 1}, float('inf'), deep):
            with self.subTest(value=value):
                [(category, path)] = self.check('pickup.upsert', {'x': value})[1]
                self.assertIn(category, ('value', 'schema'))
                self.assertTrue(path.startswith('$.payload.x'))
                path.encode()

    def test_sentences_and_paths_never_hold_what_no_column_holds(self):
        for value in ('\x00', '\ud800' * 100):
            envelope = read(occurred_at=value)
            sentence = self.env._(envelope.problem.sentence)
            sentence.encode()
            self.assertNotIn('\x00', sentence)
