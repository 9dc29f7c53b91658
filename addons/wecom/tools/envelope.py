"""The envelope of a callback: signature, freshness, decryption. Whatever is wrong with it becomes one `Refused`."""
import base64
import hashlib
import hmac
import struct
import xml.parsers.expat
from datetime import UTC, datetime

import xmltodict
from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import WeChatException

#: seconds that a callback's time may differ from ours: WeCom repeats within 20 s, clocks go wrong by minutes
FRESHNESS = 600
#: what the library raises on malformed input besides its own errors
MALFORMED = (WeChatException, ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, struct.error)


class Refused(ValueError):
    """The envelope is not from WeCom, not for this app, or damaged. ``reason`` is a word for the log."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class Keys:
    """What opens the callbacks of one app."""

    def __init__(self, token, cipher_key, receiver):
        self.token, self.cipher_key, self.receiver = token, cipher_key, receiver

    @classmethod
    def of(cls, token, aes_key, receiver):
        """:param aes_key: EncodingAESKey, 43 letters and digits"""
        return cls(token, base64.b64decode(f'{aes_key}='), receiver)

    def open(self, encrypted, signature, timestamp, nonce, now):
        """Return the text inside.

        :raise Refused: 'signature', 'time', or 'content'
        """
        if not (isinstance(encrypted, str) and signature and timestamp and nonce):
            raise Refused('signature')
        wanted = hashlib.sha1(''.join(sorted([self.token, timestamp, nonce, encrypted])).encode()).hexdigest()
        if not hmac.compare_digest(wanted.encode(), signature.encode()):
            raise Refused('signature')
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12) or abs(int(timestamp) - now) > FRESHNESS:
            raise Refused('time')
        try:
            return PrpCrypto(self.cipher_key).decrypt(encrypted, self.receiver)
        except MALFORMED:
            raise Refused('content') from None

    def open_body(self, body, signature, timestamp, nonce, now):
        """Return the text inside the ``<Encrypt>`` of a posted body.

        :raise Refused: as `open`, or 'body'
        """
        encrypted = parse(body).get('Encrypt')
        return self.open(encrypted, signature, timestamp, nonce, now)


def parse(text):
    """Return the fields of an ``<xml>`` document; DTDs and entities are refused.

    :raise Refused: 'body'
    """
    try:
        content = xmltodict.parse(text)['xml']
    except (ValueError, KeyError, TypeError, RecursionError, xml.parsers.expat.ExpatError):
        raise Refused('body') from None
    if not isinstance(content, dict):
        raise Refused('body')
    return content


def moment(seconds):
    """Return WeCom's seconds since 1970 as Odoo keeps moments: naive, in UTC."""
    return datetime.fromtimestamp(int(seconds), UTC).replace(tzinfo=None)
