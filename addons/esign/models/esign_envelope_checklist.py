from odoo import models


class EsignEnvelope(models.Model):
    """电子签名法, article 13 and its neighbours, as a list that says what holds and what doesn't."""

    _inherit = 'esign.envelope'

    def _get_checklist(self):
        """Return [{'name', 'law', 'ok', 'why'}] of what makes a signature reliable."""
        self.ensure_one()
        last = self.verification_ids.sorted('id')[-1:]
        checks = (
            (self.env._("Identity of the signers verified"), self.env._("art. 9, 13 (1)"), self._get_identity_gap()),
            (self.env._("Signing under the signer's exclusive control"), self.env._("art. 13 (1), 13 (2)"), self._get_control_gap()),
            (self.env._("Nothing changed since signing"), self.env._("art. 5, 13 (3), 13 (4)"), self._get_integrity_gap(last)),
            (self.env._("Time-stamped by an authority"), self.env._("art. 6, 8"), self._get_time_gap()),
            (self.env._("Kept, and to be had at any time"), self.env._("art. 4, 6, 24"), self._get_retention_gap()),
        )
        return [{'name': name, 'law': law, 'ok': not gap, 'why': gap or ''} for name, law, gap in checks]

    def _people(self):
        return self.signer_ids.filtered(
            lambda signer: signer.action in ('sign', 'review') and signer.state in ('waiting', 'invited', 'signed')
        )

    def _get_identity_gap(self):
        for group in self._people()._alternatives():
            signer = next((signer for signer in group if signer.state == 'signed'), group[0])
            if signer.state != 'signed':
                return self.env._("%(signer)s hasn't signed yet.", signer=signer.name)
            if not signer.code_ok_at:
                return self.env._("%(signer)s signed without a code by SMS.", signer=signer.name)
        return False

    def _get_control_gap(self):
        serials = self._people().filtered(lambda signer: signer.state == 'signed').mapped('serial')
        if len(serials) != len(set(serials)) or not all(serials):
            return self.env._("Two signers used the same certificate.")
        types = self.event_ids.mapped('type')
        if types.count('key_destroyed') < len(serials):
            return self.env._("A signing key wasn't destroyed after signing.")
        for request in self.seal_request_ids.filtered(lambda request: request.state == 'put'):
            if not request.approver_id or request.approver_id == request.applicant_id:
                return self.env._("%(seal)s was put without the approval of a second person.", seal=request.seal_id.name)
        if any(signer.action == 'seal' and signer.state != 'signed' for signer in self.signer_ids):
            return self.env._("The seal isn't put yet.")
        if not serials and not self.seal_request_ids:
            return self.env._("Nobody has signed yet.")
        return False

    def _get_integrity_gap(self, last):
        if not last:
            return self.env._("Not verified yet: press “Verify”.")
        if not last.is_ok:
            return (last.problems or '').partition('\n')[0] or self.env._("The last verification found something wrong.")
        return False

    def _get_time_gap(self):
        if self.state != 'completed':
            return self.env._("The archive time stamp follows when all have signed.")
        if not self.env['esign.anchor'].sudo().search_count([('envelope_id', '=', self.id)], limit=1):
            return self.env._("The events weren't time-stamped.")
        return False

    def _get_retention_gap(self):
        if self.state != 'completed':
            return self.env._("The document isn't completed.")
        if not self.report_id:
            return self.env._("The evidence report isn't made yet.")
        return False
