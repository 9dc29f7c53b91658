"""The request signatures of the two clouds, as their documentation defines them (read 22 Nov 2026).

Aliyun   V3, ACS3-HMAC-SHA256: https://help.aliyun.com/document_detail/2593177.html
Tencent  V3, TC3-HMAC-SHA256:  https://cloud.tencent.com/document/api/382/52072
"""
import hashlib
import hmac
import time
import urllib.parse


def aliyun_query(parameters):
    """RFC 3986: the form in which parameters are signed, and sent."""
    return '&'.join(f'{_quoted(key)}={_quoted(value)}' for key, value in sorted(parameters.items()))


def aliyun_authorization(key_id, secret, query, headers):
    """:param headers: those signed: `host` and every `x-acs-…`, named in lower case; the body is empty"""
    names = ';'.join(sorted(headers))
    lines = ''.join(f'{name}:{headers[name].strip()}\n' for name in sorted(headers))
    canonical = '\n'.join(['POST', '/', query, lines, names, headers['x-acs-content-sha256']])
    signature = _hmac(secret.encode(), f'ACS3-HMAC-SHA256\n{_sha256(canonical.encode())}').hex()
    return f'ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signature}'


def tencent_authorization(key_id, secret, service, host, timestamp, body):
    """:param timestamp: seconds since 1970, the same as in `X-TC-Timestamp`"""
    date = time.strftime('%Y-%m-%d', time.gmtime(timestamp))
    lines = f'content-type:{TENCENT_CONTENT_TYPE}\nhost:{host}\n'
    canonical = '\n'.join(['POST', '/', '', lines, 'content-type;host', _sha256(body)])
    scope = f'{date}/{service}/tc3_request'
    key = _hmac(_hmac(_hmac(f'TC3{secret}'.encode(), date), service), 'tc3_request')
    signature = _hmac(key, f'TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{_sha256(canonical.encode())}').hex()
    return f'TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders=content-type;host, Signature={signature}'


TENCENT_CONTENT_TYPE = 'application/json; charset=utf-8'
EMPTY_SHA256 = hashlib.sha256(b'').hexdigest()


def _quoted(text):
    return urllib.parse.quote(str(text), safe='-_.~')


def _sha256(content):
    return hashlib.sha256(content).hexdigest()


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
