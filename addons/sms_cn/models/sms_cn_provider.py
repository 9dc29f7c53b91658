import logging
from typing import NamedTuple

import requests

from odoo import models

_logger = logging.getLogger(__name__)


class Outcome(NamedTuple):
    """What the gateway said of one number: `serial` when it took the message, else `code` and its sentence."""
    serial: str | None = None
    code: str | None = None
    message: str = ''


class GatewayError(Exception):
    """The gateway refused the whole call, or gave no answer we can read."""

    def __init__(self, code, message=''):
        super().__init__(code)
        self.code, self.message = code, message


class SmsCnProvider(models.AbstractModel):
    """A vendor's API. One model per vendor, chosen by `sms.cn.account.provider`."""
    _name = 'sms.cn.provider'
    _description = "SMS gateway"

    _endpoint = None
    _largest_batch = 0
    _codes = {}
    _timeout_seconds = 10

    def _send(self, account, numbers, template, values):
        """Send one approved text to at most `_largest_batch` numbers. To override.

        :param numbers: eleven digits each
        :param values: {variable: value}
        :return: {number: Outcome}
        :raise GatewayError: when none was sent
        """
        raise NotImplementedError

    def _query(self, message):
        """Ask what became of a message. To override.

        :param message: `sms.cn.message`, one record
        :return: (state or None while nothing is known, the carrier's code)
        :raise GatewayError:
        """
        raise NotImplementedError

    def _post(self, account, headers, *, query='', body=b''):
        """:return: the JSON of the answer, whatever its HTTP status: the vendors put their codes into it"""
        url = account._get_endpoint() + (f'/?{query}' if query else '/')
        try:
            answer = requests.post(url, data=body, headers=headers, timeout=self._timeout_seconds, allow_redirects=False)
            content = answer.json()
        except requests.exceptions.JSONDecodeError as error:
            raise GatewayError('Unreadable', f'HTTP {answer.status_code}') from error
        except requests.exceptions.RequestException as error:
            # the exception's text repeats the URL, and with it number and text of the message
            _logger.warning("SMS gateway of company %s: %s", account.company_id.id, type(error).__name__)
            raise GatewayError('Unreachable', type(error).__name__) from error
        if not isinstance(content, dict):
            raise GatewayError('Unreadable', f'HTTP {answer.status_code}')
        return content
