from odoo import api, fields, models
from odoo.exceptions import UserError


class DocumentRendition(models.Model):
    """A paper as it was drawn once and for all: its bytes, their digest, what drew them, where to sign. Insert-only."""
    _name = 'document.rendition'
    _description = "Paper as drawn"
    _order = 'id desc'

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field='res_model', required=True, readonly=True, index=True)
    company_id = fields.Many2one('res.company', readonly=True, index='btree_not_null')
    version_id = fields.Many2one('document.template.version', required=True, readonly=True, ondelete='restrict', index=True)
    attachment_id = fields.Many2one('ir.attachment', required=True, readonly=True, ondelete='restrict', index=True)
    sha256 = fields.Char("SHA-256", required=True, readonly=True)
    page_count = fields.Integer("Pages", readonly=True)
    places = fields.Json("Signature Places", readonly=True, help="Page and box in PDF points of each place, by its key.")
    engine = fields.Char(readonly=True)
    fonts = fields.Json(readonly=True)

    def write(self, vals):
        raise UserError(self.env._("A paper that was drawn is kept as it is."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A paper that was drawn is kept as it is."))

    @api.model
    def _keep(self, record, version, rendered):
        """Keep the paper of ``record``, locked."""
        attachment = self.env['ir.attachment'].create({
            'name': record._get_document_filename(), 'raw': rendered.pdf, 'mimetype': 'application/pdf',
            'res_model': record._name, 'res_id': record.id, 'res_field': 'document_rendition_id', 'is_locked': True,
        })
        return self.create({
            'res_model': record._name, 'res_id': record.id, 'company_id': record.company_id.id,
            'version_id': version.id, 'attachment_id': attachment.id, 'sha256': rendered.sha256,
            'page_count': rendered.pages, 'places': rendered.places, 'engine': rendered.engine, 'fonts': rendered.fonts,
        })
