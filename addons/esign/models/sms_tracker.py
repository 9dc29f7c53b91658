from odoo import fields, models


class SmsTracker(models.Model):
    """A message that reached a signer's phone, or didn't, is a fact of its envelope (电子签名法 art. 9 to 11)."""

    _inherit = 'sms.tracker'

    esign_signer_id = fields.Many2one('esign.signer', "Signer", readonly=True, ondelete='cascade', index='btree_not_null')

    def _action_update_from_sms_state(self, sms_state, failure_type=False, failure_reason=False):
        super()._action_update_from_sms_state(sms_state, failure_type=failure_type, failure_reason=failure_reason)
        if sms_state == 'sent':  # Odoo's word for: the gateway has the receipt of the phone
            self._log_delivery('delivered')

    def _action_update_from_provider_error(self, provider_error):
        result = super()._action_update_from_provider_error(provider_error)
        self._log_delivery('undelivered', reason=str(provider_error))
        return result

    def _log_delivery(self, event, **facts):
        for tracker in self.filtered('esign_signer_id'):
            signer = tracker.esign_signer_id
            signer.envelope_id._log(event, payload={'party': signer.key, 'sms': tracker.sms_uuid, **facts})
