import logging
import time

from odoo import SUPERUSER_ID
from odoo.http import Controller, request, route

from ..tools.envelope import Refused

_logger = logging.getLogger(__name__)

LARGEST_BODY = 512 * 1024


class WecomCallbackDoor(Controller):
    """Checks the envelope, keeps what is in it, answers. Meaning is judged by the queue: WeCom repeats only after time-outs,
    so what isn't stored before the answer is lost."""

    @route('/wecom/callback/<string:door>', type='http', auth='none', methods=['GET'], save_session=False, readonly=True)
    def verify(self, door, msg_signature='', timestamp='', nonce='', echostr='', **_unknown):
        """What the admin console asks on saving: prove that you can read what I encrypted."""
        app = self._app(door)
        try:
            return self._answer(app[2].open(echostr, msg_signature, timestamp, nonce, time.time()))
        except Refused as refusal:
            return self._refuse(app, refusal)

    @route('/wecom/callback/<string:door>', type='http', auth='none', methods=['POST'], csrf=False, save_session=False)
    def receive(self, door, **_unread):
        app = self._app(door)
        app_id, company_id, keys = app
        http_request, query = request.httprequest, request.httprequest.args
        if http_request.content_length is None or http_request.content_length > LARGEST_BODY:
            return self._refuse(app, Refused('size'), 413)
        try:
            text = keys.open_body(
                http_request.get_data(), query.get('msg_signature'), query.get('timestamp'), query.get('nonce'), time.time())
            request.env(user=SUPERUSER_ID)['wecom.callback']._receive(app_id, company_id, text)
        except Refused as refusal:
            return self._refuse(app, refusal)
        return self._answer('success')

    def _app(self, door):
        found = request.env(user=SUPERUSER_ID)['wecom.app']._by_door(door) if request.env else None
        if not found:
            raise request.not_found()
        return found

    def _answer(self, text):
        return request.make_response(text, [('Content-Type', 'text/plain; charset=utf-8')])

    def _refuse(self, app, refusal, status=403):
        """Say no more than that: the reason is for our log."""
        _logger.warning("WeCom app %s: a callback was refused: %s", app[0], refusal.reason)
        return request.make_response('refused', [('Content-Type', 'text/plain; charset=utf-8')], status=status)
