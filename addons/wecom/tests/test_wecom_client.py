import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import requests

from odoo import SUPERUSER_ID, api
from odoo.fields import Datetime
from odoo.sql_db import db_connect
from odoo.tests import tagged

from odoo.addons.wecom.const import TIMEOUT
from odoo.addons.wecom.models import wecom_client
from odoo.addons.wecom.models.exclusive import exclusive, place, run_step
from odoo.addons.wecom.models.wecom_client import WeComError
from odoo.addons.wecom.tools.bucket import Limit
from odoo.addons.wecom.tools.transport import transport

from .common import WecomCase


@tagged('post_install', '-at_install')
class TestWecomClient(WecomCase):

    def call(self, path='user/list_id', body=None, app=None, **query):
        self.env.flush_all()  # as if it had been committed: the client reads in transactions of its own
        return self.env['wecom.client']._call(app or self.app, path, {} if body is None else body, **query)

    def refused(self, *args, **kwargs):
        """Return the error; assertRaises would undo what was written about it."""
        try:
            self.call(*args, **kwargs)
        except WeComError as error:
            self.env.invalidate_all()
            return error
        raise AssertionError("the call went well")

    # TOKENS ----------------------------------------------------------------

    def test_check_08_one_token_serves_all_calls(self):
        for _call in range(3):
            self.assertTrue(self.call()['dept_user'])

        self.assertEqual(self.called(), ['gettoken', 'user/list_id', 'user/list_id', 'user/list_id'])

    def test_check_08_a_token_ended_early_is_fetched_once_again(self):
        for how, code in (('dead', 40014), ('old', 42001)):
            with self.subTest(how):
                self.call()
                self.control('expire', how=how)
                before = len(self.called())

                self.assertTrue(self.call()['dept_user'])

                self.assertEqual([(call['path'], call['errcode']) for call in self.seen()[before:]],
                                 [('user/list_id', code), ('gettoken', 0), ('user/list_id', 0)])

    def test_check_08_endless_40014_costs_two_calls_and_an_alert(self):
        self.control('settings', endless_40014=True)

        self.assertEqual(self.refused().policy, 'config')

        self.assertEqual(self.called().count('user/list_id'), 2)
        self.assertEqual(self.app.state, 'disabled')
        self.assertEqual(len(self.app.activity_ids), 1)
        self.assertIn('40014', self.app.activity_ids.summary)
        calls = len(self.called())
        self.refused()
        self.assertEqual((len(self.called()), len(self.app.activity_ids)), (calls, 1))

    def test_check_08_a_wrong_secret_is_tried_once(self):
        self.app.secret = 'wrong'

        for _try in range(3):
            self.assertIn('secret', self.refused().sentence)

        self.assertEqual(self.called(), ['gettoken'])
        self.assertEqual(self.app.state, 'disabled')
        self.assertEqual(self.app.activity_ids.user_id, self.app.user_id)

    def test_check_08_tickets_of_two_apps_are_never_mixed(self):
        other = self.make_app('1000003')
        get = self.env['wecom.token']._get
        ours, theirs = get(self.app, 'app_ticket'), get(other, 'app_ticket')

        self.assertIn('-1000002-', ours)
        self.assertIn('-1000003-', theirs)
        self.assertEqual(get(self.app, 'corp_ticket'), get(other, 'corp_ticket'))
        self.assertEqual((get(self.app, 'app_ticket'), get(other, 'app_ticket')), (ours, theirs))
        self.assertEqual(self.called().count('ticket/get'), 2)

    def test_check_08_an_upload_keeps_its_bytes_after_a_refresh(self):
        content = bytes(range(256)) * 20
        self.call()
        self.control('expire')

        answer = self.env['wecom.client']._call(
            self.app, 'media/upload', files={'media': ('a.bin', content, 'application/octet-stream')}, type='file')

        self.assertEqual(answer['size'], 5120)
        self.assertEqual(self.env['wecom.client']._call(self.app, 'media/get', media_id=answer['media_id']), content)
        self.assertEqual([call['errcode'] for call in self.seen() if call['path'] == 'media/upload'], [40014, 0])

    def test_check_08_secrets_with_an_equal_beginning_do_not_share_a_token(self):
        other = self.make_app('1000003')
        get = self.env['wecom.token']._get

        self.assertEqual(self.app._read_secret('secret')[:10], other._read_secret('secret')[:10])
        self.assertNotEqual(get(self.app, 'access'), get(other, 'access'))

    def test_tokens_are_encrypted_in_the_database(self):
        value = self.env['wecom.token']._get(self.app, 'access')
        self.env.flush_all()

        self.env.cr.execute("SELECT word FROM wecom_token WHERE app_id = %s", [self.app.id])
        self.assertNotIn(value, str(self.env.cr.fetchall()))

    # LIMITS ----------------------------------------------------------------

    def test_check_07_a_closed_endpoint_is_not_called_and_others_are(self):
        self.call()
        self.control('settings', fail_next={'user/list_id': [45009]})

        error = self.refused()
        calls = len(self.called())

        self.assertEqual((error.policy, error.retryable), ('limit', True))
        self.assertAlmostEqual(self.refused().seconds, 60, delta=5)
        self.assertEqual(len(self.called()), calls)
        self.assertTrue(self.call('department/list')['department'])

    def test_check_07_each_refusal_closes_for_the_next_longer_unit(self):
        bucket, seconds = self.env['wecom.bucket'], []
        for _refusal in range(4):
            seconds.append(bucket._close('c', 'p', 45009))
            bucket.search([('corp_id', '=', 'c')]).closed_until = Datetime.now()
            self.env.flush_all()
            self.env.invalidate_all()

        self.assertEqual(seconds, [60, 3600, 86400, 86400])

    def test_check_07_a_job_ends_without_a_refusal(self):
        """The job is scaled down: 150 calls against an endpoint that takes 60 in each second."""
        self.control('settings', per_window=60, window_seconds=1)
        with patch.object(type(self.env['wecom.bucket']), '_limit', lambda _self, _path: Limit(size=10, rate=45)):
            for _call in range(150):
                self.call('department/list')

        calls = [call for call in self.seen() if call['path'] == 'department/list']
        self.assertEqual((len(calls), {call['errcode'] for call in calls}), (150, {0}))

    def test_a_busy_system_is_asked_three_times_more(self):
        self.call()
        self.control('settings', fail_next={'user/list_id': [-1, -1]})
        self.assertTrue(self.call()['dept_user'])

        self.control('settings', fail_next={'user/list_id': [-1] * 9})
        before = len(self.called())
        self.assertEqual(self.refused().code, -1)
        self.assertEqual(len(self.called()) - before, 4)

    # FAULTS ----------------------------------------------------------------

    def test_an_untrusted_address_stops_the_app_and_names_it(self):
        self.control('settings', trusted_ips=['203.0.113.7'])

        self.assertIn('127.0.0.1', self.refused().sentence)

        self.assertIn('trusted IP', self.app.problem)
        self.assertEqual(self.app.problem_code, 60020)

    def test_a_refusal_of_the_request_concerns_only_the_caller(self):
        error = self.refused('externalcontact/batch/get_by_user', {'userid_list': ['NoBody']})

        self.assertEqual((error.policy, error.code, error.retryable), ('business', 40003, False))
        self.assertEqual((self.app.state, self.app.problem), ('enabled', False))

    def test_a_job_speaks_the_language_of_who_is_responsible_for_the_app(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.app.user_id.lang = 'zh_CN'
        self.env['ir.module.module'].search([('name', '=', 'wecom')])._update_translations('zh_CN')

        self.assertIn('企业微信', self.refused('externalcontact/batch/get_by_user', {'userid_list': ['NoBody']}).sentence)

    def test_a_cut_or_slow_line_is_told_and_not_repeated(self):
        self.call()
        self.control('settings', hang_up={'user/list_id': 1})
        error = self.refused()
        self.assertEqual((error.policy, error.sent, error.retryable), ('network', True, False))

    def test_each_call_has_a_time_limit_gettoken_too(self):
        with patch.object(transport()._http, 'request', side_effect=requests.ReadTimeout) as sent:
            error = self.refused()

        self.assertEqual((error.policy, error.sent), ('network', True))
        [call] = sent.call_args_list
        self.assertIn('gettoken', call.kwargs['url'])
        self.assertEqual(call.kwargs['timeout'], TIMEOUT)

    def test_the_log_of_calls_holds_no_secret(self):
        self.call()
        self.control('settings', hang_up={'user/list_id': 1})
        with patch.object(wecom_client._logger, 'info') as logged:
            self.refused()
        token = self.env['wecom.token']._get(self.app, 'access')
        rows = self.env['wecom.call'].search([('app_id', '=', self.app.id)])

        self.assertEqual(rows.mapped('path'), ['user/list_id', 'user/list_id', 'gettoken'])
        self.assertEqual(rows.mapped('code'), [False, '0', '0'])
        self.assertEqual(logged.call_count, 1)
        for text in (str(rows.read()), str(logged.call_args_list)):
            self.assertNotIn(token, text)
            self.assertNotIn('fake-app-secret', text)


@tagged('post_install', '-at_install')
class TestWecomWorkers(WecomCase):
    """Threads with connections of their own, as workers have them; what they write is deleted afterwards."""

    def setUp(self):
        super(WecomCase, self).setUp()
        self.control('reset')

    def connect(self):
        return db_connect(self.env.cr.dbname).cursor()

    def in_workers(self, count, work):
        def run(number):
            with self.connect() as cr:
                return work(api.Environment(cr, SUPERUSER_ID, {}), number)

        with patch.object(type(self.registry), 'cursor', lambda _registry, **_kwargs: self.connect()), ThreadPoolExecutor(count) as pool:
            return list(pool.map(run, range(count)))

    def test_check_08_eight_workers_fetch_one_token(self):
        fetched, lock = [], threading.Lock()

        def work(env, number):
            with exclusive(env, 'test token') as own:
                own.cr.execute("SELECT value FROM ir_config_parameter WHERE key = 'wecom.test.token'")
                found = own.cr.fetchone()
                if not found:
                    time.sleep(0.1)
                    with lock:
                        fetched.append(number)
                    own.cr.execute("INSERT INTO ir_config_parameter (key, value) VALUES ('wecom.test.token', %s)", [str(number)])
                return found and found[0]

        try:
            values = self.in_workers(8, work)
        finally:
            with self.connect() as cr:
                cr.execute("DELETE FROM ir_config_parameter WHERE key = 'wecom.test.token'")

        self.assertEqual(len(fetched), 1)
        self.assertEqual({value for value in values if value}, {str(fetched[0])})

    def test_check_07_workers_share_the_places(self):
        running, most, lock, refused = [0], [0], threading.Lock(), []

        def work(env, number):
            with place(env, 'test place', 3) as held:
                if not held:
                    refused.append(number)
                    return
                with lock:
                    running[0] += 1
                    most[0] = max(most[0], running[0])
                time.sleep(0.3)
                with lock:
                    running[0] -= 1

        self.in_workers(6, work)

        self.assertEqual((most[0], len(refused)), (3, 3))
        self.in_workers(3, work)
        self.assertEqual(len(refused), 3, "the places are free again")

    def test_a_step_that_another_was_faster_than_is_done_again(self):
        with self.connect() as cr:
            cr.execute("INSERT INTO ir_config_parameter (key, value) VALUES ('wecom.test.step', '0')")
        seen = []
        add = "UPDATE ir_config_parameter SET value = value::int + 1 WHERE key = 'wecom.test.step'"
        with self.connect() as mine, self.connect() as others:
            def step():
                mine.execute("SELECT value FROM ir_config_parameter WHERE key = 'wecom.test.step'")
                seen.append(mine.fetchone()[0])
                if len(seen) == 1:
                    others.execute(add)
                    others.commit()
                mine.execute(add, log_exceptions=False)
                return 'done'

            try:
                self.assertEqual(run_step(api.Environment(mine, SUPERUSER_ID, {}), step), 'done')
                mine.execute("SELECT value FROM ir_config_parameter WHERE key = 'wecom.test.step'")
                self.assertEqual((seen, mine.fetchone()[0]), (['0', '1'], '2'))
            finally:
                mine.rollback()
                others.execute("DELETE FROM ir_config_parameter WHERE key = 'wecom.test.step'")
