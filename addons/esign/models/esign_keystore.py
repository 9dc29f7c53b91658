import base64
import hmac
import logging
import os
import secrets
import stat
from functools import lru_cache
from pathlib import Path

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import config

from ..tools import pki, timestamp
from ..tools.errors import EsignError, KeyRefused
from ..tools.token import Token
from ..tools.trust import Trust

_logger = logging.getLogger(__name__)

AUTHORITY, SYSTEM = 'authority', 'system'
AUTHORITY_YEARS = 20
SECRET = 'secret'
#: how names of keys begin that are in a hardware module
TOKEN_KEY = 'token-'


class EsignKeystore(models.AbstractModel):
    """Keys live in a folder outside the database, as do the secrets that links and handwriting depend on.

    Folder: ``ESIGN_KEY_DIR``, or ``esign_key_dir`` in odoo.conf, or ``esign_keys`` in the data folder. Passphrase: the file
    ``ESIGN_PASSPHRASE_FILE`` (``esign_passphrase_file``), or ``passphrase`` in the folder. ``timestamp/*.pem`` and ``*.crl`` in it
    are the roots and revocation lists of the time-stamp authority.

    Keys of seals are made in a hardware module when one is named: ``ESIGN_PKCS11_MODULE`` (its library), ``ESIGN_PKCS11_TOKEN`` (the
    token's label) and ``ESIGN_PKCS11_PIN_FILE``, or ``esign_pkcs11_…`` in odoo.conf; the PIN else is in the file ``pin`` of the folder.
    """

    _name = 'esign.keystore'
    _description = "Keys outside the database"

    # FOLDER --------------------------------------------------------------------

    @api.model
    def _get_folder(self):
        return Path(os.environ.get('ESIGN_KEY_DIR') or config.get('esign_key_dir') or Path(config['data_dir']) / 'esign_keys')

    @api.model
    def _get_passphrase_file(self):
        return Path(os.environ.get('ESIGN_PASSPHRASE_FILE') or config.get('esign_passphrase_file') or self._get_folder() / 'passphrase')

    @api.model
    def _store(self):
        return pki.KeyStore(self._get_folder(), self._get_passphrase_file())

    @api.model
    def _open(self, name):
        """Return the credential of a key in the folder; opened once in each process, as the passphrase makes it slow.

        :raise EsignError: 'later', when it can't be opened
        """
        if name.startswith(TOKEN_KEY):
            return self._open_in_token(name)
        folder, passphrase_file = self._get_folder(), self._get_passphrase_file()
        try:
            # Also when only the permissions changed: a key that others can read is opened no more.
            files = [(folder / f'{name}.key.pem').stat(), passphrase_file.stat(), folder.stat()]
            changed = tuple((file.st_mtime_ns, file.st_mode) for file in files)
        except OSError:
            raise KeyRefused(
                'The keys of signing are missing. An administrator sets them up under Signing, Configuration, Settings.'
            ) from None
        return _credential(str(folder), str(passphrase_file), name, changed)

    @api.model
    def _token(self):
        """Return the hardware module that keys of seals are made in, or None."""
        def setting(name):
            return os.environ.get(f'ESIGN_PKCS11_{name}') or config.get(f'esign_pkcs11_{name.lower()}')

        module, label, pin_file = map(setting, ('MODULE', 'TOKEN', 'PIN_FILE'))
        return Token(module, label or '', Path(pin_file or self._get_folder() / 'pin')) if module else None

    @api.model
    def _open_in_token(self, name):
        token = self._token()
        if not token:
            raise KeyRefused('The hardware module with the key isn’t set up on this server. Tell your administrator.')
        certs = pem.unarmor(self._store().certificates(name), multiple=True)
        cert, *chain = [asn1_x509.Certificate.load(der) for _kind, _headers, der in certs]
        return token.credential(name, cert, chain)

    @api.model
    def _authority(self):
        credential = self._open(AUTHORITY)
        return pki.Authority(credential.key, credential.cert, f'{self.get_base_url()}/sign/crl')

    # SET-UP --------------------------------------------------------------------

    @api.model
    def action_setup(self):
        """Make what is missing of the keys: folder, passphrase, secret, our own authority, the system's key."""
        if not self.env.user.has_group('esign.group_administrator'):
            raise AccessError(self.env._("Only an administrator of signing sets up keys."))
        self._setup()
        return True

    @api.model
    def _setup(self, tsa_url=None, tsa_files=None):
        """Make what is missing; what is there stays as it is.

        :param tsa_url: URL of the time-stamp authority
        :param tsa_files: {'name.pem' | 'name.crl': bytes} for the folder ``timestamp``
        """
        folder = self._get_folder()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / 'timestamp').mkdir(mode=0o700, exist_ok=True)
            self._keep_file(self._get_passphrase_file(), secrets.token_urlsafe(32).encode())
            self._keep_file(folder / SECRET, secrets.token_bytes(32))
            for name, content in (tsa_files or {}).items():
                (folder / 'timestamp' / Path(name).name).write_bytes(content)
        except OSError as error:
            raise UserError(
                self.env._(
                    "The key folder %(folder)s can't be written: %(reason)s. Create it for the server's user, with access for nobody else.",
                    folder=folder,
                    reason=error.strerror,
                )
            ) from None
        store = self._store()
        try:
            if AUTHORITY not in store.names():
                organisation = self.env['res.company'].sudo().search([], limit=1, order='id').name
                store.save(AUTHORITY, *pki.create_authority(f'{organisation} 签署 CA', AUTHORITY_YEARS, store.passphrase))
                self._log_key(AUTHORITY)
            if SYSTEM not in store.names():
                credential = self._authority().issue('Signing system', kind='system', not_after=self._authority().cert.not_valid_after_utc)
                store.save(SYSTEM, credential.key_pem(store.passphrase), credential.cert_pem)
                self.env['esign.certificate'].sudo()._enter(
                    credential, 'system', self.env['res.company'], name='Signing system', key_name=SYSTEM
                )
                self._log_key(SYSTEM)
        except EsignError as error:
            raise UserError(self.env['esign.envelope']._translate(error.sentence)) from None
        if tsa_url:
            self.env['ir.config_parameter'].sudo().set_param('esign.tsa_url', tsa_url)

    def _log_key(self, name):
        self.env['esign.event']._append_system('key_created', actor=self.env.user.login, payload={'key': name})

    def _keep_file(self, path, content):
        """Write a file for the server's user alone, unless it is there."""
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        with open(handle, 'wb') as file:
            file.write(content)

    @api.model
    def _get_gap(self):
        """Return the sentence what is missing before anything can be signed, or False."""
        try:
            self._open(AUTHORITY)
            self._open(SYSTEM)
            self._get_secret('link')
        except EsignError as error:
            return self.env['esign.envelope']._translate(error.sentence)
        if not self._get_tsa_url():
            return self.env._("No time-stamp authority is set.")
        if not self._trust().timestamp_roots:
            return self.env._(
                "The root certificate of the time-stamp authority is missing: put it into the folder “timestamp” of the key folder, as PEM."
            )
        return False

    # TRUST ---------------------------------------------------------------------

    @api.model
    def _get_tsa_url(self):
        return (self.env['ir.config_parameter'].sudo().get_param('esign.tsa_url') or '').strip()

    @api.model
    def _trust(self):
        """Return whom signatures and time stamps are checked against."""
        files = sorted((self._get_folder() / 'timestamp').glob('*'))
        roots = [
            cert.public_bytes(serialization.Encoding.DER)
            for path in files
            if path.suffix == '.pem'
            for cert in x509.load_pem_x509_certificates(path.read_bytes())
        ]
        return Trust(
            [self._authority().root],
            roots,
            [self.env['esign.certificate'].sudo()._get_crl(), *(path.read_bytes() for path in files if path.suffix == '.crl')],
        )

    @api.model
    def _get_time_lists(self):
        """Return (file name, aware datetime of its end) of the time-stamp authority's revocation lists."""
        lists = [(path.name, x509.load_der_x509_crl(path.read_bytes())) for path in sorted(
            (self._get_folder() / 'timestamp').glob('*.crl'))]
        return [(name, crl.next_update_utc) for name, crl in lists if crl.next_update_utc]

    @api.model
    def _time_authority(self):
        """Return the time-stamp authority.

        :raise EsignError: 'later', when none is set
        """
        url = self._get_tsa_url()
        if not url:
            raise timestamp.TimestampError('No time-stamp authority is set; nothing was signed. Tell your administrator.')
        return timestamp.http(url)

    @api.model
    def _stamp(self, digest):
        """Return a time stamp over a SHA-256 digest, and the time it says.

        :raise EsignError: 'later', when there is none
        """
        roots = self._trust().timestamp_roots
        token = timestamp.CheckedTimestamper(self._time_authority(), roots).token(digest)
        return token, timestamp.check(token, digest, roots)

    # SECRETS -------------------------------------------------------------------

    @api.model
    def _get_secret(self, purpose):
        path = self._get_folder() / SECRET
        try:
            if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise KeyRefused('The secret of signing can be read by others than the server. Tell your administrator.')
            content = path.read_bytes()
        except OSError:
            raise KeyRefused(
                'The keys of signing are missing. An administrator sets them up under Signing, Configuration, Settings.'
            ) from None
        return HKDF(hashes.SHA256(), 32, None, f'esign {purpose}'.encode()).derive(content)

    @api.model
    def _derive(self, purpose, text, length):
        """Return a secret text for ``text`` that only this folder can make."""
        return base64.urlsafe_b64encode(hmac.digest(self._get_secret(purpose), text.encode(), 'sha256')[:length]).decode().rstrip('=')

    @api.model
    def _encrypt(self, content):
        nonce = secrets.token_bytes(12)
        return nonce + AESGCM(self._get_secret('strokes')).encrypt(nonce, content, None)

    @api.model
    def _decrypt(self, content):
        try:
            return AESGCM(self._get_secret('strokes')).decrypt(content[:12], content[12:], None)
        except (InvalidTag, ValueError):
            raise KeyRefused('The handwriting can’t be decrypted: it was altered, or the key folder is another one.', 'bad') from None


@lru_cache(maxsize=256)
def _credential(folder, passphrase_file, name, _changed):
    return pki.KeyStore(folder, passphrase_file).credential(name)
