"""Certificates: our own authority, what it issues, what it takes back.

Keys are EC P-256: made in under a millisecond, so each act of signing has a key of its own that is destroyed after it.
"""
import os
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from .errors import KeyRefused
from .trust import Trust  # noqa: F401 (part of what this file offers)

KINDS = ('signer', 'seal', 'system')
#: X.520 allows no longer names
NAME_LENGTH = 64
IDENTIFIERS_LENGTH = 256
#: clocks of this server and of the time-stamp authority may differ by a minute
BEFORE = timedelta(minutes=5)
YEAR = timedelta(days=365)
WRONG_KEY = 'The key can’t be opened: the passphrase is wrong or the file is damaged. Tell your administrator.'
NO_KEY = 'There is no such key in the folder of keys. Tell your administrator.'
OPEN_TO_OTHERS = 'Others than the server can read a key or the passphrase; nothing is signed with it. Tell your administrator.'
NO_PASSPHRASE = 'The passphrase of the keys isn’t set up. Tell your administrator.'
NOT_A_PAIR = 'Key and certificate don’t belong together. Tell your administrator.'


class Credential:
    """A key with its certificate and the certificates above it.

    :param key: private key
    :param cert: ``x509.Certificate``
    :param chain: list of ``x509.Certificate``, up to the root
    """

    def __init__(self, key, cert, chain=()):
        self.key, self.cert, self.chain = key, cert, list(chain)

    @classmethod
    def load(cls, key_pem, cert_pem, passphrase):
        """Open a key of a file.

        :param cert_pem: its certificate, followed by those above it
        :raise KeyRefused: when they can't be opened or don't belong together
        """
        try:
            key = serialization.load_pem_private_key(key_pem, passphrase)
            cert, *chain = x509.load_pem_x509_certificates(cert_pem)
        except (ValueError, TypeError) as error:
            raise KeyRefused(WRONG_KEY) from error
        if key.public_key() != cert.public_key():
            raise KeyRefused(NOT_A_PAIR)
        return cls(key, cert, chain)

    @property
    def serial(self):
        """Serial number in hex, as registers and readers show it."""
        return f'{self.cert.serial_number:x}'

    @property
    def cert_pem(self):
        return b''.join(cert.public_bytes(serialization.Encoding.PEM) for cert in (self.cert, *self.chain))

    def key_pem(self, passphrase):
        """Return the key, encrypted, for a file."""
        return _key_pem(self.key, passphrase)

    def signer(self):
        """Return what pyHanko signs with; a credential in a hardware module returns its own."""
        registry = SimpleCertificateStore()
        registry.register_multiple(map(_asn1, self.chain))
        return SimpleSigner(
            signing_cert=_asn1(self.cert), cert_registry=registry,
            signing_key=asn1_keys.PrivateKeyInfo.load(self.key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())))


class HardwareCredential:
    """A key that never leaves its module (PKCS#11).

    :param signer: ``pyhanko.sign.pkcs11.PKCS11Signer``, or another pyHanko ``Signer`` that keeps its key elsewhere
    """

    def __init__(self, signer):
        self._signer = signer
        self.cert = x509.load_der_x509_certificate(signer.signing_cert.dump())

    serial = Credential.serial

    def signer(self):
        return self._signer


class Authority:
    """Our own authority: one root that issues certificates and lists what it took back.

    It is no licensed authority (law, article 16); what its certificates prove rests on the parties' agreement and the one-time code.
    """

    def __init__(self, key, cert, crl_url=None):
        self.key, self.cert, self.crl_url = key, cert, crl_url

    @classmethod
    def load(cls, key_pem, cert_pem, passphrase, *, crl_url=None):
        credential = Credential.load(key_pem, cert_pem, passphrase)
        return cls(credential.key, credential.cert, crl_url)

    @property
    def root(self):
        """The certificate, DER."""
        return self.cert.public_bytes(serialization.Encoding.DER)

    def issue(self, name, *, kind, organisation=None, identifiers=None, not_after=None):
        """Make a key and a certificate for it; parameters as of `certify`.

        :return: :class:`Credential`
        """
        key = ec.generate_private_key(ec.SECP256R1())
        cert = self.certify(key.public_key(), name, kind=kind, organisation=organisation, identifiers=identifiers, not_after=not_after)
        return Credential(key, cert, [self.cert])

    def certify(self, public_key, name, *, kind, organisation=None, identifiers=None, not_after=None):
        """Make the certificate of a key that is somewhere else.

        :param name: who signs, as the certificate shows it
        :param kind: 'signer' (one person, one act), 'seal' (a company's seal) or 'system' (freezing)
        :param identifiers: {name: value} that tell two of the same name apart, e.g. ``{'envelope': uuid}``
        :param not_after: aware datetime; a year by default, never after the authority's own end
        :return: certificate
        """
        if kind not in KINDS:
            raise KeyRefused(f'There is no kind of certificate {kind!r}.', 'bad')
        now = datetime.now(UTC).replace(microsecond=0)
        end = self.cert.not_valid_after_utc
        if now >= end:
            raise KeyRefused('The authority’s own certificate has expired; nothing can be signed. Tell your administrator.')
        builder = _builder(_subject(name, kind, organisation, identifiers), self.cert.subject, public_key, now - BEFORE,
                           min(not_after or now + YEAR, end))
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        if self.crl_url:
            builder = builder.add_extension(x509.CRLDistributionPoints([x509.DistributionPoint(
                [x509.UniformResourceIdentifier(self.crl_url)], None, None, None)]), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def crl(self, revoked, next_update):
        """List what was taken back.

        :param revoked: [(serial as hex or number, aware datetime, reason)]; reason as RFC 5280 names it, e.g. ``keyCompromise``, or None
        :param next_update: aware datetime until which this list is good
        :return: DER
        """
        now = datetime.now(UTC).replace(microsecond=0)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.cert.subject).last_update(now).next_update(next_update)
        builder = builder.add_extension(x509.CRLNumber(int(now.timestamp())), critical=False).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        for serial, when, reason in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(int(serial, 16) if isinstance(serial, str) else serial)
            entry = entry.revocation_date(when)
            if reason:
                entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags(reason)), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


