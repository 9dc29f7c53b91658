from odoo import api, fields, models


class SmsSms(models.Model):
    _inherit = 'sms.sms'

    company_id = fields.Many2one('res.company', "Company", readonly=True, index=True, help="Whose gateway sends the message.")
    failure_reason = fields.Char(readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals['company_id'] = vals.get('company_id') or self.env.company.id
        return super().create(vals_list)

    def _get_sms_company(self):
        """Override of `sms`: the scheduled job runs in one company, the messages belong to many."""
        return self.mail_message_id.record_company_id or self.company_id or super()._get_sms_company()

    def _split_by_api(self):
        """Override of `sms`: one API per company, for those that have a Chinese gateway."""
        others = self.browse()
        for company, messages in self.grouped(lambda sms: sms._get_sms_company()).items():
            if company.sudo()._get_sms_cn_account():
                sms_api = company._get_sms_api_class()(self.env)
                sms_api._set_company(company)
                yield sms_api, messages
            else:
                others += messages
        if others:
            yield from super(SmsSms, others)._split_by_api()

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Override of `sms`: its scheduled job hands over messages of several companies at once."""
        arguments = {'unlink_failed': unlink_failed, 'unlink_sent': unlink_sent, 'raise_exception': raise_exception}
        if self.env.context.get('sms_api'):
            return super()._send(**arguments)
        for sms_api, messages in self._split_by_api():
            super(SmsSms, messages.with_context(sms_api=sms_api))._send(**arguments)
        return None

    def _handle_call_result_hook(self, results):
        """Override of `sms`: the reason in words stays with the message, where its list shows it."""
        super()._handle_call_result_hook(results)
        reasons = {result['uuid']: result.get('failure_reason') or False for result in results}
        for reason, messages in self.grouped(lambda sms: reasons.get(sms.uuid, False)).items():
            messages.failure_reason = reason
