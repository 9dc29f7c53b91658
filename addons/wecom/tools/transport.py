"""One call over HTTP by the library's request layer, with what it leaves open closed: time limits everywhere, no retry of its own,
no token of its own, a base address that can be set, no redirect that would carry a token elsewhere."""
import threading

import requests
from wechatpy.client.base import BaseWeChatClient
from wechatpy.exceptions import WeChatClientException

from ..const import TIMEOUT

_local = threading.local()


class Failed(Exception):
    """No usable answer: ``code`` is WeCom's, or None where there was none. ``sent``: whether it may have been carried out."""

    def __init__(self, code, message, sent=False):
        super().__init__(message)
        self.code, self.message, self.sent = code, message, sent


class Transport(BaseWeChatClient):

    def __init__(self):
        super().__init__('', timeout=TIMEOUT, auto_retry=False)

    def send(self, base_url, path, query, body=None, files=None):
        """Return the answer: a dict, or bytes where WeCom sends a file.

        :param query: parameters of the address, the access token among them
        :param body: dict, sent as JSON
        :param files: {name: (file name, bytes, type)}; bytes, so that a second try sends the same
        :raise Failed: whatever goes wrong
        """
        method = 'get' if body is None and not files else 'post'
        words = {'files': files} if files else {'data': body} if body is not None else {}
        try:
            # A list of pairs, as the library would put a token of its own into a dict.
            answer = self._request(method, f'{base_url}{path}', params=list(query.items()), timeout=TIMEOUT, allow_redirects=False, **words)
        except WeChatClientException as error:
            if error.errcode is None:
                raise Failed(None, f'HTTP {error.response.status_code}', sent=True) from None
            raise Failed(error.errcode, str(error.errmsg)) from None
        except requests.ConnectTimeout:
            raise Failed(None, 'no connection in time') from None
        except requests.RequestException as error:
            # Its text would quote the address with the token.
            raise Failed(None, type(error).__name__, sent=True) from None
        if isinstance(answer, requests.Response):
            if answer.status_code != 200 or 'html' in answer.headers.get('Content-Type', ''):
                raise Failed(None, f'no JSON (HTTP {answer.status_code})', sent=True)
            return answer.content
        if not isinstance(answer, dict):
            raise Failed(None, 'no JSON object', sent=True)
        return answer


def transport():
    """The connections of this thread, kept open between calls."""
    if not hasattr(_local, 'transport'):
        _local.transport = Transport()
    return _local.transport
