from odoo import api, models


class WasteContractPartMixin(models.AbstractModel):
    """A part of a contract or agreement that closes with its terms: a tier, an additional term, an agreed change."""
    _name = 'waste.contract.part.mixin'
    _description = "A part of a document that closes with its terms"

    _part_of = 'order_id'
    _is_taken_over = False  # jobs take over documents with such parts in a later state

    # CRUD ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        if not (self._is_taken_over and self.env.su):
            # Asked of what was made, not of the values: a default given by context counts too.
            parts._check_document_open()
        return parts

    def write(self, vals):
        self._check_document_open()
        result = super().write(vals)
        if self._part_of in vals:
            self._check_document_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sealed(self):
        self._check_document_open()

    # BUSINESS ------------------------------------------------------------------

    def _check_document_open(self):
        self[self._part_of]._check_terms_open(self._get_part_words())

    def _get_part_words(self):
        """Return what the part is, for the sentence of a refusal. To override."""
        return self.env['ir.model']._get(self._name).name
