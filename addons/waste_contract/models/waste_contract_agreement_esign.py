from odoo import fields, models


class WasteContractAgreement(models.Model):
    """An agreement has an envelope of its own, linked to the contract's."""
    _name = 'waste.contract.agreement'
    _inherit = ['waste.contract.signing.mixin', 'waste.contract.agreement']

    signing_contact_id = fields.Many2one(domain="[('id', 'child_of', partner_id)]")

    @property
    def _signing_kind(self):
        """What ends a contract signed on paper has nothing to follow here."""
        return self.kind if self._get_replaced_envelope() else 'other'

    def _get_signing_order(self):
        return self.order_id

    def _get_replaced_envelope(self):
        """A contract signed on paper has no envelope that could be followed."""
        return self.order_id._get_signed_envelope().with_env(self.env)
