import hashlib
import hmac
import secrets
from datetime import timedelta

from odoo import api, fields, models

VALID = timedelta(minutes=5)
#: from the right code to the signature
USABLE = timedelta(minutes=15)
TRIES = 5


class EsignCode(models.Model):
    """A code sent to a signer's phone, good for one document as it is now. Only hash and salt are kept; nobody has access."""

    _name = 'esign.code'
    _description = "One-time code"
    _order = 'id desc'

    signer_id = fields.Many2one('esign.signer', required=True, readonly=True, ondelete='restrict', index=True)
    sha256 = fields.Char(required=True, readonly=True, help="Of the document that the code is for.")
    salt = fields.Char(required=True, readonly=True)
    code_hash = fields.Char(required=True, readonly=True)
    phone_hash = fields.Char(required=True, readonly=True, index=True)
    ip = fields.Char(readonly=True, index='btree_not_null')
    sent_at = fields.Datetime(required=True, readonly=True)
    tries = fields.Integer(readonly=True)
    verified_at = fields.Datetime(readonly=True)
    used_at = fields.Datetime(readonly=True)

    @api.model
    def _make(self, signer, phone_hash, ip):
        """Return a new code as text, and its record."""
        code = f'{secrets.randbelow(10**6):06d}'
        salt = secrets.token_hex(16)
        sha256 = signer.envelope_id.current_sha256
        return code, self.sudo().create(
            {
                'signer_id': signer.id,
                'sha256': sha256,
                'salt': salt,
                'code_hash': self._hash(code, salt, signer, sha256),
                'phone_hash': phone_hash,
                'ip': ip,
                'sent_at': fields.Datetime.now(),
            }
        )

    @api.model
    def _hash(self, code, salt, signer, sha256):
        # Slow on purpose: a million codes are few.
        text = f'{code}|{signer.envelope_id.uuid}|{signer.id}|{sha256}'
        return hashlib.scrypt(text.encode('utf-8', 'replace'), salt=salt.encode(), n=2**14, r=8, p=1).hex()

    def _matches(self, code):
        self.ensure_one()
        return hmac.compare_digest(self._hash(code, self.salt, self.signer_id, self.sha256), self.code_hash)

    def _is_open(self):
        """Tell whether the code can still be typed in."""
        return not self.verified_at and self.tries < TRIES and self.sent_at + VALID > fields.Datetime.now()
