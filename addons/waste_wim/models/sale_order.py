from odoo import api, models
from odoo.fields import Domain

from ..tools.moments import zulu

SIGNED = ('signing', 'active', 'expired', 'terminated', 'voided')


class SaleOrder(models.Model):
    """What WIM may ask about a contract: how far its review and signing are."""
    _inherit = 'sale.order'

    @api.model
    def _search_for_wim(self, domain, **options):
        """Return, in superuser mode, contracts of the companies that the caller speaks for."""
        own = Domain('company_id', 'in', self.env.user.company_ids.ids) & Domain('business_id', '!=', False)
        return self.sudo().search(own & Domain(domain), **options)

    def _get_wim_status(self):
        """Return review, signatures and file of a contract as the interface gives them."""
        self.ensure_one()
        envelope = self._get_open_envelope() or self._get_signed_envelope()
        archive = self.document_archive_id
        return {
            'contract_no': self.name,
            'contract_state': self.contract_state,
            'state': 'signed' if self.date_signed and self.contract_state in SIGNED else self.contract_state,
            'reason': self.return_reason or None,
            'signed_on': self.date_signed.isoformat() if self.date_signed else None,
            'archive_no': archive.name or None,
            'sha256': archive.sha256 or None,
            'file': f'/wim/v1/contracts/{self.name}/file' if archive else None,
            'signing': envelope._get_wim_signing() if envelope else None,
            'changed_at': zulu(self.write_date),
        }
