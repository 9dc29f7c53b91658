from odoo import api, fields, models


class EsignSealUse(models.Model):
    """Where a seal was put, or refused. Insert-only."""

    _name = 'esign.seal.use'
    _inherit = ['esign.register.mixin']
    _description = "Use of a seal"
    _order = 'id desc'
    _rec_name = 'document'

    seal_id = fields.Many2one('esign.seal', "Seal", required=True, readonly=True, ondelete='restrict', index=True)
    company_id = fields.Many2one(related='seal_id.company_id', store=True, precompute=True, index=True)
    request_id = fields.Many2one('esign.seal.request', "Request", readonly=True, ondelete='restrict', index='btree_not_null')
    envelope_id = fields.Many2one('esign.envelope', "Envelope", readonly=True, ondelete='restrict', index='btree_not_null')
    document = fields.Char(readonly=True)
    result = fields.Selection([('put', "Put"), ('refused', "Refused")], required=True, readonly=True)
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one('res.users', "Custodian", required=True, readonly=True, index=True)
    approver_id = fields.Many2one('res.users', "Approved by", readonly=True)
    applicant_id = fields.Many2one('res.users', "Requested by", readonly=True)
    used_at = fields.Datetime("Time", required=True, readonly=True)
    serial = fields.Char("Certificate", readonly=True)
    sha256 = fields.Char("SHA-256 after Sealing", readonly=True)

    @api.model
    def _log(self, request, user, result, *, reason=False, sha256=False):
        """Enter one use, or one refusal."""
        return self.sudo().create(
            {
                'seal_id': request.seal_id.id,
                'request_id': request.id,
                'envelope_id': request.envelope_id.id,
                'document': request.envelope_id.document_name,
                'result': result,
                'reason': reason,
                'user_id': user.id,
                'approver_id': request.approver_id.id,
                'applicant_id': request.applicant_id.id,
                'used_at': fields.Datetime.now(),
                'serial': request.seal_id.certificate_id.serial,
                'sha256': sha256,
            }
        )
