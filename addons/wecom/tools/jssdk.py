"""Signatures with which pages prove to WeCom's JS-SDK that they are the app's (D:90506)."""
import hashlib
import secrets
import time


def sign(ticket, url, nonce=None, timestamp=None):
    """Return what ``wx.config`` and ``ww.register`` ask for.

    :param url: of the page; WeCom signs it without its fragment
    """
    nonce, timestamp = nonce or secrets.token_hex(8), timestamp or int(time.time())
    text = f'jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition("#")[0]}'
    return {'nonceStr': nonce, 'timestamp': timestamp, 'signature': hashlib.sha1(text.encode()).hexdigest()}
