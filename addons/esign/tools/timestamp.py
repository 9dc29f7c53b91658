"""Time-stamps of an authority (RFC 3161): who proves when.

The authority's answer is checked before anything is signed with it: the nonce, the digest, its chain and its clock.
"""
import asyncio
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import requests
from asn1crypto import cms, tsp
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus

from . import trust
from .errors import TimestampError

#: further apart than this, one of the two clocks is wrong
MAX_DRIFT = timedelta(seconds=60)
MAX_ANSWER_BYTES = 256 * 1024
UNREACHABLE = 'The time-stamp authority can’t be reached; nothing was signed. Try again in a few minutes.'
REFUSED = 'The time-stamp authority refused; nothing was signed. Try again in a few minutes.'
NOT_TRUSTED = 'The time-stamp doesn’t come from the authority this system trusts; nothing was signed. Tell your administrator.'
OTHER_DATA = 'The time-stamp is not about this document; nothing was signed. Try again in a few minutes.'
UNREADABLE = 'This is no time-stamp.'


class ClockDrift(TimestampError):
    """The authority's clock and ours differ; the caller records it."""

    def __init__(self, drift):
        super().__init__('The clock of this server and that of the time-stamp authority differ by more than a minute; '
                         'nothing was signed. Tell your administrator.')
        self.drift = drift


class HttpTimestamper(TimeStamper):
    """An authority at a URL."""

    def __init__(self, url, timeout):
        super().__init__()
        self.url = url
        self.timeout = timeout

    async def async_request_tsa_response(self, req):
        # Synchronous inside: each signature has an event loop of its own, nothing else waits in it.
        try:
            with requests.post(self.url, data=req.dump(), timeout=self.timeout, stream=True, headers={
                'Content-Type': 'application/timestamp-query', 'Accept': 'application/timestamp-reply',
            }) as answer:
                content = answer.raw.read(MAX_ANSWER_BYTES + 1, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise TimestampError(UNREACHABLE) from error
        kind = answer.headers.get('Content-Type', '').partition(';')[0].strip()
        if answer.status_code != 200 or kind != 'application/timestamp-reply' or len(content) > MAX_ANSWER_BYTES:
            raise TimestampError(UNREACHABLE)
        return tsp.TimeStampResp.load(content)


class CheckedTimestamper(TimeStamper):
    """An authority whose every token is checked before it is used.

    :param timestamper: any pyHanko ``TimeStamper``
    :param roots: DER certificates that its chain must end at
    """

    def __init__(self, timestamper, roots):
        super().__init__()
        self.timestamper = timestamper
        self.roots = roots

    async def async_dummy_response(self, md_algorithm):
        """A token to measure how much room one takes, asked for once per authority."""
        return await self._answer(self.timestamper.async_dummy_response(md_algorithm))

    async def async_timestamp(self, message_digest, md_algorithm):
        token = await self._answer(self.timestamper.async_timestamp(message_digest, md_algorithm))
        said = await _check(token['content'], message_digest, self.roots)
        drift = said - datetime.now(UTC)
        if abs(drift) > MAX_DRIFT:
            raise ClockDrift(drift)
        return token

    async def _answer(self, asked):
        try:
            return await asked
        except TimestampRequestError as error:
            raise TimestampError(REFUSED) from error
        except (ValueError, TypeError, KeyError, AttributeError, SigningError) as error:  # pyHanko trips over a wrong nonce
            if isinstance(error, TimestampError):
                raise
            raise TimestampError(REFUSED) from error

    def token(self, digest):
        """Return a time-stamp over a SHA-256 digest.

        :param digest: 32 bytes
        :return: DER of the token
        :raise TimestampError: when there is none, or it isn't good
        """
        return asyncio.run(self.async_timestamp(digest, 'sha256')).dump()


@lru_cache(maxsize=8)
def http(url, timeout=10):
    """Return the authority at ``url``; the same one each time, as it knows how large its tokens are."""
    return HttpTimestamper(url, timeout)


def check(der, digest, roots):
    """Check a token that was kept.

    :param der: the token
    :param digest: the SHA-256 digest it must be about
    :param roots: DER certificates that may have issued it; validity is judged at the time the token says
    :return: datetime in UTC
    :raise TimestampError: when it proves nothing
    """
    try:
        token = cms.ContentInfo.load(der)
        signed_data = token['content']
        said = signed_data['encap_content_info']['content'].parsed['gen_time'].native
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TimestampError(UNREADABLE, 'bad') from error
    return asyncio.run(_check(signed_data, digest, roots, said))


async def _check(signed_data, digest, roots, moment=None):
    """Check imprint, signature and chain; :return: the time it says."""
    if not roots:
        raise TimestampError(NOT_TRUSTED)
    try:
        context = trust.context(roots, extract_certs_for_validation(signed_data).signer_cert, moment=moment)
        found = TimestampSignatureStatus(**await validate_tst_signed_data(signed_data, context, lambda _algorithm: digest))
    except (SignatureValidationError, ValueError, TypeError, KeyError) as error:
        raise TimestampError(UNREADABLE) from error
    if not found.intact or not found.valid:
        raise TimestampError(OTHER_DATA)
    if not found.trusted:
        raise TimestampError(NOT_TRUSTED)
    return found.timestamp.astimezone(UTC)
