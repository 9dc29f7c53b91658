import json
from unittest.mock import patch

from odoo import models
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import AGENT, WecomMixin

HANDLER = 'wecom.event.test_event'


def event(number, **more):
    return {'Event': 'test_event', 'ChangeType': 'change', 'UserID': 'LiNa', 'ExternalUserID': f'wm{number}', **more}


@tagged('post_install', '-at_install')
class TestWecomCallback(WecomMixin, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpWecom()
        from odoo.orm.model_classes import add_to_registry  # noqa: PLC0415

        class WecomEventTest(models.AbstractModel):
            _module = None
            _name = HANDLER
            _inherit = ['wecom.event']
            _description = "Handler of the tests"

            def _apply(self, callbacks):
                for callback in callbacks:
                    content = callback._read_fields()
                    if content.get('Boom') and cls.booms:
                        raise ValueError("secret of the customer")
                    cls.applied.append(content['ExternalUserID'])

        cls.applied, cls.booms = [], True
        add_to_registry(cls.registry, WecomEventTest)
        cls.addClassCleanup(cls.registry.reset_changes)
        cls.addClassCleanup(cls.registry.__delitem__, HANDLER)
        cls.registry._setup_models__(cls.env.cr, [HANDLER])

    def setUp(self):
        super().setUp()
        self.control('reset')
        self.applied.clear()
        self.url = f'{self.base_url()}/wecom/callback/{self.app.door}'
        self.control('app', agentid=AGENT, callback=self.url)

    def deliver(self, events, **how):
        # The simulator needs the test's own cursor to be free: requests of the test server are let in as url_open's are.
        with self.allow_requests(all_requests=True):
            return self.control('events', agentid=AGENT, events=events, how=how)['rows']

    def callbacks(self):
        return self.env['wecom.callback'].search([('app_id', '=', self.app.id)], order='id')

    def process(self, lane=None):
        def progress(_cron, _processed=0, **_kwargs):
            return float('inf')

        with patch.object(self.registry['ir.cron'], '_commit_progress', progress):
            self.env['wecom.callback'].with_context(wecom_lane=lane)._process_queue()
        self.env.invalidate_all()

    # DOOR ------------------------------------------------------------------

    def test_the_console_is_shown_that_we_have_the_key(self):
        with self.allow_requests(all_requests=True):
            answer = self.control('verify', agentid=AGENT)

        self.assertEqual(answer['answered'], answer['right'])

    def test_check_01_a_callback_is_stored_before_it_is_answered_and_judged_later(self):
        [row] = self.deliver([event(1)])

        self.assertEqual(row['answers'], [200])
        self.assertEqual((self.callbacks().state, self.callbacks().event), ('pending', 'test_event.change'))
        self.assertEqual(self.applied, [])
        self.process()
        self.assertEqual((self.callbacks().state, self.applied), ('done', ['wm1']))

    def test_check_02_four_deliveries_have_one_effect_and_twins_two(self):
        rows = self.deliver([event(1), event(2)], duplicates=3, shuffle=True)
        self.process()
        self.deliver([row['text'] for row in rows])
        self.process()

        self.assertEqual([row['acked'] for row in rows], [4, 4])
        self.assertEqual(sorted(self.applied), ['wm1', 'wm2'])
        self.assertEqual(len(self.callbacks()), 2)

    @mute_logger('odoo.addons.wecom.controllers.callback')
    def test_what_is_not_from_wecom_leaves_nothing(self):
        for body, query in ((b'', ''), (b'<xml><Encrypt>x</Encrypt></xml>', 'msg_signature=1&timestamp=1&nonce=1'),
                            (b'<xml><Encrypt>x</Encrypt></xml>', 'msg_signature=%C3%A9&timestamp=1&nonce=1'), (b'\xff' * 100, 'x=1')):
            with self.subTest(body=body, query=query):
                self.assertEqual(self.url_open(f'{self.url}?{query}', data=body, headers={'Content-Type': 'text/xml'}).status_code, 403)
        self.assertEqual(self.url_open(self.url).status_code, 403)
        self.assertEqual(self.url_open(f'{self.url}?x', data=b'x' * 600_000).status_code, 413)
        self.assertEqual(self.url_open(f'{self.url}x', data=b'x').status_code, 404)
        self.assertFalse(self.callbacks())

    @mute_logger('odoo.addons.wecom.controllers.callback')
    def test_an_old_callback_is_refused(self):
        self.control('clock', advance=-3600)
        [row] = self.deliver([event(1)])

        self.assertEqual(row['answers'], [403])
        self.assertFalse(self.callbacks())

    # QUEUE -----------------------------------------------------------------

    def test_a_welcome_code_overtakes_the_backlog(self):
        texts = [f'<xml><Event>test_event</Event><ExternalUserID>wm{number}</ExternalUserID>'
                 f'{"<WelcomeCode>c</WelcomeCode>" if number >= 300 else ""}</xml>' for number in range(303)]
        for text in texts:
            self.env['wecom.callback']._receive(self.app.id, self.app.company_id.id, text)

        self.process('priority')
        self.assertEqual(self.applied, ['wm300', 'wm301', 'wm302'])
        self.process()
        self.assertEqual(self.applied[3:], [f'wm{number}' for number in range(300)])

    def test_an_event_without_a_room_is_kept_and_can_be_processed_later(self):
        self.deliver([{'Event': 'nobody_knows', 'X': '1'}])
        self.process()

        self.assertEqual((self.callbacks().state, self.callbacks().error_category), ('warned', 'unhandled'))
        self.assertIn('nobody_knows', self.callbacks().error)

    @mute_logger('odoo.addons.exchange.models.exchange_message_mixin')
    def test_a_dead_letter_is_replayed_with_one_effect(self):
        self.booms = type(self).booms = True
        self.deliver([event(1, Boom='x'), event(2)])
        for _attempt in range(5):
            self.process()
            self.callbacks().filtered(lambda callback: callback.state == 'pending')._update({'next_attempt_at': False})
        broken = self.callbacks().filtered(lambda callback: callback.state == 'rejected')
        self.assertEqual((len(broken), self.applied), (1, ['wm2']))
        self.assertNotIn('secret', broken.error)

        type(self).booms = False
        broken.action_replay()
        self.process()
        self.deliver([broken.payload])
        self.process()

        self.assertEqual((broken.state, self.applied), ('done', ['wm2', 'wm1']))

    def test_names_from_outside_reach_only_handlers(self):
        self.deliver([{'Event': '../res.users', 'ChangeType': 'x'}, {'Event': 'x' * 500, 'UserID': json.dumps({'a': 1})}])
        self.process()

        self.assertEqual(set(self.callbacks().mapped('state')), {'warned'})
        self.assertIn('___res_users.x', self.callbacks().mapped('event'))
