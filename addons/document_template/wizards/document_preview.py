import base64

from odoo import api, fields, models


class DocumentPreview(models.TransientModel):
    _name = 'document.preview'
    _description = "PDF to look at"

    name = fields.Char(readonly=True)
    pdf = fields.Binary("PDF", readonly=True, attachment=False)

    @api.model
    def _open(self, pdf, name):
        """Return the action that shows ``pdf`` in Odoo's viewer."""
        # Made for its reader alone (transient records are their creator's); nobody needs the right to make others.
        preview = self.sudo().create({'name': name, 'pdf': base64.b64encode(pdf)})
        return {
            'type': 'ir.actions.act_window', 'name': name, 'res_model': self._name, 'res_id': preview.id,
            'view_mode': 'form', 'target': 'new', 'context': {'dialog_size': 'extra-large'},
        }
