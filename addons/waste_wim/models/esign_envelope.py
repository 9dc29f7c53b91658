from odoo import models

from ..tools.moments import zulu


class EsignEnvelope(models.Model):
    _inherit = 'esign.envelope'

    def _get_wim_signing(self):
        return {
            'envelope_no': self.name, 'state': self.state,
            'signers': [
                {'party': signer.key, 'organisation': signer.company_name or None, 'name': signer.name, 'state': signer.state,
                 'signed_at': zulu(signer.signed_at)}
                for signer in self.signer_ids if signer.state not in ('delegated', 'released')],
        }
