from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.moments import zulu

TOLD_STATES = ('submitted', 'replaced')


class WasteIntent(models.Model):
    """Intended transfers as WIM fetches them, once each: what it acknowledged isn't listed again."""
    _inherit = 'waste.intent'

    wim_taken_at = fields.Datetime("Taken by WIM", readonly=True, copy=False)

    @api.model
    def _search_for_wim(self, domain, **options):
        """Return, in superuser mode, signed intents of the companies that the caller speaks for."""
        own = Domain('company_id', 'in', self.env.user.company_ids.ids) & Domain('state', 'in', TOLD_STATES)
        return self.sudo().search(own & Domain(domain), **options)

    def _get_wim_intent(self):
        """Return a signed intent as the interface gives it."""
        self.ensure_one()
        return {
            'intent_no': self.name, 'version': self.version, 'state': self.state,
            'producer_code': self.partner_id.external_key or self.partner_id.ref or None, 'producer': self.partner_id.name,
            'contact': self.contact_name, 'phone': self.contact_phone, 'business_type': self.business_id.code,
            'waste_name': self.waste_name, 'waste_code': self.waste_code or None, 'yearly_qty_t': self.yearly_quantity_t,
            'physical_form': self.physical_form_id.name or None, 'packaging': self.packaging_id.name or None,
            'process': self.process, 'hazards': self.hazards or None, 'sample_wished': self.is_sample_wished, 'remarks': self.note or None,
            'photos': len(self.photo_ids), 'content_sha256': self.content_sha256,
            'signed_at': zulu(self.signed_at), 'signed_sha256': self.document_archive_id.sha256 or None,
            'taken_at': zulu(self.wim_taken_at),
        }

    @api.model
    def _acknowledge(self, numbers):
        """Note that WIM took these intents, in every version there is of them.

        :return: the numbers that nobody knows
        """
        intents_sudo = self._search_for_wim([('name', 'in', numbers)])
        intents_sudo.filtered(lambda intent: not intent.wim_taken_at).wim_taken_at = fields.Datetime.now()
        return sorted(set(numbers) - set(intents_sudo.mapped('name')))
