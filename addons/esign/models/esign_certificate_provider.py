from odoo import api, models

LEVELS = [
    ('own_ca', "Certificates of our own authority"),
    ('licensed_ca', "Certificates of a licensed authority"),
    ('service', "Signing service of a licensed provider"),
]


class EsignCertificateProvider(models.AbstractModel):
    """Where keys and certificates come from. One model for each source, chosen by the parameter ``esign.certificate_provider``.

    A licensed authority (CFCA, …) or a signing service (法大大, e签宝, 契约锁) is one more model of this interface; nothing else changes.
    """

    _name = 'esign.certificate.provider'
    _description = "Source of signing certificates"

    #: key of `LEVELS`: what may honestly be said of these signatures
    _level = None

    @api.model
    def _get_provider(self):
        key = self.env['ir.config_parameter'].sudo().get_param('esign.certificate_provider', 'own')
        return self.env[f'esign.certificate.provider.{key}'].sudo()

    @api.model
    def _get_note(self, level):
        """Return what the signatures of a level are worth, in plain words."""
        return {
            'own_ca': self.env._(
                "Each signer has a certificate and a key of their own for this one signature, from this company's own authority. "
                "That is no licensed authority (电子签名法 art. 16): identity is as strong as the code by SMS and the parties' agreement. "
                "Integrity and time are proven by the file itself. No SM2/SM3."
            ),
            'licensed_ca': self.env._(
                "Each signer has a certificate for this one signature from a licensed authority (电子签名法 art. 16)."
            ),
            'service': self.env._("Signed in the service of a licensed provider, who keeps its own evidence."),
        }.get(level, '')

    # INTERFACE -----------------------------------------------------------------

    @api.model
    def _signer_credential(self, signer):
        """Return a new key with a certificate that names ``signer``, for one signature.

        :param signer: `esign.signer`
        :return: ``tools.pki.Credential``
        :raise EsignError: 'later' when the source can't be reached
        """
        raise NotImplementedError

    @api.model
    def _seal_credential(self, seal):
        """Return the key of a company's seal."""
        raise NotImplementedError

    @api.model
    def _system_credential(self):
        """Return the key that freezes documents and seals evidence reports."""
        raise NotImplementedError

    @api.model
    def _issue_seal(self, seal):
        """Make the key of a new seal.

        :return: its credential, and the name of its key in the folder
        """
        raise NotImplementedError
