import base64
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives import serialization

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.errors import EsignError

#: how long a revocation list is good; it is made anew each time it is asked for
CRL_VALID = timedelta(days=30)


class EsignCertificate(models.Model):
    """Every certificate that signed here, and which of them were taken back. Keys aren't here."""

    _name = 'esign.certificate'
    _inherit = ['esign.register.mixin']
    _description = "Certificate"
    _order = 'id desc'
    _rec_names_search = ['name', 'serial']
    _transitions = {'revoke': (('valid',), 'revoked')}

    name = fields.Char("Issued to", required=True, readonly=True)
    serial = fields.Char(required=True, readonly=True, index=True)
    kind = fields.Selection([('signer', "Signer"), ('seal', "Seal"), ('system', "System")], required=True, readonly=True)
    company_id = fields.Many2one('res.company', "Company", readonly=True, index='btree_not_null')
    not_before = fields.Datetime("Valid from", required=True, readonly=True)
    not_after = fields.Datetime("Valid until", required=True, readonly=True)
    certificate = fields.Binary(attachment=False, readonly=True)
    key_name = fields.Char(readonly=True, groups='base.group_system')
    state = fields.Selection([('valid', "Valid"), ('revoked', "Revoked")], default='valid', required=True, readonly=True)
    revoked_at = fields.Datetime("Revoked on", readonly=True)
    revoke_reason = fields.Selection(
        [('keyCompromise', "Key in wrong hands"), ('superseded', "Replaced"), ('cessationOfOperation', "No longer used")], readonly=True
    )

    _serial_uniq = models.Constraint('UNIQUE(serial)', "Two certificates of one serial number.")
    _revoked_idx = models.Index("(id) WHERE state = 'revoked'")

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _enter(self, credential, kind, company, *, name, key_name=False):
        """Enter the certificate of a credential."""
        cert = credential.cert
        return self.sudo().create(
            {
                'name': name,
                'serial': credential.serial,
                'kind': kind,
                'company_id': company.id,
                'key_name': key_name,
                'not_before': cert.not_valid_before_utc.replace(tzinfo=None),
                'not_after': cert.not_valid_after_utc.replace(tzinfo=None),
                'certificate': base64.b64encode(cert.public_bytes(serialization.Encoding.PEM)),
            }
        )

    @api.model
    def _issue_seal(self, seal):
        """Make the key of a seal in the key folder and enter its certificate."""
        try:
            credential, key_name = self.env['esign.certificate.provider']._get_provider()._issue_seal(seal)
        except EsignError as error:
            raise UserError(self.env['esign.envelope']._translate(error.sentence)) from None
        return self._enter(credential, 'seal', seal.company_id, name=seal.name, key_name=key_name)

    def _revoke(self, reason):
        """Take the certificates back: what was signed and time-stamped before stays valid, nothing new is signed."""
        self._transition('revoke', revoked_at=fields.Datetime.now(), revoke_reason=reason)

    def action_revoke(self):
        """Take the certificates back."""
        self.check_access('read')
        if not self.env.user.has_group('esign.group_administrator'):
            raise AccessError(self.env._("Only an administrator of signing revokes certificates."))
        self.sudo()._revoke('keyCompromise')
        return True

    @api.model
    def _get_crl(self):
        """Return the revocation list, DER."""
        revoked = [
            (row.serial, row.revoked_at.replace(tzinfo=UTC), row.revoke_reason)
            for row in self.sudo().search([('state', '=', 'revoked')], order='id')
        ]
        return self.env['esign.keystore']._authority().crl(revoked, datetime.now(UTC) + CRL_VALID)
