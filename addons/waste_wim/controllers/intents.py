import json

from odoo import http
from odoo.http import request

from ..tools.types import Refused, read_datetime
from .main import MAX_PAGE, WimDoor

LARGEST_BODY = 64 * 1024


class WimIntents(WimDoor):
    """S0-3.2.1-p: signed intended transfers, fetched and acknowledged by WIM."""

    @http.route('/wim/v1/intents', type='http', auth='bearer', methods=['GET'], save_session=False, readonly=True)
    def list_intents(self, since=None, all=None, limit='100', **_unknown):  # noqa: A002 (the parameter's name for others)
        """Signed intents that WIM has not acknowledged, oldest first; with `all`, those too."""
        if refusal := self._refuse_caller():
            return refusal
        try:
            moment = read_datetime(since.replace(' ', '+'), 'since') if since else None
        except Refused as error:
            return self._refuse(400, error.category, self.env._(error.sentence))
        if not (limit.isdecimal() and 1 <= int(limit[:9]) <= MAX_PAGE):
            return self._refuse(400, 'schema', self.env._("“limit” must be from 1 to %(maximum)s.", maximum=MAX_PAGE))
        domain = [] if all else [('wim_taken_at', '=', False)]
        domain += [('signed_at', '>=', moment)] if moment else []
        intents_sudo = self.env['waste.intent']._search_for_wim(domain, order='signed_at, id', limit=int(limit))
        return request.make_json_response({'results': [intent._get_wim_intent() for intent in intents_sudo]})

    @http.route('/wim/v1/intents/ack', type='http', auth='bearer', methods=['POST'], csrf=False, save_session=False)
    def acknowledge_intents(self, **_unread):
        """WIM took what it names; naming it again changes nothing."""
        if refusal := self._refuse_caller():
            return refusal
        if (request.httprequest.content_length or LARGEST_BODY + 1) > LARGEST_BODY:
            return self._refuse(413, 'schema', self.env._("Name fewer intents at once."))
        try:
            numbers = json.loads(request.httprequest.get_data())
        except (ValueError, RecursionError):
            numbers = None
        if not isinstance(numbers, list) or not all(isinstance(number, str) for number in numbers):
            return self._refuse(400, 'schema', self.env._("Send a JSON list of the numbers of intents."))
        return request.make_json_response({'unknown': self.env['waste.intent']._acknowledge(numbers)})
