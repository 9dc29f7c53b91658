import logging
import time

from odoo import SUPERUSER_ID, api, models

from ..const import BUSY_TRIES, CONCURRENCY, FATAL, PATIENCE, POLICY
from ..tools.transport import Failed, transport
from .exclusive import place

_logger = logging.getLogger(__name__)

TICKETS = {'corp_ticket': ('get_jsapi_ticket', {}), 'app_ticket': ('ticket/get', {'type': 'agent_config'})}


class WeComError(Exception):
    """A call that didn't succeed.

    ``policy``: 'config' (an administrator must act), 'limit' (again after ``seconds``), 'stale' (never again), 'business' (WeCom's
    refusal of this very request, by ``code``), 'network' (no answer; ``sent`` tells whether it may have been carried out).
    """

    def __init__(self, policy, sentence, code=None, seconds=0, sent=False):
        super().__init__(sentence)
        self.policy, self.sentence, self.code, self.seconds, self.sent = policy, sentence, code, seconds, sent

    @property
    def retryable(self):
        return self.policy == 'limit' or (self.policy == 'network' and not self.sent)


class WecomClient(models.AbstractModel):
    """How we call WeCom: one token, one bounded repetition, within the limits, noted without secrets."""
    _name = 'wecom.client'
    _description = "WeCom client"

    @api.model
    def _call(self, app, path, body=None, files=None, expected=(), **query):
        """Call an endpoint and return its answer. Never inside a business transaction: it waits for the network.

        :param body: dict for a POST; None for a GET
        :param files: {name: (file name, bytes, type)}
        :param expected: error codes that the caller deals with, though they are an administrator's matter elsewhere
        :raise WeComError: see there
        """
        token = self.env['wecom.token']._get(app, 'access')
        is_refreshed, busy = False, 0
        while True:
            try:
                return self._try(app, path, {**query, 'access_token': token}, body, files)
            except Failed as error:
                policy = POLICY.get(error.code, 'business')
                if policy == 'refresh' and not is_refreshed:
                    is_refreshed = True
                    token = self.env['wecom.token']._get(app, 'access', stale=token)
                elif policy == 'busy' and busy < BUSY_TRIES:
                    busy += 1
                    time.sleep(0.2 * 2 ** busy)
                else:
                    raise self._explain(app, path, error, expected) from None

    @api.model
    def _fetch(self, app, kind):
        """Return (text, seconds) of a new token or ticket; called by `wecom.token` under its lock.

        :raise WeComError: a wrong secret is tried once, then the app stands still: WeCom blocks addresses that go on
        """
        if kind != 'access':
            path, query = TICKETS[kind]
            answer = self._call(app, path, **query)
            return answer['ticket'], answer['expires_in']
        try:
            answer = self._try(app, 'gettoken', {'corpid': app.corp_id, 'corpsecret': app._read_secret('secret')})
        except Failed as error:
            raise self._explain(app, 'gettoken', error) from None
        return answer['access_token'], answer['expires_in']

    # === ONE CALL === #

    @api.model
    def _try(self, app, path, query, body=None, files=None):
        """Wait for our turn, call once, note it."""
        self._wait_for_turn(app, path)
        with self._place(app, path):
            started, code, message = time.monotonic(), 0, False
            try:
                return transport().send(app._get_base_url(), path, query, body, files)
            except Failed as error:
                code, message = error.code, error.message[:200]
                raise
            finally:
                self._note(app, path, code, message, time.monotonic() - started)

    @api.model
    def _in_words_of(self, app):
        """Return the client in the language of who reads what it says: who asks, or to whom a job answers."""
        return self if self.env.lang else self.with_context(lang=app.sudo().user_id.lang)

    @api.model
    def _wait_for_turn(self, app, path):
        self = self._in_words_of(app)
        until = time.monotonic() + PATIENCE
        while wait := self.env['wecom.bucket']._take(app, path):
            if time.monotonic() + wait > until:
                raise WeComError('limit', self.env._(
                    "WeCom takes no more calls of “%(path)s” for %(seconds)s seconds.", path=path, seconds=round(wait)), seconds=wait)
            time.sleep(wait)

    @api.model
    def _place(self, app, path):
        """Return the context manager that keeps the number of calls at once within WeCom's."""
        return _Place(self.env, f'{app.corp_id} {path}', CONCURRENCY.get(path), self._in_words_of(app).env._(
            "Too many calls of “%(path)s” are running; try again in a moment.", path=path))

    @api.model
    def _note(self, app, path, code, message, seconds):
        # In a transaction of its own: the log tells of calls whose effects were rolled back, too.
        with self.env.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})['wecom.call'].create({
                'app_id': app.id, 'path': path, 'code': False if code is None else str(code), 'message': message,
                'milliseconds': round(seconds * 1000),
            })

    # === ERRORS === #

    @api.model
    def _explain(self, app, path, error, expected=()):
        """Return the WeComError of a failure; limits close the endpoint, wrong settings stop the app and call its administrator."""
        self = self._in_words_of(app)
        policy = 'network' if error.code is None else 'business' if error.code in expected else POLICY.get(error.code, 'business')
        _logger.info("WeCom %s: %s %s", path, error.code, policy)
        if policy == 'limit':
            seconds = self.env['wecom.bucket']._close(app.corp_id, path, error.code)
            return WeComError(policy, self.env._(
                "WeCom takes no more calls of “%(path)s” for %(seconds)s seconds.", path=path, seconds=round(seconds)), error.code, seconds)
        if policy == 'network':
            return WeComError(policy, self.env._(
                "WeCom gave no answer to “%(path)s” (%(reason)s).", path=path, reason=error.message), sent=error.sent)
        sentence = self._describe(path, error)
        if policy in ('config', 'refresh'):
            app._note_problem(sentence, error.code, stop=error.code in FATAL or policy == 'refresh')
            policy = 'config'
        return WeComError('network' if policy == 'busy' else policy, sentence, error.code)

    @api.model
    def _describe(self, path, error):
        """Say what is wrong and what to do. WeCom's code ends the sentence, for its hotline."""
        sentences = {
            40001: self.env._("WeCom does not accept the secret. Enter the app's secret again."),
            40013: self.env._("WeCom does not know the corp ID. Compare it with the admin console, My Company."),
            40014: self.env._("WeCom refuses even new access tokens. Check the app in the admin console."),
            42001: self.env._("WeCom refuses even new access tokens. Check the app in the admin console."),
            48002: self.env._("The app may not use “%(path)s”. Permit it in the admin console.", path=path),
            48009: self.env._("This server's address may not read members. Add it to the app's trusted IP addresses."),
            60011: self.env._("The app may not touch this: it was made by another app or lies outside its visible range."),
            60020: self.env._(
                "This server's address is not on the app's list of trusted IP addresses. Add it in the admin console: %(said)s.",
                said=error.message[:120]),
        }
        sentence = sentences.get(error.code) or self.env._("WeCom refused “%(path)s”: %(said)s.", path=path, said=error.message[:120])
        return f'{sentence} ({error.code})'


class _Place:
    """A place among those that may call at once; waits a little for one."""

    def __init__(self, env, name, most, sentence):
        self.env, self.name, self.most, self.sentence, self.held = env, name, most, sentence, None

    def __enter__(self):
        until = time.monotonic() + PATIENCE
        while self.most:
            self.held = place(self.env, self.name, self.most)
            if self.held.__enter__():
                return
            self.held.__exit__(None, None, None)
            self.held = None
            if time.monotonic() > until:
                raise WeComError('limit', self.sentence, seconds=1)
            time.sleep(0.05)

    def __exit__(self, *error):
        if self.held:
            self.held.__exit__(*error)
