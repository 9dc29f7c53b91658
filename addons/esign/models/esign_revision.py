from hashlib import sha256

from odoo import api, fields, models

from ..tools.errors import EsignError


class EsignRevision(models.Model):
    """The document after one step, each with its own file. Insert-only."""

    _name = 'esign.revision'
    _inherit = ['esign.register.mixin']
    _description = "Revision of a signed document"
    _order = 'envelope_id, seq'
    _rec_name = 'sha256'

    envelope_id = fields.Many2one('esign.envelope', "Envelope", required=True, readonly=True, ondelete='restrict', index=True)
    company_id = fields.Many2one(related='envelope_id.company_id', store=True, precompute=True, index='btree_not_null')
    seq = fields.Integer("Revision", readonly=True)
    kind = fields.Selection(
        [
            ('rendered', "As drawn"),
            ('frozen', "Frozen"),
            ('signed', "Signed"),
            ('reviewed', "Reviewed"),
            ('sealed', "Sealed"),
            ('finished', "Completed"),
            ('retimestamped', "Time-stamped anew"),
        ],
        required=True,
        readonly=True,
    )
    signer_id = fields.Many2one('esign.signer', "By", readonly=True, ondelete='restrict', index='btree_not_null')
    sha256 = fields.Char("SHA-256", required=True, readonly=True, index=True)
    size = fields.Integer("Size (bytes)", readonly=True)
    attachment_id = fields.Many2one('ir.attachment', "File", required=True, readonly=True, ondelete='restrict', index=True)
    created_at = fields.Datetime("Time", required=True, readonly=True)

    _seq_uniq = models.Constraint('UNIQUE(envelope_id, seq)', "Two revisions of one number.")

    # BUSINESS ------------------------------------------------------------------

    @api.model
    def _add(self, envelope, kind, pdf, signer=None):
        """Keep ``pdf`` as the next revision of ``envelope``, locked."""
        seq = len(envelope.revision_ids)
        # The field that the file belongs to is what decides who reads it through ir.attachment.
        attachment = (
            self.env['ir.attachment']
            .sudo()
            .create(
                {
                    'name': f'{envelope.name}-{seq}.pdf'.replace('/', '-'),
                    'raw': pdf,
                    'mimetype': 'application/pdf',
                    'res_model': self._name,
                    'res_id': 0,
                    'res_field': 'attachment_id',
                    'company_id': envelope.company_id.id,
                }
            )
        )
        revision = self.sudo().create(
            {
                'envelope_id': envelope.id,
                'seq': seq,
                'kind': kind,
                'signer_id': signer.id if signer else False,
                'sha256': sha256(pdf).hexdigest(),
                'size': len(pdf),
                'attachment_id': attachment.id,
                'created_at': fields.Datetime.now(),
            }
        )
        attachment.write({'res_id': revision.id, 'is_locked': True})
        return revision

    def _get_pdf(self):
        """Return the file, read from the filestore anew."""
        self.ensure_one()
        return self.sudo().attachment_id.raw or b''

    def _get_sound_pdf(self):
        """Return the file for the next step, if it still is what was registered.

        :raise EsignError: 'conflict' when it was altered; nothing is signed on top of that
        """
        content = self._get_pdf()
        if sha256(content).hexdigest() != self.sha256:
            raise EsignError(
                self.env._("The stored file of %(envelope)s was altered. Tell the administrator.", envelope=self.envelope_id.name),
                'conflict',
            )
        return content

    def _check_files(self):
        """Re-hash the files.

        :return: {revision: sentence} of those that aren't what was registered
        """
        self.invalidate_recordset()
        self.sudo().attachment_id.invalidate_recordset()
        problems = {}
        for revision in self:
            content = revision._get_pdf()
            if not content:
                problems[revision] = self.env._("The file of revision %(seq)s is missing.", seq=revision.seq)
            elif sha256(content).hexdigest() != revision.sha256:
                problems[revision] = self.env._("The file of revision %(seq)s was altered.", seq=revision.seq)
            elif revision.sudo().attachment_id.res_id != revision.id:
                problems[revision] = self.env._("The file of revision %(seq)s belongs to another document.", seq=revision.seq)
        return problems

    def action_download(self):
        """Download the file of this revision."""
        self.ensure_one()
        self.check_access('read')
        return {'type': 'ir.actions.act_url', 'url': f'/web/content/{self.attachment_id.id}?download=true', 'target': 'self'}
