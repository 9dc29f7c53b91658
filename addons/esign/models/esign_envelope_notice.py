from odoo import models


class EsignEnvelope(models.Model):
    """Who is told what, and through which channel. Links and files leave by mail and SMS, never by the chatter."""

    _inherit = 'esign.envelope'

    def _notify_sender(self, sentence):
        """Tell the sender in the chatter."""
        self.ensure_one()
        self.message_post(body=sentence, partner_ids=self.user_id.partner_id.ids, subtype_xmlid='mail.mt_comment')

    def _notify_ended(self, signers):
        """Tell the signers that nothing is to be signed any more."""
        for envelope in self:
            sentences = {
                'cancelled': envelope.env._("%(company)s has withdrawn “%(document)s”. You need not do anything."),
                'declined': envelope.env._("A party declined “%(document)s” of %(company)s. You need not do anything."),
            }
            sentence = sentences.get(envelope.state)
            for signer in signers if sentence else ():
                signer._tell(sentence.replace('%(company)s', envelope.company_id.name).replace('%(document)s', envelope.document_name))

    def _notify_approvers(self, request):
        """Ask the seal approvers of the company, except the applicant."""
        self.ensure_one()
        approvers = (
            self.env.ref('esign.group_approver')
            .sudo()
            .all_user_ids.filtered(
                lambda user: self.company_id in user.company_ids and user != request.applicant_id and user.active and not user.share
            )
        )
        for user in approvers[:20]:
            request.activity_schedule('esign.mail_activity_approve', user_id=user.id, summary=self.document_name)

    def _notify_custodians(self, request):
        """Ask the custodians of the seal, once it is approved and its turn."""
        if request.state == 'approved' and request.signer_id.is_turn:
            for user in request.seal_id.custodian_ids:
                request.sudo().activity_schedule('esign.mail_activity_seal', user_id=user.id, summary=self.document_name)

    def _send_completed(self):
        """Send every party the signed file, the report and the anchor of the events: copies outside of our reach."""
        self.ensure_one()
        files = self._get_public_files()
        for signer in self.signer_ids.filtered(lambda signer: signer.state not in ('delegated', 'released') and signer.action != 'seal'):
            signer._send_copy(files)
        self._notify_sender(self.env._("%(document)s is completed.", document=self.document_name))
        self._set({'is_told': True})
