"""Whom signatures are checked against."""
from functools import lru_cache
from typing import NamedTuple

from asn1crypto import x509
from pyhanko_certvalidator import ValidationContext


class Trust(NamedTuple):
    """Who may sign is one question, who may say the time another.

    :param roots: DER certificates that signers' chains must end at
    :param timestamp_roots: DER certificates for time-stamps
    :param crls: DER lists of what was taken back, of signers and of time-stamp authorities
    """
    roots: list
    timestamp_roots: list
    crls: list = ()


def context(roots, *, crls=(), moment=None, others=(), strict=False):
    """Return what certificates are checked in: these roots, nothing fetched.

    Without roots the library would take those of the operating system; nobody is trusted then.

    :param roots: DER certificates
    :param crls: DER lists; a later list says of an earlier moment what was taken back until then
    :param moment: aware datetime the certificates must be good at; now by default
    :param others: ``x509.Certificate`` that may be in between
    :param strict: whether a certificate without a list is refused
    """
    return ValidationContext(
        trust_roots=[certificate(der) for der in roots], other_certs=list(others), crls=list(crls), moment=moment, allow_fetching=False,
        revocation_mode='require' if strict else 'soft-fail', retroactive_revinfo=True)


@lru_cache(maxsize=64)
def certificate(der):
    return x509.Certificate.load(der)
