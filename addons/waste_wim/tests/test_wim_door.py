import json
from datetime import datetime, timedelta

from odoo.tests import HttpCase, new_test_user, tagged

from .common import WimCase


@tagged('post_install', '-at_install')
class TestWimDoor(WimCase, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = cls.make_key(cls.integrator)

    @classmethod
    def make_key(cls, user):
        return cls.env['res.users.apikeys'].with_user(user)._generate(None, 'door', datetime.now() + timedelta(days=1))

    def call(self, path='/wim/v1/messages', data=None, key=None, **headers):
        if key is not False:
            headers['Authorization'] = f'Bearer {key or self.key}'
        if data is not None and not isinstance(data, bytes):
            data = json.dumps(data).encode()
        headers = {name.replace('_', '-'): value for name, value in headers.items()}
        return self.url_open(path, data=data, headers={'Content-Type': 'application/json', **headers})

    def assert_refused(self, answer, status, category):
        self.assertEqual(answer.status_code, status)
        self.assertEqual(answer.json()['error']['category'], category)
        self.assertGreater(len(answer.json()['error']['message']), 15)
        self.assertEqual(self.Message.search_count([]), 0)

    def test_array_and_lines_are_taken(self):
        first, second, third = self.message(), self.message(), self.message()

        array = self.call(data=[first])
        lines = self.call(data=b'%s\n%s' % tuple(json.dumps(message).encode() for message in (second, third)),
                          Content_Type='application/x-ndjson')

        self.assertEqual((array.status_code, lines.status_code), (202, 202))
        self.assertEqual(array.json(), {'results': [{'msg_id': first['msg_id'], 'state': 'pending'}]})
        self.assertEqual([result['msg_id'] for result in lines.json()['results']], [second['msg_id'], third['msg_id']])
        self.assertEqual(self.Message.search_count([('state', '=', 'pending')]), 3)

    def test_who_has_no_key_stays_outside(self):
        for key in (False, 'x' * 40, ''):
            with self.subTest(key=key):
                headers = {'Authorization': 'Bearer '} if key == '' else {}
                answer = self.call(data=[self.message()], key=key or False, **headers)
                self.assertEqual(answer.status_code, 401)
        self.assertEqual(self.Message.search_count([]), 0)

    def test_who_is_no_integrator_stays_outside(self):
        for group in ('base.group_user', 'waste.group_user', 'waste.group_admin', 'base.group_portal'):
            key = self.make_key(new_test_user(self.env, f'door-{group}', groups=group))
            for path, data in (('/wim/v1/messages', [self.message()]), ('/wim/v1/messages', None), ('/wim/v1/messages/x', None)):
                with self.subTest(group=group, path=path, data=data):
                    self.assert_refused(self.call(path, data, key), 403, 'access')

    def test_session_of_a_browser_is_no_key(self):
        self.authenticate('wim-ab', 'wim-ab')

        self.assertEqual(self.call(data=[self.message()], key=False).status_code, 401)
        self.assertEqual(self.Message.search_count([]), 0)

    def test_what_is_too_large_is_not_read(self):
        self.assert_refused(self.call(data=b'[' + b' ' * (5 * 1024 * 1024) + b']'), 413, 'size')
        self.assert_refused(self.call(data=[{}] * 1001), 413, 'size')

    def test_what_is_no_json_is_refused_as_a_whole(self):
        for data in (b'', b'hello', b'[{"msg_id": 1}', b'\xff\xfe', b'[' * 50_000):
            with self.subTest(data=data[:20]):
                answer = self.opener.post(
                    self.base_url() + '/wim/v1/messages', data=data, timeout=30,
                    headers={'Authorization': f'Bearer {self.key}', 'Content-Type': 'application/json', 'Content-Length': str(len(data))})
                self.assert_refused(answer, 400, 'json')

    def test_forms_and_compressed_bodies_are_refused(self):
        self.assert_refused(self.call(data=b'a=1', Content_Type='application/x-www-form-urlencoded'), 415, 'type')
        self.assert_refused(self.call(data=b'x', Content_Encoding='gzip'), 415, 'type')

    def test_bad_message_is_answered_and_its_neighbours_are_taken(self):
        body = json.dumps([self.message(), self.message(payload={'gross_kg': float('nan')}), self.message()])

        results = self.call(data=body.encode()).json()['results']

        self.assertEqual([result['state'] for result in results], ['pending', 'rejected', 'pending'])
        self.assertEqual(results[1]['error']['path'], '$.payload.gross_kg')

    def test_what_became_of_a_message_is_told_to_its_sender(self):
        message = self.message(business_type='nuclear')
        self.call(data=[message])
        self.call(data=[message])

        answer = self.call(f"/wim/v1/messages/{message['msg_id']}")

        self.assertEqual(answer.status_code, 200)
        told = answer.json()
        self.assertEqual((told['state'], told['error']['path'], told['duplicates']), ('rejected', '$.business_type', 1))
        self.assertEqual(told['links'], {'self': f"/wim/v1/messages/{message['msg_id']}"})
        other = self.call(f"/wim/v1/messages/{message['msg_id']}", key=self.make_key(self.integrator_b))
        self.assertEqual(other.status_code, 404)

    def test_failures_are_listed_page_by_page(self):
        bad = [self.message(business_type='nuclear') for _number in range(3)]
        self.call(data=[*bad, self.message()])

        first = self.call('/wim/v1/messages?limit=2').json()
        second = self.call(f"/wim/v1/messages?limit=2&after={first['next_after']}").json()

        self.assertEqual([row['msg_id'] for row in first['results'] + second['results']], [message['msg_id'] for message in bad])
        self.assertIsNone(second['next_after'])
        self.assertEqual(self.call('/wim/v1/messages?state=parked').json()['results'], [])
        self.assertEqual(self.call('/wim/v1/messages?since=2099-01-01T00:00:00%2B08:00').json()['results'], [])
        self.assertEqual(len(self.call('/wim/v1/messages?since=2020-01-01T00:00:00Z').json()['results']), 3)

    def test_questions_that_make_no_sense_are_refused(self):
        for query in ('state=done', 'limit=0', 'limit=1001', 'limit=x', 'after=-1', 'since=yesterday', "after=1'--"):
            with self.subTest(query=query):
                self.assert_refused(self.call(f'/wim/v1/messages?{query}'), 400, 'schema')

    def test_interface_describes_itself(self):
        self.assertEqual(self.call('/wim/v1/openapi.json').json()['openapi'], '3.1.0')
        self.assertEqual(self.call('/wim/v1/openapi.json', key=self.make_key(self.admin)).status_code, 200)
        outsider = new_test_user(self.env, 'door-outsider', groups='waste.group_user')
        self.assertEqual(self.call('/wim/v1/openapi.json', key=self.make_key(outsider)).status_code, 403)

    def test_page_shows_the_interface_to_administrators(self):
        self.authenticate('wim-admin', 'wim-admin')
        page = self.url_open('/wim/v1/docs')
        self.assertEqual(page.status_code, 200)
        self.assertIn('assignment.upsert', page.text)
        self.assertIn('salesperson_code', page.text)

        new_test_user(self.env, 'door-reader', groups='waste.group_user')
        self.authenticate('door-reader', 'door-reader')
        self.assertEqual(self.url_open('/wim/v1/docs').status_code, 404)

    def test_json2_pushes_too(self):
        message = self.message()

        answer = self.call('/json/2/wim.message/push', {'messages': [message, message]})

        self.assertEqual([result['state'] for result in answer.json()], ['pending', 'duplicate'])

    def test_log_holds_no_payload_and_no_key(self):
        secret = 'geheim-4711'
        bodies = [
            json.dumps([self.message(payload={'driver_phone': secret}), self.message(entity_key=secret, version=0), secret]).encode(),
            f'[{{"msg_id": "{secret}"'.encode(), b'\xff' + secret.encode(),
        ]

        with self.assertLogs('odoo', 'DEBUG') as logs:
            for body in bodies:
                self.call(data=body)
            self.call(data=secret.encode(), Content_Type='application/x-www-form-urlencoded')

        text = '\n'.join(line for line in logs.output if 'odoo.sql_db' not in line)
        self.assertNotIn(secret, text)
        self.assertNotIn(self.key, text)
