from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.base.models.res_users import check_identity


class EsignSealRequest(models.Model):
    """用印申请: the use of one seal on one document, asked by one, approved by another, put by the custodian."""

    _name = 'esign.seal.request'
    _inherit = ['esign.register.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Request for a seal"
    _order = 'id desc'
    _transitions = {
        'approve': (('requested',), 'approved'),
        'refuse': (('requested', 'approved'), 'refused'),
        'put': (('approved',), 'put'),
        'withdraw': (('requested', 'approved'), 'withdrawn'),
    }

    envelope_id = fields.Many2one('esign.envelope', "Envelope", required=True, readonly=True, ondelete='restrict', index=True)
    signer_id = fields.Many2one('esign.signer', "Place", required=True, readonly=True, ondelete='restrict', index=True)
    seal_id = fields.Many2one('esign.seal', "Seal", required=True, readonly=True, ondelete='restrict', index=True)
    company_id = fields.Many2one(related='envelope_id.company_id', store=True, precompute=True, index=True)
    document_name = fields.Char(related='envelope_id.document_name', string="Document")
    applicant_id = fields.Many2one('res.users', "Requested by", required=True, readonly=True, index=True)
    requested_at = fields.Datetime("Requested on", required=True, readonly=True)
    approver_id = fields.Many2one('res.users', "Decided by", readonly=True, index='btree_not_null')
    decided_at = fields.Datetime("Decided on", readonly=True)
    reason = fields.Char(readonly=True)
    state = fields.Selection(
        [('requested', "To approve"), ('approved', "To put"), ('put', "Put"), ('refused', "Refused"), ('withdrawn', "Withdrawn")],
        default='requested',
        required=True,
        readonly=True,
    )
    is_turn = fields.Boolean("Its Turn", related='signer_id.is_turn', store=True)
    progress = fields.Selection(
        [('queued', "Waiting to be sealed"), ('failed', "Failed")], readonly=True, help="Of sealing in the background."
    )
    error = fields.Char(readonly=True)
    queued_by_id = fields.Many2one('res.users', readonly=True)

    _one_open = models.UniqueIndex("(signer_id) WHERE state IN ('requested', 'approved')", "The seal is requested already.")
    _queue_idx = models.Index("(id) WHERE progress = 'queued'")

    # COMPUTE -------------------------------------------------------------------

    @api.depends('envelope_id', 'seal_id')
    def _compute_display_name(self):
        for request in self:
            request.display_name = f"{request.sudo().seal_id.name} / {request.sudo().envelope_id.name}"

    # ACTION --------------------------------------------------------------------

    def action_approve(self):
        """Approve the use of the seals (not on one's own request)."""
        self._decide('approve', 'seal_approved')
        return True

    def action_refuse(self):
        """Ask for the reason of refusing."""
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'esign.seal.refuse',
            'view_mode': 'form',
            'target': 'new',
            'name': self.env._("Refuse the Use of the Seal"),
            'context': {'default_request_ids': self.ids},
        }

    @check_identity
    def action_put(self):
        """Put the seals that were approved, for who gave the password in the last ten minutes; many of them in the background."""
        self.check_access('read')
        return self.env['esign.envelope']._put_seals(self)

    # BUSINESS ------------------------------------------------------------------

    def _decide(self, verb, event, reason=False):
        """Approve or refuse, by an approver who isn't the applicant.

        :raise AccessError: for who isn't an approver
        """
        self.check_access('read')
        if not self.env.user.has_group('esign.group_approver'):
            raise AccessError(self.env._("Only seal approvers decide on the use of seals."))
        for request in self.sudo():
            if request.applicant_id == self.env.user:
                raise UserError(self.env._("%(request)s: your own request is approved by somebody else.", request=request.display_name))
            if not request._transition(verb, approver_id=self.env.uid, decided_at=fields.Datetime.now(), reason=reason):
                continue
            self.env['esign.event']._append(
                request.envelope_id,
                event,
                actor=self.env.user.login,
                payload={'seal': request.seal_id.name, 'party': request.signer_id.key, **({'reason': reason} if reason else {})},
            )
            request.activity_unlink(['esign.mail_activity_approve'])
            if verb == 'approve':
                request.envelope_id._notify_custodians(request)
            else:
                request.envelope_id._notify_sender(
                    self.env._("The use of %(seal)s was refused: %(reason)s", seal=request.seal_id.name, reason=reason)
                )

    def _refuse_use(self, reason):
        """Refuse with the reason that the applicant is told."""
        if not (reason or '').strip():
            raise UserError(self.env._("Write why the seal isn't put."))
        self._decide('refuse', 'seal_refused', reason=reason.strip())
