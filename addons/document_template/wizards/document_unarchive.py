from odoo import fields, models


class DocumentUnarchive(models.TransientModel):
    _name = 'document.unarchive'
    _description = "Take a paper out of the archive"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field='res_model', required=True, readonly=True)
    reason = fields.Text(required=True, help="Stays in the history of the document.")

    def action_confirm(self):
        """Take the document out of the archive and keep the reason."""
        self.ensure_one()
        self.env[self.res_model].browse(self.res_id)._unarchive_document(self.reason)
        return {'type': 'ir.actions.act_window_close'}
