"""The key of each message: encrypted by WeCom with the corp's public key, RSA-2048, PKCS #1 v1.5 (D:91774)."""
import base64
import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

BITS = 2048


class CipherError(ValueError):
    pass


def make_key():
    """Return a new private key as PEM."""
    return rsa.generate_private_key(public_exponent=65537, key_size=BITS).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def load(pem):
    """Return the private key of a PEM.

    :raise CipherError: it is none, or none of 2048 bits
    """
    try:
        key = serialization.load_pem_private_key(pem.strip().encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise CipherError('not a private key in PEM without a password') from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size != BITS:
        raise CipherError(f'not an RSA key of {BITS} bits')
    return key


def public_pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def fingerprint(key):
    digest = hashes.Hash(hashes.SHA256())
    digest.update(key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))
    return digest.finalize().hex()[:16]


def open_key(key, word):
    """Return the key of a message.

    With the wrong private key newer libraries answer random bytes rather than an error (implicit rejection), so that the result
    must be printable ASCII is what tells.

    :param key: from ``load``
    :param word: ``encrypt_random_key``
    :raise CipherError: it isn't for this private key
    """
    try:
        text = key.decrypt(base64.b64decode(word, validate=True), padding.PKCS1v15()).decode('ascii')
    except (ValueError, TypeError, binascii.Error):
        raise CipherError('not encrypted for this key') from None
    if not text or not text.isprintable():
        raise CipherError('not encrypted for this key')
    return text
