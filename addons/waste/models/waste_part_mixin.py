from odoo import api, models


class WastePartMixin(models.AbstractModel):
    """A row that is part of a document and closes with it: none is added, changed, moved or deleted then."""
    _name = 'waste.part.mixin'
    _description = "A part of a document that closes with it"

    _part_of = 'order_id'  # the field that names the document
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
        """Raise when a document of these parts is closed. To override."""
        raise NotImplementedError
