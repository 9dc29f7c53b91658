"""Secrets at rest: AES-256-GCM under a key in a folder outside the database."""
import base64
import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FILE = 'key'


class VaultError(ValueError):
    """The key is missing, open to others, or not the one that the text was encrypted with."""


class Vault:
    """:param folder: made on first use, for the server's user alone"""

    def __init__(self, folder):
        self.folder = Path(folder)

    def encrypt(self, text, purpose):
        """Return ``text`` as a word that only this folder's key and this ``purpose`` turn back."""
        nonce = secrets.token_bytes(12)
        return base64.b64encode(nonce + AESGCM(self._key(create=True)).encrypt(nonce, text.encode(), purpose.encode())).decode()

    def decrypt(self, word, purpose):
        try:
            content = base64.b64decode(word, validate=True)
            return AESGCM(self._key()).decrypt(content[:12], content[12:], purpose.encode()).decode()
        except (InvalidTag, UnicodeDecodeError):
            raise VaultError('the key in the folder is another one') from None

    def _key(self, create=False):
        path = self.folder / FILE
        if create and not path.exists():
            self._make(path)
        try:
            if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise VaultError('others than the server can read the key')
            key = path.read_bytes()
        except OSError as error:
            raise VaultError(f'{path}: {error.strerror}') from None
        if len(key) != 32:
            raise VaultError('the key file is damaged')
        return key

    def _make(self, path):
        """Write a new key under a name of its own first, so that two servers starting at once agree on one."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = self.folder / f'{FILE}.{secrets.token_hex(8)}'
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'wb') as file:
                file.write(secrets.token_bytes(32))
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        except OSError as error:
            raise VaultError(f'{path}: {error.strerror}') from None
