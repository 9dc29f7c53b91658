"""Keys in a hardware module (PKCS#11): made in it, used in it, never outside of it."""
import threading
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pkcs11
from cryptography.hazmat.primitives import serialization
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pyhanko.sign.pkcs11 import PKCS11Signer

from .errors import KeyRefused
from .pki import HardwareCredential, KeyStore

WRONG_PIN = 'The hardware module refuses the PIN; nothing was signed. Tell your administrator.'
NO_PIN = 'The PIN of the hardware module isn’t set up. Tell your administrator.'
GONE = 'The hardware module with the key can’t be reached; nothing was signed. Tell your administrator.'
KEY_BITS = {pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False}

# One login per token and process (so PKCS#11 wants it), one operation at a time in it.
_LOCK = threading.RLock()
_sessions = {}
#: a module locks itself after a few wrong PINs: one that was refused isn't tried again
_refused = {}


class Token(NamedTuple):
    """One token of a module.

    :param module: path of the module's library
    :param label: of the token
    :param pin_file: path of a file with the PIN, readable by the server's user alone
    """
    module: str
    label: str
    pin_file: Path

    def make_key(self, name):
        """Make an EC P-256 key that can't be taken out.

        :return: its public key
        :raise KeyRefused: when the token can't be used
        """
        with _LOCK, _refusals(self):
            parameters = self._session().create_domain_parameters(
                pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters('secp256r1')}, local=True)
            public, _private = parameters.generate_keypair(
                store=True, label=name, id=sha256(name.encode()).digest()[:16], private_template=KEY_BITS)
            return serialization.load_der_public_key(encode_ec_public_key(public))

    def credential(self, name, cert, chain):
        """Return the key of ``name`` as what signs.

        :param cert: ``asn1crypto.x509.Certificate``, ``chain``: those above it
        """
        with _LOCK, _refusals(self):
            return HardwareCredential(_Signer(self, key_label=name, signing_cert=cert, ca_chain=chain, use_raw_mechanism=True))

    def forget(self):
        """Log out; the next use opens the token anew."""
        with _LOCK:
            if session := _sessions.pop(self, None):
                try:
                    session.close()
                except pkcs11.PKCS11Error:
                    pass  # the token isn't there any more

    def _session(self):
        if self not in _sessions:
            pin = KeyStore._read(Path(self.pin_file), NO_PIN).strip()
            tried = sha256(pin).digest()
            if _refused.get(self) == tried:
                raise KeyRefused(WRONG_PIN)
            try:
                # a token that was plugged in since
                library = pkcs11.lib(self.module)
                if not _sessions:
                    library.reinitialize()
                _sessions[self] = library.get_token(token_label=self.label).open(rw=True, user_pin=pin.decode())
            except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.PinLocked) as error:
                _refused[self] = tried
                raise KeyRefused(WRONG_PIN) from error
        return _sessions[self]


class _Signer(PKCS11Signer):

    def __init__(self, token, **values):
        super().__init__(token._session(), **values)
        self.token = token

    async def async_sign_raw(self, data, digest_algorithm, dry_run=False):
        with _LOCK, _refusals(self.token):
            return await super().async_sign_raw(data, digest_algorithm, dry_run)


@contextmanager
def _refusals(token):
    """Tell what the module says in a sentence, and let go of a session that may be dead."""
    try:
        yield
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
        token.forget()
        raise KeyRefused(GONE) from error
