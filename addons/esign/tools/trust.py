"""Whom signatures are checked against."""
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from asn1crypto import crl, x509
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy, RevocationCheckingRule


class Trust(NamedTuple):
    """Who may sign is one question, who may say the time another.

    :param roots: DER certificates that signers' chains must end at
    :param timestamp_roots: DER certificates for time-stamps
    :param crls: DER lists of what was taken back, of signers and of time-stamp authorities
    """
    roots: list
    timestamp_roots: list
    crls: list = ()


def context(roots, cert, *, crls=(), moment=None, others=()):
    """Return what a certificate is checked in: these roots, nothing fetched.

    Without roots the library would take those of the operating system; nobody is trusted then. Where there is a list of its
    issuer that covers the moment, the certificate must not be in it; a list made later tells of the moment, too.

    :param roots: DER certificates
    :param cert: ``x509.Certificate`` that will be checked
    :param crls: DER lists
    :param moment: aware datetime it must be good at; now by default
    :param others: ``x509.Certificate`` that may be in between
    """
    lists = [_list(der) for der in dict.fromkeys(crls)]
    at = moment or datetime.now(UTC)
    listed = any(one.issuer == cert.issuer and (one['tbs_cert_list']['next_update'].native or at) >= at for one in lists)
    policy = RevocationCheckingPolicy(
        RevocationCheckingRule.CRL_REQUIRED if listed else RevocationCheckingRule.CHECK_IF_DECLARED_SOFT,
        RevocationCheckingRule.CHECK_IF_DECLARED_SOFT)
    return ValidationContext(
        trust_roots=[certificate(der) for der in roots], other_certs=list(others), crls=lists, moment=moment, allow_fetching=False,
        revinfo_policy=CertRevTrustPolicy(policy, retroactive_revinfo=True))


@lru_cache(maxsize=64)
def certificate(der):
    return x509.Certificate.load(der)


@lru_cache(maxsize=64)
def _list(der):
    return crl.CertificateList.load(der)