class KeyStore:
    """The folder of keys outside the database, readable by the server's user alone.

    Each key is two files: ``<name>.key.pem`` (encrypted) and ``<name>.cert.pem`` (its certificate and those above it).

    :param folder: path; made when it isn't there
    :param passphrase_file: path of a file with the passphrase; without it, the environment variable ``ESIGN_PASSPHRASE``
    """

    def __init__(self, folder, passphrase_file=None):
        self.folder = Path(folder)
        self.passphrase_file = passphrase_file and Path(passphrase_file)

    @property
    def passphrase(self):
        if self.passphrase_file:
            found = self._read(self.passphrase_file, NO_PASSPHRASE).strip()
        else:
            found = os.environ.get('ESIGN_PASSPHRASE', '').encode()
        if not found:
            raise KeyRefused(NO_PASSPHRASE)
        return found

    def credential(self, name):
        """Open a key.

        :raise KeyRefused: when it isn't there, others can read it, or it can't be opened
        """
        return Credential.load(self._read(self._path(name, 'key')), self.certificates(name), self.passphrase)

    def authority(self, name, *, crl_url=None):
        """Open the key of an authority."""
        return Authority.load(self._read(self._path(name, 'key')), self.certificates(name), self.passphrase, crl_url=crl_url)

    def certificates(self, name):
        """Return the certificates of a key, PEM; needs no passphrase."""
        return self._read(self._path(name, 'cert'))

    def names(self):
        """Return the names of all keys."""
        return sorted(path.name.removesuffix('.key.pem') for path in self.folder.glob('*.key.pem'))

    def save(self, name, key_pem, cert_pem):
        """Keep a key; a name is used once, so no key is ever overwritten.

        :param key_pem: encrypted with :attr:`passphrase`; None when the key is in a hardware module
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for kind, content in (('key', key_pem), ('cert', cert_pem)):
            if content is None:
                continue
            try:
                handle = os.open(self._path(name, kind), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                raise KeyRefused('There is a key of this name already.', 'bad') from None
            with open(handle, 'wb') as file:
                file.write(content)

    def _path(self, name, kind):
        if not re.fullmatch(r'[a-z0-9][a-z0-9_-]{0,63}', name):
            raise KeyRefused(NO_KEY)
        return self.folder / f'{name}.{kind}.pem'

    @staticmethod
    def _read(path, missing=NO_KEY):
        """Return the bytes of a file that nobody else can read, nor the folder it is in."""
        try:
            for guarded in (path, path.parent):
                mode = guarded.stat().st_mode
                # a folder that others can list, not write, shows them names only
                if mode & (stat.S_IRWXG | stat.S_IRWXO if guarded == path else stat.S_IWGRP | stat.S_IWOTH):
                    raise KeyRefused(OPEN_TO_OTHERS)
            return path.read_bytes()
        except OSError as error:
            raise KeyRefused(missing) from error


def create_authority(name, years, passphrase):
    """Make a root of our own.

    :param passphrase: bytes that the key file is encrypted with
    :return: key (PEM, encrypted), certificate (PEM)
    """
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC).replace(microsecond=0)
    subject = _subject(name, 'system', None, None)
    cert = _builder(subject, subject, key.public_key(), now - BEFORE, now + years * YEAR).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True,
    ).add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True).sign(key, hashes.SHA256())
    return _key_pem(key, passphrase), cert.public_bytes(serialization.Encoding.PEM)


def _builder(subject, issuer, public_key, start, end):
    return x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public_key).serial_number(
        x509.random_serial_number()).not_valid_before(start).not_valid_after(end).add_extension(
        x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)


def _subject(name, kind, organisation, identifiers):
    attributes = [x509.NameAttribute(NameOID.COUNTRY_NAME, 'CN')]
    if organisation:
        attributes.append(_attribute(NameOID.ORGANIZATION_NAME, organisation))
    # readers of the file see what kind of key signed
    attributes.append(_attribute(NameOID.ORGANIZATIONAL_UNIT_NAME, kind))
    attributes.append(_attribute(NameOID.COMMON_NAME, name))
    if identifiers:
        text = '; '.join(f'{key}={value}' for key, value in sorted(identifiers.items()))
        attributes.append(_attribute(NameOID.USER_ID, text, IDENTIFIERS_LENGTH))
    return x509.Name(attributes)


def _attribute(oid, text, length=NAME_LENGTH):
    """Return a part of a name without line breaks or marks that turn the writing direction, cut to what X.520 allows.

    :raise KeyRefused: when nothing is left
    """
    kept = ''.join(character for character in ' '.join(str(text).split()) if character.isprintable())[:length].strip()
    if not kept:
        raise KeyRefused('A certificate needs a name.', 'bad')
    # X.520 counts characters; cryptography would count bytes, and 22 Chinese characters have more than 64.
    return x509.NameAttribute(oid, kept, _validate=False)


def _usage(**given):
    names = ('digital_signature', 'content_commitment', 'key_encipherment', 'data_encipherment', 'key_agreement', 'key_cert_sign',
             'crl_sign', 'encipher_only', 'decipher_only')
    return x509.KeyUsage(**{name: given.get(name, False) for name in names})


def _key_pem(key, passphrase):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.BestAvailableEncryption(passphrase))


def _asn1(cert):
    return asn1_x509.Certificate.load(cert.public_bytes(serialization.Encoding.DER))
