from odoo.addons.sms.tools.sms_api import SmsApiBase


class SmsApiCn(SmsApiBase):
    """What Odoo's SMS calls instead of its own service when the company has a Chinese gateway."""

    PROVIDER_TO_SMS_FAILURE_TYPE = SmsApiBase.PROVIDER_TO_SMS_FAILURE_TYPE | {
        'country_not_supported': 'sms_country_not_supported',
        'insufficient_credit': 'sms_credit',
        'registration_needed': 'sms_registration_needed',
        'unregistered': 'sms_acc',
    }

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        """See `SmsApi._send_sms_batch`; each result also carries `failure_reason`, a sentence."""
        # Whoever may write an SMS may send it; the account's secrets stay closed to them.
        account_sudo = self.company.sudo()._get_sms_cn_account()
        return [
            result for message in messages
            for result in account_sudo._deliver(
                message['content'], [(number['uuid'], number['number']) for number in message['numbers']])
        ]
