import secrets
from datetime import UTC, datetime, timedelta

from odoo import api, models

from ..tools import pki
from .esign_keystore import SYSTEM, TOKEN_KEY

#: a signer's certificate serves one signature
EVENT = timedelta(days=1)
SEAL = timedelta(days=3 * 365)


class EsignCertificateProviderOwn(models.AbstractModel):
    """Our own authority: always there, and no licensed one."""

    _name = 'esign.certificate.provider.own'
    _inherit = ['esign.certificate.provider']
    _description = "Certificates of our own authority"
    _level = 'own_ca'

    @api.model
    def _signer_credential(self, signer):
        return (
            self.env['esign.keystore']
            ._authority()
            .issue(
                signer.name,
                kind='signer',
                organisation=signer.company_name or None,
                identifiers={'envelope': signer.envelope_id.uuid},
                not_after=datetime.now(UTC) + EVENT,
            )
        )

    @api.model
    def _seal_credential(self, seal):
        return self.env['esign.keystore']._open(seal.sudo().certificate_id.key_name)

    @api.model
    def _system_credential(self):
        return self.env['esign.keystore']._open(SYSTEM)

    @api.model
    def _issue_seal(self, seal):
        keys = self.env['esign.keystore']
        authority, store, token = keys._authority(), keys._store(), keys._token()
        names = {
            'name': seal.name, 'kind': 'seal', 'organisation': seal.organisation, 'identifiers': {'seal': str(seal.id)},
            'not_after': datetime.now(UTC) + SEAL}
        if token:
            key_name = f'{TOKEN_KEY}{secrets.token_hex(16)}'
            cert = authority.certify(token.make_key(key_name), **names)
            store.save(key_name, None, pki.Credential(None, cert, [authority.cert]).cert_pem)
            return keys._open(key_name), key_name
        credential = authority.issue(**names)
        key_name = f'seal-{credential.serial[:32]}'
        store.save(key_name, credential.key_pem(store.passphrase), credential.cert_pem)
        return credential, key_name
