from odoo import http
from odoo.http import request

from ..models.wim_message import FAILURES, INTEGRATOR, MAX_BYTES, MAX_MESSAGES
from ..tools import openapi, reading
from ..tools.types import Refused, read_datetime

TAKEN_TYPES = {
    '', 'application/json', 'application/x-ndjson', 'application/ndjson', 'application/jsonl', 'text/plain',
    'application/octet-stream',
}
MAX_PAGE = 1000


class WimDoor(http.Controller):
    """Checks who calls, how much and whether it is JSON, keeps every message, and answers for each (202)."""

    @http.route('/wim/v1/messages', type='http', auth='bearer', methods=['POST'], csrf=False, save_session=False)
    def receive(self, **_unread):  # a body sent as a form would else be named in the log
        if refusal := self._refuse_caller():
            return refusal
        try:
            items = reading.read_batch(self._read_body(), MAX_MESSAGES)
        except reading.Unreadable as error:
            return self._refuse(error.status, error.category, self.env._(error.sentence))
        return request.make_json_response({'results': self.env['wim.message']._receive(items)}, status=202)

    @http.route('/wim/v1/messages', type='http', auth='bearer', methods=['GET'], save_session=False, readonly=True)
    def list_failures(self, state=None, since=None, after='0', limit='100', **_unknown):
        if refusal := self._refuse_caller():
            return refusal
        states = state.split(',') if state else list(FAILURES)
        if not set(states) <= set(FAILURES):
            return self._refuse(400, 'schema', self.env._(
                "Ask for %(states)s; what went well is asked for by its number.", states=", ".join(FAILURES)))
        try:
            moment = read_datetime(since.replace(' ', '+'), 'since') if since else None
        except Refused as error:
            return self._refuse(400, error.category, self.env._(error.sentence))
        if not (after.isdecimal() and limit.isdecimal() and len(after) < 18 and 1 <= int(limit[:9]) <= MAX_PAGE):
            return self._refuse(400, 'schema', self.env._(
                "“limit” must be from 1 to %(maximum)s, “after” the number that the page before named.", maximum=MAX_PAGE))
        results, last = self.env['wim.message']._list_failures(states, moment, int(after), int(limit))
        return request.make_json_response({'results': results, 'next_after': last})

    @http.route(
        '/wim/v1/messages/<string:msg_id>', type='http', auth='bearer', methods=['GET'], save_session=False, readonly=True)
    def show(self, msg_id):
        if refusal := self._refuse_caller():
            return refusal
        answer = self.env['wim.message']._show(msg_id)
        if not answer:
            return self._refuse(404, 'unknown', self.env._("You sent no message under this number."))
        return request.make_json_response(answer)

    @http.route('/wim/v1/openapi.json', type='http', auth='bearer', methods=['GET'], save_session=False, readonly=True)
    def describe(self):
        if not self.env.user.has_group('waste.group_admin') and (refusal := self._refuse_caller()):
            return refusal
        return request.make_json_response(openapi.document())

    def _refuse_caller(self):
        if self.env.user.has_group(INTEGRATOR):
            return None
        return self._refuse(403, 'access', self.env._("Only the WIM integrator may use this interface."))

    def _refuse(self, status, category, sentence):
        return request.make_json_response({'error': {'category': category, 'message': sentence}}, status=status)

    def _read_body(self):
        """Return the body, refusing what is too large before it is read.

        :raise reading.Unreadable: when it is too large, doesn't say its length, or isn't of a type that we read
        """
        http_request = request.httprequest
        if http_request.mimetype not in TAKEN_TYPES or http_request.content_encoding:
            raise reading.not_taken()
        if http_request.content_length is None:
            raise reading.no_length()
        if http_request.content_length > MAX_BYTES:
            raise reading.too_large()
        return http_request.get_data()
