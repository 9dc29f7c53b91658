from odoo import api, models

from odoo.addons.document_template.models.document_mixin import Placeholder


class WasteIntent(models.Model):
    """The form as a paper, signed by whoever filled it in."""
    _inherit = 'waste.intent'

    def _get_default_document_template(self):
        return self.env.ref('waste_contract.document_template_intent')

    def _is_document_frozen(self):
        """What is drawn is what is signed at once: every version has one paper."""
        return True

    def _get_document_number(self):
        self.ensure_one()
        return f'{self.name}-v{self.version}'

    def _get_document_parties(self):
        self.ensure_one()
        return [{
            'key': 'party_a', 'role': self.env._("Filled in by"), 'name': self.partner_id.name,
            'rows': [
                (self.env._("Unified social credit code"), self.partner_id.uscc),
                (self.env._("Address"), self.env['sale.order']._get_address(self.partner_id)),
                (self.env._("Contact"), self.contact_name), (self.env._("Phone"), self.contact_phone)],
        }]

    @api.model
    def _document_placeholders(self):
        return {
            **super()._document_placeholders(),
            'business': Placeholder(self.env._("Contract: business"), 'business_id.name'),
            'waste': Placeholder(self.env._("Waste"), 'waste_name'),
            'code': Placeholder(self.env._("Waste code"), 'waste_code'),
            'form': Placeholder(self.env._("Form"), 'physical_form_id.name'),
            'packaging': Placeholder(self.env._("Packaging"), 'packaging_id.name'),
            'quantity': Placeholder(self.env._("Yearly Output (t)"), 'yearly_quantity_t'),
            'process': Placeholder(self.env._("Production Process"), 'process'),
            'hazards': Placeholder(self.env._("Main Components and Hazards"), 'hazards'),
            'sample': Placeholder(self.env._("Sample Wished"), 'is_sample_wished'),
            'remarks': Placeholder(self.env._("Remarks"), 'note'),
            'photos': Placeholder(self.env._("Number of photos"), lambda intent: str(len(intent.photo_ids))),
            'photo_digests': Placeholder(
                self.env._("SHA-1 of the photos"), lambda intent: '、'.join(sorted(intent.photo_ids.mapped('checksum')))),
        }
