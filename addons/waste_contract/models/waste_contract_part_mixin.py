from odoo import models


class WasteContractPartMixin(models.AbstractModel):
    """A part of a contract or agreement that closes with its terms: a tier, an additional term, an agreed change."""
    _name = 'waste.contract.part.mixin'
    _description = "A part of a contract that closes with its terms"
    _inherit = ['waste.part.mixin']

    # BUSINESS ------------------------------------------------------------------

    def _check_document_open(self):
        self[self._part_of]._check_terms_open(self._get_part_words())

    def _get_part_words(self):
        """Return what the part is, for the sentence of a refusal. To override."""
        return self.env['ir.model']._get(self._name).name
